"""Feedback: asked once, answered once, traced to nobody."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from centres import holds
from centres.models import Letter
from events import feedback, letters, planning
from events.models import (
    EventMode,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackRight,
    FeedbackSheet,
    InfoEvent,
    Registration,
)
from events.registration import Attendee, register
from events.rules.bookings import Booking
from events.rules.feedback import QUESTIONS, spread, written
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

pytestmark = pytest.mark.django_db
DAY_AFTER = start(19, hour=8)


@pytest.fixture(autouse=True)
def _at(settings: object) -> object:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    with time_machine.travel(DAY_AFTER, tick=False):
        yield


def held(**fields: object) -> InfoEvent:
    event = InfoEventFactory.create(state="held", **fields)
    for position, (text, scale) in enumerate(QUESTIONS, start=1):
        FeedbackQuestion.objects.create(event=event, position=position, text=text, scale=scale)
    return event


def there(event: InfoEvent, **fields: object) -> Registration:
    return RegistrationFactory.create(event=event, attended=True, attendance_at=start(18, hour=13), **fields)


def write(at: datetime = DAY_AFTER) -> int:
    return feedback.write_due(at=timezone.localtime(at))


def said(event: InfoEvent, score: int = 4, text: str = "") -> dict[FeedbackQuestion, int | str]:
    return {each: score if each.scale else text for each in event.feedback.all()}


def answered(event: InfoEvent, *scores: int, text: str = "") -> None:
    for score in scores:
        who = there(event)
        FeedbackRight.objects.create(registration=who)
        feedback.answer(who, said(event, score, text))


def office() -> Client:
    client = Client()
    client.force_login(UserFactory.create(service_office=True))
    return client


def evaluation(event: InfoEvent) -> str:
    return office().get(reverse("office:evaluation", args=[event.pk])).content.decode()


def test_a_new_event_asks_five_questions_and_a_copy_asks_what_its_model_asks() -> None:
    by, event = UserFactory.create(service_office=True), InfoEventFactory.build(state="draft")
    planning.draft(event, by=by, at=start(1))
    event.feedback.filter(position=1).update(text="Etwas anderes")

    copied = planning.copy(event, starts_at=start(25), by=by, at=start(1))

    assert event.feedback.count() == 5
    assert copied.feedback.order_by("position").values_list("text", flat=True)[0] == "Etwas anderes"
    assert copied.feedback.count() == 5


def test_from_the_day_after_everybody_who_was_there_is_asked_once() -> None:
    event = held()
    came, unknown = there(event), RegistrationFactory.create(event=event)
    walked_in = there(event, state=Booking.WALK_IN)
    RegistrationFactory.create(event=event, attended=False, attendance_at=start(18))
    RegistrationFactory.create(event=event, state=Booking.CANCELLED)
    there(event, state=Booking.WALK_IN, email="")

    counts = [write(at) for at in (start(18, hour=20), DAY_AFTER, DAY_AFTER, start(30))]

    assert counts == [0, 3, 0, 0]
    asked = Letter.objects.filter(template="event_feedback")
    assert {each.to for each in asked} == {came.email, unknown.email, walked_in.email}
    assert not any(each.mandatory for each in asked)


LONG_AGO = {"starts_at": start(18) - timedelta(40), "ends_at": start(18) - timedelta(39)}


@pytest.mark.parametrize("fields", [{"state": "published"}, {"state": "cancelled"}, LONG_AGO])
def test_nobody_is_asked_about_an_event_that_was_not_held_or_is_long_over(fields: dict[str, object]) -> None:
    event = held()
    there(event)
    InfoEvent.objects.filter(pk=event.pk).update(**fields)

    assert write() == 0


def test_without_questions_no_letter_goes_out() -> None:
    there(InfoEventFactory.create(state="held"))

    assert write() == 0


def test_what_is_held_back_goes_out_when_it_is_let_go() -> None:
    there(held())
    by = UserFactory.create(ministry=True)
    hold = holds.hold(by=by, at=DAY_AFTER, reason="Noch nicht", about="Rückmeldung", rule="event/feedback")

    assert (write(), FeedbackRight.objects.count()) == (0, 0)
    holds.lift(hold, by=by, at=DAY_AFTER)

    assert write() == 1


def test_the_link_is_used_up_by_answering_not_by_looking(client: Client) -> None:
    event = held()
    who = there(event)
    write()
    link = feedback.feedback_url(who)
    first, words = event.feedback.get(position=1), event.feedback.get(position=5)

    assert [client.get(link).status_code for _ in range(2)] == [200, 200]
    thanks = client.post(link, {f"frage-{first.pk}": "5", f"frage-{words.pk}": "Mehr Zeit"})
    again = client.post(link, {f"frage-{first.pk}": "1"})

    assert "Vielen Dank" in thanks.content.decode()
    assert "kann zurzeit niemand antworten" in again.content.decode()
    assert sorted(FeedbackAnswer.objects.values_list("score", "text"), key=str) == [(5, ""), (None, "Mehr Zeit")]
    assert write() == 0


def test_the_page_of_the_questions_names_nobody(client: Client) -> None:
    who = there(held())
    write()

    page = client.get(feedback.feedback_url(who)).content.decode()

    assert who.event.title in page
    assert not [each for each in (who.name, who.email, who.centre.name) if each in page]


def test_a_scale_climbs_from_one_to_five_and_says_what_its_ends_mean(client: Client) -> None:
    who = there(held())
    write()

    page = client.get(feedback.feedback_url(who)).content.decode()

    steps = re.findall(r'for="id_frage-\d+_\d">(\d) <span class="scale__words">(.*?)</span>', page)
    assert steps[:5] == [
        ("1", "stimmt gar nicht"),
        ("2", ""),
        ("3", "teils, teils"),
        ("4", ""),
        ("5", "stimmt genau"),
    ]
    assert len(steps) == 4 * 5


def test_an_empty_form_is_not_an_answer_and_the_link_stays_good(client: Client) -> None:
    who = there(held())
    write()

    page = client.post(feedback.feedback_url(who), {}).content.decode()

    assert "Bitte beantworten Sie mindestens eine Frage." in page
    assert feedback.may_answer(who)
    assert not FeedbackSheet.objects.exists()


def test_the_page_of_the_registration_leads_there_while_nobody_has_answered(client: Client) -> None:
    who = there(held())
    write()
    page = letters.manage_url(who)

    assert feedback.feedback_url(who) in client.get(page).content.decode()
    feedback.answer(who, said(who.event))
    assert "rueckmeldung" not in client.get(page).content.decode()


def test_no_path_leads_from_an_answer_to_whoever_gave_it() -> None:
    """Neither a key nor a moment nor an order: not in the tables, and not in their history."""
    people = {Registration, User, FeedbackRight}
    for model in (FeedbackSheet, FeedbackAnswer):
        fields = model._meta.get_fields()
        assert not any(isinstance(each, models.DateField) for each in fields)
        assert not {each.related_model for each in fields} & people
        assert isinstance(model._meta.pk, models.UUIDField)
        assert not hasattr(model, "pgh_event_models")
    assert {each.name for each in FeedbackRight._meta.get_fields()} == {"registration"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'events_feedback%event'")
        assert cursor.fetchone() == (0,)


def test_answering_leaves_no_trace_of_who_has_answered_but_that_the_right_is_gone() -> None:
    event = held()
    who, other = there(event), there(event)
    write()
    before = Registration.objects.filter(pk=who.pk).values().get()

    feedback.answer(who, said(event))

    assert Registration.objects.filter(pk=who.pk).values().get() == before
    assert list(FeedbackRight.objects.values_list("registration", flat=True)) == [other.pk]


def test_results_are_shown_from_five_answers_on(settings: object) -> None:
    event = held()
    answered(event, 5, 5, 4, 4, text="Bitte mehr Beispiele")

    assert "4 von 4 Gefragten" in evaluation(event)
    assert "Bitte mehr Beispiele" not in evaluation(event)
    answered(event, 2)

    page = evaluation(event)
    assert "Bitte mehr Beispiele" in page
    assert "4,0 von 5" in page
    assert 'aria-label="Durchschnitt 4,0 auf der Leiter von 1 bis 5"' in page
    settings.EVENT_FEEDBACK_FROM = 6  # type: ignore[attr-defined]
    assert "Bitte mehr Beispiele" not in evaluation(event)


def typed(event: InfoEvent, **fields: object) -> dict[str, object]:
    """The page of the questions as it would be sent off."""
    rows = list(event.feedback.order_by("position"))
    form: dict[str, object] = {"zeile-TOTAL_FORMS": len(rows), "zeile-INITIAL_FORMS": len(rows)}
    for n, row in enumerate(rows):
        form |= {f"zeile-{n}-id": row.pk, f"zeile-{n}-text": row.text, f"zeile-{n}-ORDER": n + 1}
        form |= {f"zeile-{n}-scale": "on"} if row.scale else {}
    return {**form, **{name.replace("_", "-"): value for name, value in fields.items()}}


def test_the_office_asks_something_else_until_somebody_has_answered() -> None:
    event, client = held(), office()
    page = reverse("office:feedback_questions", args=[event.pk])

    client.post(page, typed(event, zeile_0_text="War es gut?", zeile_1_DELETE="on"))
    assert [each.position for each in event.feedback.order_by("position")] == [1, 2, 3, 4]
    answered(event, 3)
    refused = client.post(page, typed(event, zeile_0_text="War es schlecht?"), follow=True)

    assert "die Fragen lassen sich nicht mehr ändern" in refused.content.decode()
    assert event.feedback.earliest("position").text == "War es gut?"


def test_scores_are_counted_and_written_as_people_here_do() -> None:
    seen = spread([1, 5, 5, 4])

    assert (seen.counts, seen.answers, seen.mean) == ((1, 0, 0, 1, 2), 4, 3.75)
    assert (written(seen.mean), written(spread([]).mean)) == ("3,8", "–")


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_by_one_link_at_once_one_is_kept() -> None:
    event = InfoEventFactory.create(kind="open")
    who = register(event, who=Attendee("P", "p@example.org"), attends=EventMode.ONLINE, by=None, at=start(1))
    question = FeedbackQuestion.objects.create(event=event, position=1, text="Gut?", scale=True)
    FeedbackRight.objects.create(registration=who)

    def send(_: int) -> bool:
        try:
            feedback.answer(who, {question: 5})
        except feedback.NotPossibleError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(send, range(4)))

    assert (kept.count(True), FeedbackSheet.objects.count()) == (1, 1)
