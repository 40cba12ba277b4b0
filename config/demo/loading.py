"""Loading the demo data, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import pghistory
from django.db import connection, transaction

from accounts.models import User
from centres import post
from centres.models import FamilyCentre, YouthOffice
from certification.catalogue import load_catalogue
from config.demo import showcase
from config.demo.bounces import make_bounces
from config.demo.earlier import make_earlier_round
from config.demo.event_results import make_event_results
from config.demo.events import make_events
from config.demo.evidence import collect, make_evidence
from config.demo.fates import LEAST, decide
from config.demo.journeys import make_journeys
from config.demo.letter_texts import make_texts
from config.demo.letters import make_letters, mark_sent
from config.demo.office_post import make_office_post
from config.demo.papers import make_papers
from config.demo.people import make_staff
from config.demo.proposals import make_proposals
from config.demo.receipts import make_receipts
from config.demo.register import make_register
from config.demo.reviews import Questions, make_reviews
from config.demo.rounds import make_rounds
from config.demo.seals import make_seals
from config.demo.storing import store_register
from config.demo.teamwork import make_teamwork
from config.demo.world import World

Progress = Callable[[str], None]


class TooFewError(Exception):
    """Not every state of a case would be there; the text may be shown to the person."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to load: the same seed on the same day gives the same data, apart from secrets such as public ids."""

    centres: int
    seed: int
    on: date
    at: datetime


STAGES = (
    "Kriterien und Personen",
    "Familienzentren",
    "Runden und Fälle",
    "Gütesiegel",
    "Antworten und Urteile",
    "Vorzeigefälle",
    "Veranstaltungen",
    "Briefe",
    "Suche",
)


def is_loaded() -> bool:
    """Whether anybody's data is there; the demo data never mixes with it."""
    return any(model.objects.exists() for model in (User, YouthOffice, FamilyCentre))


def load(wanted: Wanted, *, progress: Progress = lambda _: None) -> None:
    """Load everything into an empty database; `progress` hears of each stage as it begins. Raises TooFewError."""
    if wanted.centres < LEAST:
        raise TooFewError(f"Bitte laden Sie mindestens {LEAST} Familienzentren, damit jeder Stand vorkommt.")
    with transaction.atomic(), pghistory.context(command="load_demo"), post.waking_once():
        _spare_the_triggers()
        _load(wanted, progress)


def _spare_the_triggers() -> None:
    """The history triggers ask for this setting and for the context; each unset one costs an exception per row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _load(wanted: Wanted, progress: Progress) -> None:
    stages = iter(STAGES)
    world = World(Random(wanted.seed), wanted.on)  # noqa: S311 — demo data, no secrets
    progress(next(stages))
    edition, _ = load_catalogue()
    questions = Questions.of(edition)
    staff = make_staff(world)
    progress(next(stages))
    register = make_register(world, wanted.centres)
    fates = decide(world, register.homes)
    cast = showcase.choose(fates, staff)
    store_register(world, register, fates)
    progress(next(stages))
    rounds = make_rounds(world, fates, edition, staff.ministry)
    journeys = make_journeys(world, fates, rounds, staff)
    progress(next(stages))
    make_seals(world, fates, journeys, staff)
    progress(next(stages))
    make_reviews(world, journeys, questions, staff)
    make_evidence(world, journeys, questions)
    progress(next(stages))
    showcase.stage(world, cast, journeys, questions, staff)
    make_teamwork(world, journeys, staff)
    collect(world, cast.calm.home.centre, staff.lead, questions)
    make_earlier_round(world, cast.busy, questions, staff)
    make_receipts(world, journeys)
    make_proposals(world, fates, cast.busy, cast.calm, staff)
    progress(next(stages))
    make_events(world, staff)
    make_event_results(world, staff)
    make_office_post(world, staff)
    progress(next(stages))
    make_letters(world, journeys)
    mark_sent(world, at=wanted.at)
    make_bounces()
    make_texts(staff, at=wanted.at - timedelta(hours=2))
    make_papers(world, staff)
    progress(next(stages))
    FamilyCentre.objects.all().refresh_search()
