"""The auditors' pages around a release: draft of the profile, differences, corrections, objections, visit pack."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from centres.models import CentreKind, Facility, FamilyCentre
from certification import visit_pack, workflow
from certification.models import Case, Finding, Part, QualityProfile, SiteVisit
from certification.rules.moves import State
from tests.certification.moves import AT, case_in
from tests.certification.portal_cases import lead
from tests.certification.reviewing import auditor, now, signed_in, url
from tests.factories.accounts import UserFactory
from tests.factories.centres import FacilityFactory, MembershipFactory, NetworkMembershipFactory
from tests.factories.certification import CaseFactory, ProfileFactory

pytestmark = pytest.mark.django_db
NEW: dict[str, Any] = {"reason": "Ein Nachweis fehlte.", "eligible": False, "closing_text": "Neu gelesen."}


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def released_case(state: State = State.RECOMMENDED) -> Case:
    case = case_in(State.RECOMMENDED, act="award")
    Case.objects.filter(pk=case.pk).update(state=state)
    return now(case)


def corrected_case() -> Case:
    case = released_case()
    workflow.correct_outcome(case, by=auditor(), at=AT, **NEW)
    return case


def test_the_draft_of_the_profile_says_so_and_is_stored_nowhere() -> None:
    case = case_in(State.RECOMMENDED)

    response = signed_in(auditor()).get(url("profile_draft", case))

    assert (response["Content-Type"], response["Cache-Control"]) == ("application/pdf", "no-store")
    assert "Entwurf – nicht freigegeben" in words(response.content)
    assert not QualityProfile.objects.exists()


def test_there_is_no_draft_of_what_is_released() -> None:
    assert signed_in(auditor()).get(url("profile_draft", released_case())).status_code == 404


def test_the_draft_of_a_correction_shows_its_grades_beside_nothing_that_changed() -> None:
    case = released_case()
    change = workflow.AreaChange(case.area_results.select_related("area").get(), "not_met", "Zu wenig belegt.")
    workflow.correct_outcome(case, by=auditor(), at=AT, areas=[change], **NEW)

    text = words(signed_in(auditor()).get(url("profile_draft", case)).content)

    assert "Zu wenig belegt." in text
    assert case.area_results.get().grade == "good"


def test_the_second_person_sees_what_changed_against_the_last_round() -> None:
    case = case_in(State.RECOMMENDED)
    before = CaseFactory.create(centre=case.centre, state=State.AWARDED, round__edition=case.round.edition)
    released_outcome_of(before)
    before.area_results.create(area=case.area_results.get().area, grade="very_good")

    response = signed_in(auditor()).get(url("release", case))

    assertContains(response, "<strong>gut</strong> statt sehr gut (schwächer)")


def released_outcome_of(case: Case) -> None:
    first, second = UserFactory.create_batch(2, auditor=True)
    at = AT - timedelta(days=1400)
    case.outcomes.create(
        eligible=True, computed=True, recommended_by=first, recommended_at=at, released_by=second, released_at=at
    )


def test_the_second_person_sees_partial_and_contrary_verdicts() -> None:
    case = case_in(State.RECOMMENDED)
    part = Part.objects.get(criterion__area__edition=case.round.edition)
    other = Part.objects.create(criterion=part.criterion, code="1.1.1", text="Sie ist bekannt.")
    Finding.objects.create(case=case, part=other, verdict="met", saved_at=AT, saved_by=auditor())
    case.findings.filter(part=part).update(verdict="not_met")

    response = signed_in(auditor()).get(url("release", case))

    assertContains(response, "1.1 Sprechstunde: nicht erfüllt: 1.1")
    assertContains(response, "Zentrum: ja, Urteil: nicht erfüllt")


def test_the_page_of_a_released_case_links_its_profile_which_auditors_may_fetch() -> None:
    case = released_case()
    profile = ProfileFactory.create(outcome=case.outcomes.get())
    client = signed_in(auditor())

    assertContains(client.get(url("case", case)), url("profile", case, profile.pk))
    assert client.get(url("profile", case, profile.pk)).status_code == 200
    assert client.get(url("profile", released_case(), profile.pk)).status_code == 404


def test_a_correction_is_proposed_on_its_page_with_what_it_means_for_the_seal() -> None:
    case, client = released_case(), signed_in(auditor())
    assertContains(client.get(url("correct", case)), "Das Ministerium hat noch nicht entschieden")
    entered = {
        "reason": "Übersehen.",
        "eligible": "nein",
        "grade1": "not_met",
        "text1": "Zu wenig.",
        "potential1": "",
    }

    response = client.post(url("correct", case), entered)

    assertRedirects(response, url("case", case))
    assert case.outcomes.pending_corrections().get().area_corrections.get().grade == "not_met"


def test_a_second_person_releases_it_and_whoever_proposed_it_gets_no_button() -> None:
    case = corrected_case()
    correction = case.outcomes.pending_corrections().get()
    page = url("correction", case)

    assertNotContains(signed_in(correction.recommended_by).get(page), "Berichtigung freigeben</span>")
    response = signed_in(auditor()).post(page, {"correction": correction.pk})

    assertRedirects(response, url("case", case))
    assert case.outcomes.standing().get() == correction


def test_a_correction_nobody_has_read_is_not_released() -> None:
    case = corrected_case()

    response = signed_in(auditor()).post(url("correction", case), {"correction": 0})

    assertContains(response, "Inzwischen liegt eine andere Berichtigung vor.")


def test_a_correction_is_sent_back_with_a_reason() -> None:
    case = corrected_case()

    signed_in(auditor()).post(url("send_back_correction", case), {"reason": "Lag vor."})

    assert not case.outcomes.pending_corrections().exists()


@pytest.mark.parametrize("name", ["correct", "correction", "send_back_correction", "objection"])
def test_pages_after_a_release_lead_back_where_there_is_none(name: str) -> None:
    case, head = case_in(State.IN_REVIEW), UserFactory.create(auditor=True, team_lead=True)

    assertRedirects(signed_in(head).get(url(name, case)), url("case", case))


def test_an_auditor_who_does_not_lead_the_team_records_no_objection() -> None:
    case, client = released_case(), signed_in(auditor())

    assertRedirects(client.get(url("objection", case)), url("case", case))
    assertNotContains(client.get(url("case", case)), url("objection", case))


def test_an_objection_is_recorded_and_decided_and_the_centre_reads_the_decision_alone() -> None:
    case, client = released_case(), signed_in(UserFactory.create(auditor=True, team_lead=True))
    day = timezone.localdate()
    MembershipFactory.create(centre=case.centre)
    recorded = {"received_on": day, "objector": "Der Träger", "grounds": "Ganz geheim."}
    decided = {"result": "partly", "decided_on": day, "decision": "Bereich 1 wird neu gelesen."}

    client.post(url("objection", case), recorded)
    assertContains(client.get(url("case", case)), "Ganz geheim.")
    client.post(url("objection", case), decided)

    for page in ("case", "result"):
        read = signed_in(lead(case)).get(reverse(f"portal:{page}", args=[case.pk]))
        assertContains(read, "Bereich 1 wird neu gelesen.")
        assertNotContains(read, "Ganz geheim.")


def test_a_form_about_an_objection_asks_for_what_is_missing_in_its_own_words() -> None:
    case, client = released_case(), signed_in(UserFactory.create(auditor=True, team_lead=True))

    unnamed = client.post(url("objection", case), {"received_on": str(AT.date())})
    client.post(url("objection", case), {"received_on": str(AT.date()), "objector": "Träger"})
    undecided = client.post(url("objection", case), {"decided_on": ""})

    assertContains(unnamed, "Bitte geben Sie an, von wem der Widerspruch kommt.")
    assertContains(undecided, "Bitte wählen Sie, wie über den Widerspruch entschieden wurde.")
    assertContains(undecided, "Bitte geben Sie bei „Entschieden am“ einen Tag an.")
    assertContains(undecided, "Bitte füllen Sie „Begründung“ aus.")


def test_a_case_page_after_a_release_asks_as_often_for_three_objections_as_for_one() -> None:
    def asked(objections: int) -> int:
        case, client = released_case(), signed_in(auditor())
        for _ in range(objections):
            case.objections.create(
                received_on=AT.date(), objector="Träger", recorded_at=AT, recorded_by=auditor(), result="rejected",
                decided_on=AT.date(), decision="Nein.", decided_by=auditor(),
            )  # fmt: skip
        return queries(client, url("case", case))

    assert asked(3) == asked(1)


def queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)


def visited_network() -> tuple[Case, SiteVisit]:
    """A network of three, of which the contact facility and a second one are visited."""
    case = case_in(State.VISIT_AGREED)
    FamilyCentre.objects.filter(pk=case.centre_id).update(kind=CentreKind.NETWORK)
    visit, contact = case.visits.get(), Facility.objects.get(centre_memberships__centre=case.centre)
    Facility.objects.filter(pk=contact.pk).update(name="Kita Ahorn")
    birch, oak = (FacilityFactory.create(name=name) for name in ("Kita Birke", "Kita Eiche"))
    for each in (birch, oak):
        NetworkMembershipFactory.create(centre=case.centre, facility=each)
    visit.facilities.set([birch, contact])
    return case, visit


def test_the_visit_pack_begins_at_the_contact_facility_and_names_only_those_to_visit() -> None:
    case, visit = visited_network()

    pack = visit_pack.pack_of(visit, case)

    assert [stop.name for stop, _ in pack.route] == ["Kita Ahorn", "Kita Birke"]


def test_the_visit_pack_lists_what_is_open_and_not_what_is_met() -> None:
    case = case_in(State.VISIT_AGREED)
    part = Part.objects.get(criterion__area__edition=case.round.edition)
    Part.objects.create(criterion=part.criterion, code="1.1.1", text="Sie ist bekannt.")

    (point,) = visit_pack.pack_of(case.visits.get(), case).points

    assert point.parts == (("1.1.1", "Sie ist bekannt.", "noch kein Urteil"),)


def test_auditors_fetch_the_pack_while_a_visit_is_agreed() -> None:
    case, _ = visited_network()
    client = signed_in(auditor())

    response = client.get(url("visit_pack", case))

    text = words(response.content)
    assert response["Cache-Control"] == "no-store"
    assert "Kita Ahorn" in text
    assert "Kita Eiche" not in text
    assert client.get(url("visit_pack", case_in(State.IN_REVIEW))).status_code == 404


def test_the_next_step_of_a_case_with_a_correction_is_to_decide_on_it() -> None:
    case, me = released_case(), auditor("Eva Kern")
    workflow.correct_outcome(case, by=me, at=AT, reason="Übersehen.", eligible=False, closing_text="Neu gelesen.")

    assertContains(
        signed_in(auditor()).get(url("case", case)), "Eva Kern schlägt eine Berichtigung des Ergebnisses vor."
    )
    assertContains(
        signed_in(me).get(url("case", case)), "Ihre Berichtigung gibt eine zweite Person frei oder zurück."
    )


def test_the_next_step_of_a_case_with_an_objection_is_for_whoever_may_decide() -> None:
    case, head = released_case(), UserFactory.create(auditor=True, team_lead=True)
    workflow.record_objection(case, by=head, at=AT, received_on=AT.date(), objector="Der Träger")

    assertContains(signed_in(head).get(url("case", case)), "Über den Widerspruch entscheiden")
    assertContains(signed_in(auditor()).get(url("case", case)), "Die Entscheidung über den Widerspruch abwarten")
