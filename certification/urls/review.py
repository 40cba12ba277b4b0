from django.urls import path

from certification.views.review import acts, area, case, outcome, worklist

app_name = "review"
urlpatterns = [
    path("", worklist.home, name="home"),
    path("<int:pk>/", case.case, name="case"),
    path("<int:pk>/bereich/<int:number>/", area.area, name="area"),
    path("<int:pk>/beginnen/", acts.start, name="start"),
    path("<int:pk>/zustaendigkeit/", acts.take, name="take"),
    path("<int:pk>/rueckfrage/", acts.ask, name="ask"),
    path("<int:pk>/begehung/", acts.visit, name="visit"),
    path("<int:pk>/niederschrift/", acts.visit_held, name="visit_held"),
    path("<int:pk>/vorschlag/", outcome.recommend, name="recommend"),
    path("<int:pk>/freigabe/", outcome.release, name="release"),
    path("<int:pk>/rueckgabe/", outcome.send_back, name="send_back"),
]
