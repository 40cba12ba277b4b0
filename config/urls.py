from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from centres import provider_page
from centres.urls import post_urls
from certification.views import evidence_file
from config import calendar, feedback, pages, situation, wellness

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_title = "Familienzentrum NRW"
admin.site.site_header = "Familienzentrum NRW – Ministerium"
admin.site.index_title = "Verwaltung"

footer: list[URLPattern] = [
    path(
        "barrierefreiheit/",
        pages.PublicPage.as_view(template_name="pages/accessibility.html"),
        name="accessibility",
    ),
    path("datenschutz/", pages.PublicPage.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("impressum/", pages.PublicPage.as_view(template_name="pages/imprint.html"), name="imprint"),
    path("feedback/", feedback.report, name="feedback"),
    path(
        "feedback/danke/",
        pages.PublicPage.as_view(template_name="pages/feedback_done.html"),
        name="feedback_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("konto/", include("accounts.urls")),
    path("admin/", admin.site.admin_view(situation.page)),  # in place of the index; its name still leads here
    path("admin/", admin.site.urls),
    path("portal/kalender/", calendar.page, name="calendar"),
    path("portal/kalender/<str:token>/familienzentrum.ics", calendar.feed, name="calendar_feed"),
    path("portal/veranstaltungen/", include("events.urls.portal")),
    path("portal/", include("certification.urls.portal")),
    path("nachweise/<str:public_id>/", evidence_file.show, name="evidence_file"),
    path("nachweise/<str:public_id>/seite/<int:number>/", evidence_file.page, name="evidence_page"),
    path("pruefung/", include("certification.urls.review")),
    path("servicestelle/", include("events.urls.office")),
    path("familienzentren/", include("config.register")),
    path("siegel/", include("certification.urls.public")),
    path("uebergabe/<str:token>/", provider_page.handover, name="handover"),
    path("veranstaltungen/", include("events.urls.public")),
    *footer,
    *post_urls,
    path("healthz", wellness.healthz, name="healthz"),
]
