"""Under /servicestelle/."""

from django.urls import URLPattern, path

from events.views.office import (
    attendance,
    inviting,
    listing,
    mailings,
    participants,
    planning,
    programme,
    registrations,
)

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
    path("<int:pk>/programm/", programme.contributions, name="programme"),
    path("<int:pk>/fragen/", programme.questions, name="questions"),
    path("<int:pk>/weitere-termine/", programme.days, name="days"),
    path("<int:pk>/einladen/", inviting.invite, name="invite"),
    path("<int:pk>/einladen/erinnern/", inviting.remind, name="remind"),
    path("<int:pk>/anmeldungen/", registrations.index, name="registrations"),
    path("<int:pk>/anmeldungen/neu/", registrations.create, name="register"),
    path("<int:pk>/anmeldungen/<int:number>/", registrations.show, name="registration"),
    path("<int:pk>/anmeldungen/<int:number>/vorrang/", registrations.prioritise, name="prioritise"),
    path("<int:pk>/anmeldungen/<int:number>/abmelden/", registrations.cancel, name="sign_off"),
    path("<int:pk>/anwesenheit/", attendance.index, name="attendance"),
    path("<int:pk>/anwesenheit/liste.pdf", attendance.paper, name="attendance_list"),
    path("<int:pk>/anwesenheit/neu/", attendance.walk_in, name="walk_in"),
    path("<int:pk>/anwesenheit/abschliessen/", attendance.conclude, name="conclude"),
    path("<int:pk>/anwesenheit/<int:number>/berichtigen/", attendance.correct, name="correct"),
    path("<int:pk>/bescheinigungen/<int:number>.pdf", attendance.proof, name="proof"),
    path("<int:pk>/bescheinigungen.zip", attendance.all_proofs, name="proofs"),
    path("<int:pk>/teilnehmerlisten/", participants.index, name="participant_files"),
    path("<int:pk>/teilnehmerlisten/<int:number>/", participants.show, name="participant_file"),
    path("<int:pk>/teilnehmerlisten/<int:number>/loeschen/", participants.discard, name="participant_file_discard"),
    path("<int:pk>/rundbriefe/", mailings.index, name="mailings"),
    path("<int:pk>/rundbriefe/neu/", mailings.create, name="mailing_new"),
    path("<int:pk>/rundbriefe/<int:number>/", mailings.show, name="mailing"),
    path("<int:pk>/rundbriefe/<int:number>/aendern/", mailings.edit, name="mailing_edit"),
    path("<int:pk>/rundbriefe/<int:number>/verwerfen/", mailings.discard, name="mailing_discard"),
    path("<int:pk>/rundbriefe/<int:number>/versenden/", mailings.release, name="mailing_release"),
    path("<int:pk>/rundbriefe/<int:number>/anhalten/", mailings.stop, name="mailing_stop"),
    path("<int:pk>/rundbriefe/<int:number>/fortsetzen/", mailings.resume, name="mailing_resume"),
    path("<int:pk>/rundbriefe/<int:number>/erneut/", mailings.retry, name="mailing_retry"),
]
