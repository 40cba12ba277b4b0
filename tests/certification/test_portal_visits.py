"""Questions and visits as the centre sees them, and the pages of the auditor they come from."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from centres.calendar import calendar_file
from certification import workflow
from certification.calendar import calendar_entries
from certification.models import Case, ExtraHoliday
from certification.rules.moves import State
from tests.certification.moves import AT
from tests.certification.test_visiting import FIRST, HOURS, OFFERS, lead, offer, ready
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


def page(name: str, case: Case) -> str:
    return reverse(f"portal:{name}", args=[case.pk])


def text(client: Client, name: str, case: Case) -> str:
    return client.get(page(name, case)).content.decode()


@pytest.fixture
def offered() -> Case:
    case = ready()
    offer(case, override_reason="Nur für uns: Fahrplan.")
    return case


def test_the_times_offered_are_there_to_choose_without_the_auditors_reason(client: Client, offered: Case) -> None:
    client.force_login(lead(offered))

    shown = text(client, "visit", offered)

    assert "Dienstag, 10. März 2026, 09:00 bis 13:00 Uhr, vor Ort" in shown
    assert "Fahrplan" not in shown
    assert "Termin für die Begehung wählen" in text(client, "case", offered)


def test_choosing_agrees_and_shows_what_to_prepare(client: Client, offered: Case) -> None:
    client.force_login(lead(offered))
    slot = offered.slots.earliest("starts_at")

    response = client.post(page("visit", offered), {"slot": slot.pk}, follow=True)

    assert response.redirect_chain == [(page("visit", offered), 302)]
    assert "Was Sie vorbereiten" in response.content.decode()
    assert "Der Termin ist vereinbart." in response.content.decode()


def test_nothing_chosen_is_told_beside_the_field(client: Client, offered: Case) -> None:
    client.force_login(lead(offered))

    response = client.post(page("visit", offered), {})

    assert response.context["form"].errors == {"slot": ["Bitte wählen Sie einen Termin."]}


def test_a_time_gone_meanwhile_is_told_and_the_others_stay(client: Client, offered: Case) -> None:
    other = ready(offered.auditor)
    gone, still = offered.slots.order_by("starts_at")
    workflow.agree_visit(other, by=lead(other), at=AT, slot=offer(other, OFFERS[0])[0])
    client.force_login(lead(offered))

    response = client.post(page("visit", offered), {"slot": gone.pk})

    assert "inzwischen vergeben" in response.content.decode()
    assert [int(pk) for pk, _ in response.context["form"].fields["slot"].choices] == [still.pk]


def test_a_visit_is_moved_once_and_the_page_says_what_is_left(client: Client, offered: Case) -> None:
    first, second = offered.slots.order_by("starts_at")
    workflow.agree_visit(offered, by=lead(offered), at=AT, slot=first)
    client.force_login(lead(offered))
    entered = {"slot": second.pk, "reason": "Personalausfall"}

    moved = client.post(page("visit_move", offered), entered, follow=True).content.decode()
    again = client.get(page("visit_move", offered), follow=True)

    assert "Mittwoch, 11. März 2026" in moved
    assert "rufen Sie die Zertifizierungsstelle umgehend an" in moved
    assert again.redirect_chain[-1][0] == page("case", offered)


def test_other_times_are_asked_for_with_a_reason_the_auditor_reads(client: Client, offered: Case) -> None:
    client.force_login(lead(offered))
    refused = client.post(page("visit_other", offered), {"reason": ""})
    assert refused.context["form"].errors == {"reason": ["Bitte geben Sie den Grund an."]}

    client.post(page("visit_other", offered), {"reason": "Da ist Elternabend."})

    assert "Sie haben um andere Termine gebeten" in text(client, "visit", offered)
    client.force_login(offered.auditor)
    assert "Da ist Elternabend." in client.get(reverse("review:case", args=[offered.pk])).content.decode()


def test_the_calendar_file_names_the_visit_and_how_often_it_changed(client: Client, offered: Case) -> None:
    workflow.agree_visit(offered, by=lead(offered), at=AT, slot=offered.slots.earliest("starts_at"))
    client.force_login(lead(offered))

    response = client.get(page("visit_calendar", offered))

    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    visit = offered.visits.get()
    assert response["Content-Type"].startswith("text/calendar")
    assert (str(event["UID"]), event["SEQUENCE"], event["DTSTART"].dt) == (str(visit.uid), 0, FIRST)


def test_a_case_without_offers_has_no_page_for_a_visit(client: Client) -> None:
    case = ready()
    client.force_login(lead(case))

    for name in ("visit", "visit_move", "visit_other"):
        assert client.get(page(name, case))["Location"] == page("case", case)
    assert client.get(page("visit_calendar", case)).status_code == 404


def test_why_a_visit_was_called_off_stays_in_the_house(client: Client, offered: Case) -> None:
    workflow.agree_visit(offered, by=lead(offered), at=AT, slot=offered.slots.earliest("starts_at"))
    workflow.cancel_visit(offered, by=offered.auditor, at=AT, reason="Streit im Team")
    client.force_login(lead(offered))

    assert "Streit im Team" not in text(client, "case", offered)


def test_a_draft_is_saved_before_it_is_sent(client: Client) -> None:
    case = ready()
    questions = [workflow.Question("Wie oft?"), workflow.Question("Wer?")]
    workflow.ask(case, by=case.auditor, at=AT, questions=questions, working_days=10)
    first, second = case.queries.order_by("pk")
    client.force_login(lead(case))

    client.post(page("answer", case), {f"antwort{first.pk}": "Jede Wo", "entwurf": "1"})

    assert "Jede Wo</textarea>" in text(client, "answer", case)
    client.force_login(case.auditor)
    assert "Jede Wo" not in client.get(reverse("review:case", args=[case.pk])).content.decode()
    client.force_login(lead(case))
    client.post(page("answer", case), {f"antwort{first.pk}": "Jede Woche.", f"antwort{second.pk}": ""})
    assert Case.objects.get(pk=case.pk).state == State.QUERIED
    shown = text(client, "answer", case)
    assert "Frühere Rückfragen" in shown
    assert "Jede Woche." in shown


def test_an_auditor_offers_times_and_reads_what_speaks_against_one(client: Client) -> None:
    case = ready()
    client.force_login(case.auditor)
    saturday = {"day1": "2026-03-14", "begins1": "09:00", "ends1": "12:30", "mode": "on_site"}

    refused = client.post(reverse("review:offer", args=[case.pk]), saturday).content.decode()
    half = client.post(reverse("review:offer", args=[case.pk]), {**saturday, "day2": "2026-03-16"}).content.decode()
    client.post(reverse("review:offer", args=[case.pk]), {**saturday, "day1": "2026-03-12"})

    assert "Der 14. März 2026 ist ein Samstag." in refused
    assert "Bitte geben Sie zu Termin 2 Tag, Beginn und Ende an." in half
    assert [timezone.localtime(slot.starts_at).day for slot in case.slots.all()] == [12]


def test_an_auditor_takes_back_moves_and_calls_off(client: Client, offered: Case) -> None:
    client.force_login(offered.auditor)
    client.post(reverse("review:withdraw_slots", args=[offered.pk]))
    assert not offered.slots.open(at=AT).exists()
    entered = {"day": "2026-03-12", "begins": "09:00", "ends": "12:00", "mode": "video"}
    client.post(reverse("review:visit", args=[offered.pk]), entered)

    moved = {**entered, "day": "2026-03-13", "reason": "Stau"}
    client.post(reverse("review:visit_move", args=[offered.pk]), moved)
    assert offered.visits.get().sequence == 1
    client.post(reverse("review:visit_cancel", args=[offered.pk]), {"reason": "Krankheit"})

    assert offered.visits.get().cancelled_at is not None


def test_an_end_before_the_beginning_is_told_beside_the_field(client: Client) -> None:
    case = ready()
    client.force_login(case.auditor)
    entered = {"day": "2026-03-12", "begins": "12:00", "ends": "09:00", "mode": "video"}

    response = client.post(reverse("review:visit", args=[case.pk]), entered)

    assert response.context["form"].errors["ends"] == [
        "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten."
    ]


@pytest.mark.parametrize(
    ("entered", "due_on", "paused"),
    [
        ({"change": "verlaengern", "working_days": "2"}, date(2026, 3, 18), False),
        ({"change": "anhalten"}, date(2026, 3, 16), True),
        ({"change": "verlaengern"}, date(2026, 3, 16), False),  # how many days, the page asks
    ],
)
def test_an_auditor_changes_a_period(client: Client, entered: dict[str, str], due_on: date, paused: bool) -> None:
    case = ready()
    workflow.ask(case, by=case.auditor, at=AT, questions=[workflow.Question("Wann?")], working_days=10)
    client.force_login(case.auditor)

    client.post(reverse("review:deadline", args=[case.pk]), {**entered, "reason": "Streik"})

    query = case.queries.get()
    assert (query.due_on, query.paused_on is not None) == (due_on, paused)


def test_an_auditor_goes_on_without_an_answer(client: Client) -> None:
    case = ready()
    workflow.ask(case, by=case.auditor, at=AT, questions=[workflow.Question("Wann?")], working_days=1)
    client.force_login(case.auditor)

    with time_machine.travel(AT + timedelta(days=3)):
        client.force_login(case.auditor)
        client.post(reverse("review:close_unanswered", args=[case.pk]))

    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_of_the_visit_takes_the_same_queries_for_any_number_of_times(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, times: int
) -> None:
    case = ready()
    for n in range(times):
        starts = FIRST + timedelta(days=n)
        offer(case, workflow.Offer(starts, starts + HOURS))
    client.force_login(lead(case))

    with django_assert_max_num_queries(12):
        client.get(page("visit", case))


def test_the_ministry_reads_what_a_holiday_moves_and_accepts_it(client: Client) -> None:
    case = ready()
    workflow.ask(case, by=case.auditor, at=AT, questions=[workflow.Question("Wann?")], working_days=10)
    ExtraHoliday.objects.create(day=date(2026, 3, 10), name="Staatstrauer")
    client.force_login(UserFactory.create(ministry=True))
    address = reverse("admin:certification_extraholiday_shifts")

    assert "17. März 2026" in client.get(address).content.decode()
    client.post(address)

    assert case.queries.get().due_on == date(2026, 3, 17)
    assert "Keine Frist verschiebt sich." in client.get(address).content.decode()


def test_the_private_calendar_has_the_visit_as_the_invitation_has_it(client: Client, offered: Case) -> None:
    first, second = offered.slots.order_by("starts_at")
    workflow.agree_visit(offered, by=lead(offered), at=AT, slot=first)
    workflow.move_visit(offered, by=lead(offered), at=AT, slot=second, reason="Personalausfall")
    client.force_login(lead(offered))

    feed = Calendar.from_ical(calendar_file(calendar_entries(lead(offered), AT.date())))
    (invited,) = Calendar.from_ical(client.get(page("visit_calendar", offered)).content).events

    same = [(event["SEQUENCE"], event.start) for event in feed.events if event["UID"] == invited["UID"]]
    assert same == [(invited["SEQUENCE"], invited.start)]
    assert [zone["TZID"] for zone in feed.walk("VTIMEZONE")] == ["Europe/Berlin"]
