from django.urls import path

from certification.views.review import (
    acts,
    area,
    assignment,
    availability,
    case,
    outcome,
    queries,
    saved_filters,
    visits,
    worklist,
)

app_name = "review"
urlpatterns = [
    path("", worklist.home, name="home"),
    path("liste.<slug:kind>", worklist.export, name="export"),
    path("auswahl/", saved_filters.saved_filters, name="saved_filters"),
    path("auswahl/<int:pk>/", saved_filters.saved_filter, name="saved_filter"),
    path("verteilen/", assignment.share, name="share"),
    path("bindungen/", availability.ties, name="ties"),
    path("bindungen/<int:pk>/", availability.tie, name="tie"),
    path("abwesenheit/", availability.absences, name="absences"),
    path("abwesenheit/<int:pk>/", availability.absence, name="absence"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:pk>/ausnahme/", availability.exempt, name="exempt"),
    path("<int:pk>/bereich/<int:number>/", area.area, name="area"),
    path("<int:pk>/beginnen/", acts.start, name="start"),
    path("<int:pk>/zustaendigkeit/", assignment.take, name="take"),
    path("<int:pk>/rueckfrage/", queries.ask, name="ask"),
    path("<int:pk>/rueckfrage/frist/", queries.deadline, name="deadline"),
    path("<int:pk>/rueckfrage/ohne-antwort/", queries.close, name="close_unanswered"),
    path("<int:pk>/termine/", visits.offer, name="offer"),
    path("<int:pk>/termine/zurueckziehen/", visits.withdraw, name="withdraw_slots"),
    path("<int:pk>/begehung/", visits.visit, name="visit"),
    path("<int:pk>/begehung/verlegen/", visits.move, name="visit_move"),
    path("<int:pk>/begehung/absagen/", visits.cancel, name="visit_cancel"),
    path("<int:pk>/niederschrift/", acts.visit_held, name="visit_held"),
    path("<int:pk>/vorschlag/", outcome.recommend, name="recommend"),
    path("<int:pk>/freigabe/", outcome.release, name="release"),
    path("<int:pk>/rueckgabe/", outcome.send_back, name="send_back"),
]
