"""The pages on which cases are given to people, and on which people say what ties them and when they are away."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import User
from centres.models import Letter
from certification import availability, workflow
from certification.models import Absence, Assignment, AssignmentBatch, Case, Exemption, Objection, Tie
from certification.rules.moves import State
from tests.certification.moves import AT, case_in, person_for
from tests.certification.reviewing import auditor, now, signed_in, url
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, ProviderFactory
from tests.factories.certification import CaseFactory

pytestmark = pytest.mark.django_db
SHARE, TIES, ABSENCES = reverse("review:share"), reverse("review:ties"), reverse("review:absences")
TODAY = timezone.localdate


def team_lead() -> User:
    return UserFactory.create(auditor=True, team_lead=True, name="Petra Wiemann")


def submitted(auditor: User | None = None) -> Case:
    case: Case = CaseFactory.create(state=State.SUBMITTED, auditor=auditor)
    return case


def tied(person: User, case: Case) -> Tie:
    return availability.declare(
        auditor=person, by=person, at=timezone.now(), starts_on=TODAY(), reason="Nachbarin", centre=case.centre
    )


def preview(user: User, cases: list[Case], *people: User) -> Any:
    sent = {"liste": "alle", "fall": [c.pk for c in cases], "an": [p.pk for p in people], "vorschau": "ja"}
    return signed_in(user).post(SHARE, sent)


def confirm(user: User, shown: Any, *people: User, number: int) -> Any:
    stamps = [line.stamp for line in shown.context["plan"]]
    sent = {"liste": "alle", "stand": stamps, "an": [p.pk for p in people], "anzahl": number}
    return signed_in(user).post(SHARE, sent | {"grund": "Neue Kollegin."})


def test_the_page_says_beside_each_person_what_speaks_against_them() -> None:
    case, me, other = submitted(), auditor("Eva Kern"), auditor("Jonas Weber")
    tied(other, case)
    availability.be_away(auditor=me, deputy=other, by=me, at=timezone.now(), starts_on=TODAY(), ends_on=TODAY())

    page = signed_in(me).get(url("take", case))

    assertContains(page, f"Eva Kern, 0 offene Fälle; abwesend bis {TODAY():%d.%m.%Y}")
    assertContains(page, f"Jonas Weber, 0 offene Fälle; Bindung zu {case.centre}: Nachbarin")
    assertNotContains(page, "Begründung der Ausnahme")


def test_the_team_lead_gives_a_reason_and_the_case_shows_it() -> None:
    case, me, lead = submitted(), auditor("Eva Kern"), team_lead()
    tied(me, case)
    sent = {"to": me.pk, "instead_of": "", "note": "Für den Urlaub.", "exemption": "Niemand sonst."}

    assertRedirects(signed_in(lead).post(url("take", case), sent), url("case", case))

    page = signed_in(me).get(url("case", case))
    assertContains(page, "zuständig: Eva Kern")
    assertContains(page, "Für den Urlaub.")
    assertContains(page, "Zugelassen, weil: Niemand sonst.")


def test_others_cannot_slip_in_an_exemption() -> None:
    case, me = submitted(), auditor()
    tied(me, case)

    refused = signed_in(me).post(url("take", case), {"to": me.pk, "instead_of": "", "exemption": "Ich darf das."})

    assertContains(refused, "Die Teamleitung kann eine Ausnahme zulassen")
    assert (now(case).auditor, Exemption.objects.count()) == (None, 0)


def test_the_team_lead_exempts_somebody_who_is_to_release() -> None:
    case, me = submitted(), auditor()
    tied(me, case)
    sent = {"auditor": me.pk, "reason": "Urlaubszeit."}

    assert signed_in(me).post(url("exempt", case), sent).status_code == 404
    assertRedirects(signed_in(team_lead()).post(url("exempt", case), sent), url("case", case))
    assert Exemption.objects.get().auditor == me


def test_the_preview_says_who_gets_what_and_what_is_refused() -> None:
    free, barred, me = submitted(), submitted(), auditor("Eva Kern")
    mine = submitted(me)
    tied(me, barred)

    page = preview(me, [free, barred, mine], me)

    assertContains(page, "Eva Kern: Bindung zu")
    assertContains(page, "bleibt, hat den Fall schon")
    assertContains(page, "Eva Kern bekommt 1 Fall und hat dann 2 offene.")
    lines = {line.case: (line.to, line.changes) for line in page.context["plan"]}
    assert lines == {free: (me, True), barred: (None, False), mine: (me, False)}
    assert not Assignment.objects.exists()


def test_confirmed_by_the_number_each_case_has_its_result() -> None:
    cases, me, other = [submitted() for _ in range(4)], auditor("Eva Kern"), auditor("Jonas Weber")
    tied(me, cases[0])

    page = confirm(me, preview(me, cases, me, other), me, other, number=4)

    assertContains(page, "Zuständig ist jetzt", count=4)
    assert now(cases[0]).auditor == other
    assert sorted(Case.objects.values_list("auditor__name", flat=True)) == ["Eva Kern"] * 2 + ["Jonas Weber"] * 2


def test_a_wrong_number_changes_nothing() -> None:
    case, me = submitted(), auditor()

    page = confirm(me, preview(me, [case], me), me, number=2)

    assertContains(page, "Es sind 1. Bitte sehen Sie die Liste noch einmal durch.")
    assert now(case).auditor is None


def test_what_changed_since_the_preview_is_shown_first() -> None:
    case, me, other = submitted(), auditor(), auditor("Jonas Weber")
    shown = preview(me, [case], me)
    Case.objects.update(auditor=other)

    page = confirm(me, shown, me, number=1)

    assertContains(page, "Inzwischen hat sich etwas geändert")
    assert now(case).auditor == other


def test_a_bulk_act_leaves_one_row_that_explains_it_years_later() -> None:
    cases, me, lead = [submitted() for _ in range(2)], auditor("Eva Kern"), team_lead()

    confirm(lead, preview(lead, cases, me), me, number=2)

    batch = AssignmentBatch.objects.get()
    assert (batch.by, batch.number, batch.reason) == (lead, 2, "Neue Kollegin.")
    assert {each.case for each in batch.assignments.all()} == set(cases)
    assertContains(signed_in(me).get(url("case", cases[0])), "Verteilt als einer von 2 Fällen: Neue Kollegin.")


def test_the_ministry_reads_who_gave_away_many_cases_and_why() -> None:
    case, me, lead = submitted(), auditor("Eva Kern"), team_lead()
    confirm(lead, preview(lead, [case], me), me, number=1)
    client = signed_in(UserFactory.create(ministry=True))

    assertContains(client.get(reverse("admin:certification_assignmentbatch_changelist")), "Neue Kollegin.")
    batch = AssignmentBatch.objects.get()
    page = client.get(reverse("admin:certification_assignmentbatch_change", args=[batch.pk]))

    assertContains(page, case.centre.name)
    assertContains(page, "Eva Kern")


def test_many_are_not_shared_out_without_a_reason() -> None:
    case, me = submitted(), auditor()
    stamps = [line.stamp for line in preview(me, [case], me).context["plan"]]

    page = signed_in(me).post(SHARE, {"liste": "alle", "stand": stamps, "an": me.pk, "anzahl": 1, "grund": " "})

    assertContains(page, "Bitte geben Sie an, warum Sie diese Fälle verteilen.")
    assert (now(case).auditor, AssignmentBatch.objects.count()) == (None, 0)


def test_a_finished_case_is_not_given_to_anybody() -> None:
    case, me = submitted(), auditor()
    Case.objects.update(state=State.AWARDED)
    Objection.objects.create(
        case=case, received_on=TODAY(), objector="Träger", recorded_at=timezone.now(), recorded_by=me
    )

    assertContains(preview(me, [case], me), "Dieser Fall ist abgeschlossen.")


def test_all_of_a_list_can_be_shared_out() -> None:
    wanted, me = submitted(), auditor()
    CaseFactory.create(state=State.INVITED)

    page = signed_in(me).get(SHARE, {"liste": "ohne", "alle": "ja"})

    assert page.context["cases"] == [wanted]


def test_nobody_chosen_and_nothing_chosen() -> None:
    case, me = submitted(), auditor()

    assertContains(preview(me, [case]), "Bitte wählen Sie mindestens eine Person.")
    back = signed_in(me).get(SHARE, {"liste": "ohne", "suche": "kita"}, follow=True)
    assert back.redirect_chain == [(f"{reverse('review:home')}?liste=ohne&suche=kita", 302)]
    assertContains(back, "Noch ist kein Fall ausgewählt.")


def test_the_team_lead_finds_the_way_to_an_exemption_in_the_preview() -> None:
    case, me, lead = submitted(), auditor("Eva Kern"), team_lead()
    tied(me, case)

    assertContains(preview(lead, [case], me), url("exempt", case))
    assertNotContains(preview(me, [case], me), url("exempt", case))


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_takes_the_same_queries_for_any_number(number: int, django_assert_max_num_queries: Any) -> None:
    cases, me = [submitted() for _ in range(number)], auditor()
    client = signed_in(me)
    sent = {"liste": "alle", "fall": [case.pk for case in cases], "an": me.pk, "vorschau": "ja"}

    with django_assert_max_num_queries(15):
        client.post(SHARE, sent)


def test_an_auditor_declares_a_tie_and_ends_it() -> None:
    me, centre = auditor(), FamilyCentreFactory.create(name="Kita Regenbogen")
    sent = {"centre": centre.certification_number, "reason": "Nachbarin", "starts_on": TODAY().isoformat()}

    assertRedirects(signed_in(me).post(TIES, sent), TIES)
    tie = Tie.objects.get()
    signed_in(me).post(reverse("review:tie", args=[tie.pk]), {"ends_on": TODAY().isoformat()})

    tie.refresh_from_db()
    assert (tie.auditor, tie.centre, tie.ends_on) == (me, centre, TODAY())
    assertContains(signed_in(me).get(TIES), "Kita Regenbogen")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"centre": "unbekannt"}, "mit der Nummer unbekannt gibt es nicht"),
        ({"centre": ""}, "Bitte nennen Sie ein Familienzentrum oder einen Träger, nicht beides."),
        ({"ends_on": "2020-01-01"}, "Der letzte Tag liegt vor dem ersten."),
    ],
)
def test_a_wrong_tie_is_refused_and_stays_typed(changed: dict[str, str], sentence: str) -> None:
    centre = FamilyCentreFactory.create()
    sent = {"centre": centre.certification_number, "reason": "Nachbarin", "starts_on": TODAY().isoformat()}

    page = signed_in(auditor()).post(TIES, sent | changed)

    assertContains(page, sentence)
    assertContains(page, "Nachbarin")
    assert not Tie.objects.exists()


def test_the_lead_declares_for_others_and_nobody_else_sees_it() -> None:
    me, lead, provider = auditor("Eva Kern"), team_lead(), ProviderFactory.create(name="AWO Kreis Musterstadt")
    sent = {"auditor": me.pk, "provider": provider.pk, "reason": "Vorstand", "starts_on": TODAY().isoformat()}

    signed_in(lead).post(TIES, sent)

    page = reverse("review:tie", args=[Tie.objects.get(auditor=me).pk])
    assert [signed_in(user).get(page).status_code for user in (me, lead, auditor())] == [200, 200, 404]
    assertContains(signed_in(lead).get(TIES), "Vorstand")
    assertNotContains(signed_in(auditor()).get(TIES), "Vorstand")


def absent(user: User, deputy: User, **changed: Any) -> Any:
    day = TODAY().isoformat()
    return signed_in(user).post(ABSENCES, {"deputy": deputy.pk, "starts_on": day, "ends_on": day, **changed})


def test_an_absence_is_entered_shown_on_the_case_and_ended() -> None:
    me, other = auditor("Eva Kern"), auditor("Jonas Weber")
    case = submitted(me)

    assertRedirects(absent(me, other), ABSENCES)
    assertContains(signed_in(other).get(url("case", case)), "vertreten durch Jonas Weber")
    page = reverse("review:absence", args=[Absence.objects.get().pk])
    assertContains(signed_in(me).get(page), "Möchten Sie die Abwesenheit beenden?")
    assert signed_in(auditor()).get(page).status_code == 404
    signed_in(me).post(page)

    assert not Absence.objects.exists()


def test_the_deputy_reads_what_the_centre_writes_while_somebody_is_away() -> None:
    me, other = auditor("Eva Kern"), auditor("Jonas Weber")
    case = case_in(State.QUERIED)
    Case.objects.update(auditor=me)
    away = {"auditor": me, "deputy": other, "by": me, "at": AT}
    availability.be_away(**away, starts_on=AT.date(), ends_on=AT.date())
    query = case.queries.get()

    workflow.answer(case, by=person_for("answer", case), at=AT, answers={query.pk: "Am Montag."})

    read = {letter.to_name: letter for letter in Letter.objects.filter(template="staff_query_answered")}
    assert read.keys() == {"Eva Kern", "Jonas Weber"}
    assert "Sie vertreten Eva Kern." in read["Jonas Weber"].body
    assert "Der Fall ist Ihnen zugewiesen." in read["Eva Kern"].body


def test_the_deputy_cannot_end_it() -> None:
    me, other = auditor(), auditor()
    absent(me, other)

    page = signed_in(other).post(reverse("review:absence", args=[Absence.objects.get().pk]))

    assertContains(page, "Für andere trägt das nur die Teamleitung ein.")


def test_an_absence_that_is_over_is_refused() -> None:
    day = (TODAY() - timedelta(days=1)).isoformat()

    page = absent(auditor(), auditor(), starts_on=day, ends_on=day)

    assertContains(page, "Diese Abwesenheit ist schon vorbei.")
