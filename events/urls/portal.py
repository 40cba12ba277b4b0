"""Under /portal/veranstaltungen/."""

from django.urls import URLPattern, path

from events.views import portal

app_name = "portal_events"

urlpatterns: list[URLPattern] = [
    path("", portal.home, name="home"),
    path("<str:public_id>/anmelden/", portal.register, name="register"),
]
