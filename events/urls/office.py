"""Under /servicestelle/."""

from django.urls import URLPattern, path

from events.views.office import listing, planning

app_name = "office"

urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("neu/", planning.create, name="create"),
    path("<int:pk>/", listing.event, name="event"),
    path("<int:pk>/aendern/", planning.edit, name="edit"),
    path("<int:pk>/veroeffentlichen/", planning.publish, name="publish"),
    path("<int:pk>/absagen/", planning.cancel, name="cancel"),
    path("<int:pk>/durchgefuehrt/", planning.hold, name="hold"),
    path("<int:pk>/kopieren/", planning.copy, name="copy"),
]
