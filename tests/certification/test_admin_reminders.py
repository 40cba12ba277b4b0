from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from certification import forecast, reminders
from certification.models import Chain, ReminderRule
from certification.rules.reminders import Offset, in_words
from tests.certification.admin import AT, ministry, queries
from tests.factories.certification import CaseFactory, SealFactory

TODAY = date(2026, 4, 15)
PREVIEW = "admin:certification_reminderrule_preview"


def expected() -> list[forecast.Expected]:
    return forecast.counted(forecast.upcoming(TODAY, days=30))


@pytest.mark.parametrize(
    ("months", "days", "words"),
    [
        (-22, 0, "22 Monate vor dem Ende der Anmeldung"),
        (-1, 0, "1 Monat vor dem Ende der Anmeldung"),
        (0, 1, "1 Tag nach dem Ende der Anmeldung"),
        (-1, -3, "1 Monat und 3 Tage vor dem Ende der Anmeldung"),
        (-1, 3, "1 Monat vor dem Ende der Anmeldung, davon 3 Tage später"),
        (1, -3, "1 Monat nach dem Ende der Anmeldung, davon 3 Tage früher"),
        (0, 0, "am Tag selbst: dem Ende der Anmeldung"),
    ],
)
def test_a_rule_says_when_it_goes_out(months: int, days: int, words: str) -> None:
    assert in_words(Chain.REGISTRATION, Offset("", months, days)) == words


@pytest.mark.django_db
def test_forecast_counts_each_letter_on_the_first_day_it_goes_out() -> None:
    SealFactory.create_batch(2, awarded_on=date(2022, 5, 5))
    reminders.write_due(TODAY, at=AT)

    found = [(each.day, each.rule, each.letters) for each in expected()]

    assert found == [(date(2026, 4, 30), "seal/3-months", 2)]


@pytest.mark.django_db
def test_forecast_counts_what_is_not_yet_written_for_tomorrow() -> None:
    SealFactory.create(awarded_on=date(2022, 5, 5))

    found = [(each.day, each.rule) for each in expected()]

    assert found == [(date(2026, 4, 16), "seal/6-months"), (date(2026, 4, 30), "seal/3-months")]


@pytest.mark.django_db
def test_forecast_counts_the_dates_of_rounds() -> None:
    CaseFactory.create(round__registration_until=date(2026, 5, 1), round__submission_until=date(2026, 6, 1))

    found = [(each.day, each.rule) for each in expected()]

    assert found == [
        (date(2026, 4, 16), "registration/28-days"),
        (date(2026, 4, 17), "registration/14-days"),
        (date(2026, 4, 28), "registration/3-days"),
    ]


@pytest.mark.django_db
def test_forecast_of_a_rule_switched_off_is_silent() -> None:
    SealFactory.create(awarded_on=date(2022, 5, 5))
    ReminderRule.objects.update(active=False)

    assert expected() == []


@pytest.mark.django_db
def test_preview_shows_who_hears_tomorrow_and_why(client: Client) -> None:
    ministry(client)
    seal = SealFactory.create(awarded_on=date(2022, 5, 5))

    with time_machine.travel(AT, tick=False):
        response = client.get(reverse(PREVIEW))

    (due,) = response.context["page_obj"]
    assert due.occasion.centre == seal.centre
    assert due.why in response.text


@pytest.mark.django_db
def test_preview_asks_as_often_for_three_as_for_one(client: Client) -> None:
    ministry(client)
    SealFactory.create(awarded_on=date(2022, 5, 5))
    with time_machine.travel(AT, tick=False):
        for_one = queries(client, reverse(PREVIEW))
        SealFactory.create_batch(2, awarded_on=date(2022, 5, 5))

        assert queries(client, reverse(PREVIEW)) == for_one


@pytest.mark.django_db
def test_a_rule_is_edited_and_switched_off_but_keeps_its_key(client: Client) -> None:
    ministry(client)
    rule = ReminderRule.objects.get(chain=Chain.SEAL, key="22-months")
    page = reverse("admin:certification_reminderrule_change", args=[rule.pk])

    client.post(page, {"months": "-20", "days": "0", "key": "anders", "chain": "submission"})

    rule.refresh_from_db()
    assert (rule.months, rule.active, rule.key, rule.chain) == (-20, False, "22-months", Chain.SEAL)


@pytest.mark.django_db
def test_a_day_that_another_rule_has_is_refused(client: Client) -> None:
    ministry(client)
    rule = ReminderRule.objects.get(chain=Chain.SEAL, key="22-months")
    page = reverse("admin:certification_reminderrule_change", args=[rule.pk])

    response: Any = client.post(page, {"months": "-12", "days": "0", "active": "on"})

    sentence = "An diesem Tag erinnert schon eine andere Regel der Kette."
    assert response.context["adminform"].form.non_field_errors() == [sentence]


@pytest.mark.django_db
def test_rules_are_listed_in_words(client: Client) -> None:
    ministry(client)

    response = client.get(reverse("admin:certification_reminderrule_changelist"))

    assert "22 Monate vor dem letzten gültigen Tag des Gütesiegels" in response.text
