"""Receipts of what was handed in: for the cases people look at first; a worker prints them."""

from certification import receipts
from certification.models import Step
from config.demo.journeys import Journey
from config.demo.reviews import is_running
from config.demo.world import World

MOST_RECEIPTS = 20


def make_receipts(world: World, journeys: list[Journey]) -> None:
    """Those of our first auditor before the others; cases that moved by the acts themselves have theirs."""
    handed_in = [
        journey for journey in journeys if is_running(world, journey.case.round) and "submit" in journey.acts
    ]
    first = sorted(handed_in, key=lambda journey: not journey.fate.pinned)[:MOST_RECEIPTS]
    steps = Step.objects.filter(case__in=[journey.case for journey in first], act="submit", receipt=None)
    for step in steps.select_related("case__centre", "case__round__edition", "by").order_by("pk"):
        receipts.write(step)
