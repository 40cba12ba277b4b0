from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from centres.models import Letter
from events.models import EventSeries, InfoEvent
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
ENTERED = {
    "title": "Re-Zertifizierung 2027",
    "kind": "renewal",
    "mode": "online",
    "day": "2026-11-12",
    "begins": "10:00",
    "ends": "12:00",
    "capacity": "300",
    "offer_hours": "48",
    "hosts": "Ministerium, Pädquis und ISA",
}


@pytest.fixture(autouse=True)
def _at() -> object:
    with time_machine.travel(start(1), tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(UserFactory.create(service_office=True))
    return client


@pytest.mark.parametrize(("role", "status"), [("ministry", 200), ("auditor", 404), ("lead", 404)])
def test_the_place_belongs_to_service_office_and_ministry(client: Client, role: str, status: int) -> None:
    client.force_login(UserFactory.create(**{role: True}))

    assert client.get(reverse("office:home")).status_code == status
    assert client.get(reverse("office:event", args=[InfoEventFactory.create().pk])).status_code == status


def test_an_event_is_planned_with_what_is_known(office: Client) -> None:
    response = office.post(reverse("office:create"), ENTERED)

    event = InfoEvent.objects.get()
    assert response.url == reverse("office:event", args=[event.pk])
    assert (event.state, str(event.registration_from), str(event.registration_until)) == (
        "draft", "2026-09-01", "2026-11-09",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entered", "field", "sentence"),
    [
        ({"ends": "09:00"}, "ends", "Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten."),
        ({"mode": "on_site"}, "place", "Bitte tragen Sie den Ort ein, oder wählen Sie als Form „online“."),
        (
            {"registration_until": "2026-11-13"},
            "registration_until",
            "Die Anmeldung kann nicht nach der Veranstaltung enden.",
        ),
        (
            {"registration_from": "2026-10-10", "registration_until": "2026-10-01"},
            "registration_until",
            "Die Anmeldung endet, bevor sie beginnt. Bitte prüfen Sie beide Tage.",
        ),
        ({"day": "2026-08-31"}, "day", "Dieser Tag liegt in der Vergangenheit. Bitte wählen Sie einen späteren."),
        (
            {"day": "2027-03-28", "begins": "02:30", "ends": "03:30"},
            "begins",
            "Diese Uhrzeit gibt es an dem Tag nicht, die Uhr wird vorgestellt. Bitte wählen Sie eine andere.",
        ),
        ({"capacity": "0"}, "capacity", "Bitte geben Sie mindestens einen Platz an."),
        (
            {"per_centre": "0"},
            "per_centre",
            "Bitte geben Sie mindestens einen Platz an, oder lassen Sie das Feld leer.",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    office: Client, entered: dict[str, str], field: str, sentence: str
) -> None:
    response = office.post(reverse("office:create"), ENTERED | entered)

    assert response.context["form"].errors == {field: [sentence]}
    assert "Re-Zertifizierung 2027" in response.content.decode()


def test_what_is_missing_is_asked_for_in_the_order_of_the_page(office: Client) -> None:
    form = office.post(reverse("office:create"), {"kind": "renewal", "mode": "online"}).context["form"]

    assert list(form.errors.items()) == [
        ("title", ["Bitte geben Sie der Veranstaltung einen Titel."]),
        ("day", ["Bitte wählen Sie den Tag."]),
        ("begins", ["Bitte geben Sie an, wann es beginnt."]),
        ("ends", ["Bitte geben Sie an, wann es endet."]),
        ("capacity", ["Bitte geben Sie mindestens einen Platz an."]),
        ("offer_hours", ["Bitte geben Sie mindestens eine Stunde an."]),
        ("hosts", ["Bitte nennen Sie, wer einlädt."]),
    ]


@pytest.mark.parametrize("hour", ["00:30", "02:30", "22:30"])
def test_an_event_on_the_night_the_clock_is_put_back_keeps_its_hours(office: Client, hour: str) -> None:
    entered = {"day": "2026-10-25", "begins": hour, "ends": hour[:2] + ":45", "registration_until": "2026-10-20"}

    office.post(reverse("office:create"), ENTERED | entered)

    assert f"{timezone.localtime(InfoEvent.objects.get().starts_at):%H:%M}" == hour


@pytest.mark.parametrize(
    ("fewer", "sentence"),
    [
        ({"capacity": "1"}, "Es sind schon 2 Plätze vergeben oder angeboten."),
        ({"per_centre": "1"}, "Ein Familienzentrum hat schon 2 Plätze."),
    ],
)
def test_fewer_seats_than_are_taken_are_refused_with_the_number(
    office: Client, fewer: dict[str, str], sentence: str
) -> None:
    event = InfoEventFactory.create()
    first = RegistrationFactory.create(event=event)
    RegistrationFactory.create(event=event, centre=first.centre)

    response = office.post(reverse("office:edit", args=[event.pk]), ENTERED | fewer)

    assert sentence in response.context["form"].non_field_errors()[0]
    assert InfoEvent.objects.get().capacity == 100


def test_whoever_moves_an_event_hears_how_many_are_told_and_they_hear_why(office: Client) -> None:
    event = InfoEventFactory.create()
    RegistrationFactory.create(event=event)
    RegistrationFactory.create(event=event, state="pending", confirm_until=start(5))

    moved = ENTERED | {"reason": "Der Saal ist belegt."}
    page = office.post(reverse("office:edit", args=[event.pk]), moved, follow=True).content.decode()

    assert "Gespeichert. 1 Person bekommt einen Brief mit dem neuen Stand." in page
    assert "Der Grund: Der Saal ist belegt." in Letter.objects.get().body


def test_an_event_that_is_over_can_still_be_corrected(office: Client) -> None:
    event = InfoEventFactory.create(starts_at=start(1, 8), registration_until=start(1).date())
    same = {"day": "2026-09-01", "begins": "08:00", "ends": "10:00", "capacity": "100"}

    office.post(reverse("office:edit", args=[event.pk]), ENTERED | same | {"title": "Berichtigt"})

    event.refresh_from_db()
    assert event.title == "Berichtigt"


@pytest.mark.parametrize(("day", "kept"), [("2026-08-31", 1), ("2026-09-30", 2)])
def test_nothing_is_repeated_on_a_day_that_is_over(office: Client, day: str, kept: int) -> None:
    event = InfoEventFactory.create()

    office.post(reverse("office:copy", args=[event.pk]), {"day": day, "begins": "10:00"})

    assert InfoEvent.objects.count() == kept


def test_events_with_the_same_series_belong_together(office: Client) -> None:
    for _ in range(2):
        office.post(reverse("office:create"), ENTERED | {"series_label": "Herbst 2026"})

    assert len({event.scope for event in InfoEvent.objects.all()}) == 1


def test_an_edited_event_shows_what_it_was_and_keeps_what_is_new(office: Client) -> None:
    event = InfoEventFactory.create()
    url = reverse("office:edit", args=[event.pk])
    assert 'value="2026-09-18"' in office.get(url).content.decode()

    office.post(url, ENTERED | {"day": "2026-09-19", "registration_until": "2026-09-15"})

    event.refresh_from_db()
    assert (event.day.isoformat(), event.sequence) == ("2026-09-19", 1)


@pytest.mark.parametrize("page", ["publish", "cancel", "hold", "copy"])
def test_each_act_is_asked_for_first(office: Client, page: str) -> None:
    response = office.get(reverse(f"office:{page}", args=[InfoEventFactory.create().pk]))

    assert response.templates[0].name == "confirm.html"


def test_publish_and_call_off(office: Client) -> None:
    event = InfoEventFactory.create(state="draft")

    office.post(reverse("office:publish", args=[event.pk]))
    office.post(reverse("office:cancel", args=[event.pk]), {"reason": "Referentin erkrankt"})

    event.refresh_from_db()
    assert [step.act for step in event.steps.order_by("pk")] == ["publish", "cancel"]
    assert event.state == "cancelled"


def test_a_refused_act_says_why_on_the_page(office: Client) -> None:
    response = office.post(reverse("office:hold", args=[InfoEventFactory.create().pk]))

    assert "Die Veranstaltung hat noch nicht begonnen." in response.content.decode()


@pytest.mark.parametrize(
    ("mode", "asked"),
    [
        ("online", {"day", "begins", "join_link"}),
        ("on_site", {"day", "begins", "place"}),
        ("both", {"day", "begins", "place", "join_link"}),
    ],
)
def test_a_repetition_asks_only_what_differs(office: Client, mode: str, asked: set[str]) -> None:
    event = InfoEventFactory.create(mode=mode, place="" if mode == "online" else "Rathaus")
    page = reverse("office:copy", args=[event.pk])

    assert set(office.get(page).context["form"].fields) == asked
    entered = {"day": "2027-02-03", "begins": "14:00", "place": "Stadthalle", "join_link": "neu.example.org/raum"}
    office.post(page, entered)

    copied = InfoEvent.objects.exclude(pk=event.pk).get()
    assert (copied.day.isoformat(), copied.window.starts_at.hour, copied.state) == ("2027-02-03", 14, "draft")
    assert copied.place == ("Stadthalle" if "place" in asked else "")
    assert copied.join_link == ("https://neu.example.org/raum" if "join_link" in asked else "")


@pytest.mark.parametrize(
    ("mode", "named"), [("online", {"Zugang"}), ("on_site", {"Ort"}), ("both", {"Ort", "Zugang"})]
)
def test_an_event_names_only_where_it_takes_place(office: Client, mode: str, named: set[str]) -> None:
    event = InfoEventFactory.create(mode=mode, place="Rathaus")

    facts = dict(office.get(reverse("office:event", args=[event.pk])).context["facts"])

    assert named == {"Ort", "Zugang"} & set(facts)


@pytest.mark.parametrize(
    ("fields", "is_missing"),
    [({"join_link": ""}, True), ({}, False), ({"join_link": "", "mode": "on_site", "place": "Rathaus"}, False)],
)
def test_a_missing_link_to_join_is_asked_for(office: Client, fields: dict[str, str], is_missing: bool) -> None:
    event = InfoEventFactory.create(**fields)

    page = office.get(reverse("office:event", args=[event.pk])).content.decode()

    assert ("Der Zugang zur Videokonferenz fehlt noch." in page) == is_missing


@pytest.mark.parametrize(
    ("fields", "is_next"), [({}, True), ({"kind": "open"}, False), ({"state": "cancelled"}, False)]
)
def test_after_publishing_the_next_step_is_to_invite(office: Client, fields: dict[str, str], is_next: bool) -> None:
    event = InfoEventFactory.create(**fields)

    page = office.get(reverse("office:event", args=[event.pk])).content.decode()

    assert ("Noch ist niemand eingeladen." in page) == is_next


def test_the_latest_events_are_offered_to_be_repeated(office: Client) -> None:
    for day in range(10, 15):
        InfoEventFactory.create(starts_at=start(day))

    models = office.get(reverse("office:create")).context["models"]

    assert [each.day.day for each in models] == [14, 13, 12]


def test_two_answers_plan_an_event_from_a_copy(office: Client) -> None:
    """The day and the room: what else there is has its value already."""
    page = office.get(reverse("office:copy", args=[InfoEventFactory.create().pk]))

    empty = [name for name in page.context["form"].fields if not page.context["form"][name].value()]
    assert empty == ["day", "join_link"]


def test_a_series_is_made_by_the_act_and_not_by_a_form_that_fails(office: Client) -> None:
    office.post(reverse("office:create"), ENTERED | {"series_label": "Herbst", "capacity": ""})
    assert not EventSeries.objects.exists()
    event = InfoEventFactory.create(state="cancelled")
    office.post(reverse("office:edit", args=[event.pk]), ENTERED | {"series_label": "Herbst"})

    assert not EventSeries.objects.exists()


def test_the_list_counts_seats_in_a_constant_number_of_queries(office: Client) -> None:
    counts = []
    for _ in range(2):
        RegistrationFactory.create(event=InfoEventFactory.create())
        RegistrationFactory.create(event=InfoEventFactory.create(starts_at=start(1) - timedelta(days=9)))
        with CaptureQueriesContext(connection) as captured:
            response = office.get(reverse("office:home"))
        counts.append(len(captured))

    assert [event.taken for event in response.context["page_obj"]] == [1, 1]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("state", "is_concluded", "shown"),
    [("held", True, ">1<"), ("held", False, "noch offen"), ("cancelled", False, ">–<")],
)
def test_the_list_of_what_was_says_who_was_there_or_what_is_to_do(
    office: Client, state: str, is_concluded: bool, shown: str
) -> None:
    event = InfoEventFactory.create(state=state, starts_at=start(1) - timedelta(days=3))
    RegistrationFactory.create(event=event, attended=True, attendance_at=start(1))
    if is_concluded:
        event.steps.create(act="attendance", old="held", new="held", at=start(1))

    page = office.get(f"{reverse('office:home')}?vergangen").content.decode()

    assert shown in page.partition('data-label="Waren da"')[2].partition("</td>")[0] + "<"


def test_past_events_have_their_own_list(office: Client) -> None:
    over = InfoEventFactory.create(starts_at=start(1) - timedelta(days=9))
    InfoEventFactory.create()

    assert list(office.get(reverse("office:home"), {"vergangen": ""}).context["page_obj"]) == [over]
