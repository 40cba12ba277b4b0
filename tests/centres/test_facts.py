from datetime import date

import pytest

from centres import facts
from centres.models import CentreFact, FactKind
from tests.factories.centres import FamilyCentreFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 1)


def test_stating_a_fact_twice_changes_nothing() -> None:
    centre = FamilyCentreFactory()

    for _ in range(2):
        facts.state(FactKind.ROUND, "round-1", "Re-Zertifizierung 2027", [centre.pk], on=DAY)

    assert CentreFact.objects.rounds().counted() == [("round-1", "Re-Zertifizierung 2027", 1)]


def test_a_fact_holds_until_it_is_over() -> None:
    centre = FamilyCentreFactory()
    facts.state(FactKind.BRIEFING, "event-1", "Herbst", [centre.pk], on=DAY)

    facts.end(FactKind.BRIEFING, "event-1", centre.pk, on=date(2026, 9, 1))

    assert CentreFact.objects.briefings().in_force(on=date(2026, 8, 31)).count() == 1
    assert CentreFact.objects.in_force(on=date(2026, 9, 1)).count() == 0
    assert CentreFact.objects.in_force(on=date(2026, 7, 31)).count() == 0


def test_what_never_was_so_is_gone_and_may_be_stated_again() -> None:
    centre, other = FamilyCentreFactory.create_batch(2)
    for _ in range(2):
        facts.state(FactKind.BRIEFING, "event-1", "Herbst", [centre.pk, other.pk], on=DAY)
        facts.retract(FactKind.BRIEFING, "event-1", centre.pk)
    assert facts.briefings(other, on=DAY) == ["Herbst"]
    assert facts.briefings(centre, on=DAY) == []

    facts.state(FactKind.BRIEFING, "event-1", "Herbst", [centre.pk], on=DAY)

    assert facts.briefings(centre, on=DAY) == ["Herbst"]


def test_the_newest_event_comes_first_and_rounds_are_no_events() -> None:
    centre = FamilyCentreFactory.create()
    facts.state(FactKind.BRIEFING, "event-1", "Herbst", [centre.pk], on=DAY)
    facts.state(FactKind.BRIEFING, "event-2", "Winter", [centre.pk], on=date(2026, 12, 1))
    facts.state(FactKind.ROUND, "round-1", "Re-Zertifizierung 2027", [centre.pk], on=DAY)

    assert facts.briefings(centre, on=date(2026, 12, 1)) == ["Winter", "Herbst"]
    assert facts.briefings(centre, on=DAY) == ["Herbst"]
