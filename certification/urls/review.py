from django.urls import path

from certification.views.review import acts, area, case, outcome, queries, visits, worklist

app_name = "review"
urlpatterns = [
    path("", worklist.home, name="home"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:pk>/bereich/<int:number>/", area.area, name="area"),
    path("<int:pk>/beginnen/", acts.start, name="start"),
    path("<int:pk>/zustaendigkeit/", acts.take, name="take"),
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
