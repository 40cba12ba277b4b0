"""Under /portal/."""

from django.urls import URLPattern, path

from certification.views.portal import (
    area,
    case,
    evidence,
    home,
    letters,
    master_data,
    network,
    people,
    questionnaire,
    results,
)

app_name = "portal"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("zentren/<int:pk>/", home.centre, name="centre"),
    path("zentren/<int:pk>/briefe/", letters.letters, name="letters"),
    path("zentren/<int:pk>/personen/", people.people, name="people"),
    path("zentren/<int:pk>/personen/einladen/", people.invite, name="invite"),
    path("zentren/<int:pk>/personen/uebergabe/", people.hand_over, name="hand_over"),
    path("zentren/<int:pk>/personen/uebergabe/zurueckziehen/", people.withdraw_handover, name="withdraw_handover"),
    path("personen/<int:pk>/beenden/", people.end, name="end_deputy"),
    path("zentren/<int:pk>/nachweise/", evidence.box, name="evidence"),
    path("zentren/<int:pk>/nachweise/neu/", evidence.add, name="evidence_add"),
    path("nachweise/<int:pk>/", evidence.piece, name="evidence_piece"),
    path("nachweise/<int:pk>/entfernen/", evidence.remove, name="evidence_remove"),
    path("briefe/<int:pk>/", letters.letter, name="letter"),
    path("faelle/<int:pk>/", case.case, name="case"),
    path("faelle/<int:pk>/teilnahme/", case.register, name="register"),
    path("faelle/<int:pk>/fragebogen/", questionnaire.questionnaire, name="questionnaire"),
    path("faelle/<int:pk>/fragebogen/<int:number>/", area.area, name="area"),
    path("faelle/<int:pk>/nachweise/", evidence.of_case, name="case_evidence"),
    path("faelle/<int:pk>/nachweise/<int:number>/", evidence.at_criterion, name="criterion_evidence"),
    path("faelle/<int:pk>/antworten/", questionnaire.answers, name="answers"),
    path("faelle/<int:pk>/einreichen/", case.submit, name="submit"),
    path("faelle/<int:pk>/quittung/", case.receipt, name="receipt"),
    path("faelle/<int:pk>/rueckfrage/", case.answer, name="answer"),
    path("faelle/<int:pk>/ruecktritt/", case.withdraw, name="withdraw"),
    path("faelle/<int:pk>/ergebnis/", results.result, name="result"),
    path("urkunden/<int:pk>/", case.certificate, name="certificate"),
    path("qualitaetsprofile/<int:pk>/", results.profile, name="profile"),
    path("zentren/<int:pk>/ergebnisse/", results.results, name="results"),
    path("zentren/<int:pk>/stammdaten/", master_data.master_data, name="master_data"),
    path("zentren/<int:pk>/stammdaten/<str:what>/", master_data.propose, name="propose"),
    path("vorschlaege/<int:pk>/zurueckziehen/", master_data.take_back, name="take_back"),
    path("zentren/<int:pk>/verbund/", network.network, name="network"),
    path("zentren/<int:pk>/verbund/<str:what>/", network.change, name="network_change"),
    path("zentren/<int:pk>/was-waere-wenn/", network.what_if, name="what_if"),
]
