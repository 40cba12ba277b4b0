"""The front page of the ministry (Lagebild): what ends when, where the cases stand, what is late, what waits."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from centres import asking
from centres.models import (
    CentreKind,
    FamilyCentre,
    Handover,
    Letter,
    LetterState,
    LetterText,
    Proposal,
    RegionalYouthOffice,
)
from certification import lateness
from certification.models import Case, Certificate, Outcome, QualityProfile, Round, Seal
from certification.rules.moves import LABELS, OPEN, State
from certification.rules.periods import in_words_left, long_date

COLUMNS = [(region, kind) for region in RegionalYouthOffice.values for kind in CentreKind.values]
ENDED = date.min
SOON = timedelta(days=60)
ROUND_DATES = (
    ("registration_until", "Anmeldung endet"),
    ("submission_until", "Einreichung endet"),
    ("visits_from", "Begehungen beginnen"),
    ("visits_until", "Begehungen enden"),
    ("results_until", "Ergebnisse bis"),
)
LETTERS = (
    ("nicht zustellbar", [LetterState.FAILED]),
    ("werden erneut versucht", [LetterState.RETRYING]),
    ("warten auf den Versand", [LetterState.QUEUED, LetterState.IN_FLIGHT]),
    ("zurückgehalten", [LetterState.WITHHELD]),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A number in words, and the list behind it."""

    label: str
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class End:
    """How many seals end on a day, by regional youth office and form; the bars as percentages of the largest."""

    label: str
    numbers: list[int]
    total: int
    url: str
    bars: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Date:
    day: date
    left: str
    label: str
    round: Round


def page(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    today = timezone.localdate()
    ends = ends_of_seals(today)
    context = {
        **admin.site.each_context(request),
        "title": "Lagebild",
        "today": today,
        "ends": ends,
        "total": sum(end.total for end in ends),
        "sums": [sum(each) for each in zip(*(end.numbers for end in ends), strict=True)],
        "without_seal": without_seal(ends),
        "turns": turns(),
        "people": people(today, at=timezone.now()),
        "cases": open_cases(),
        "late": late(today),
        "post": [*letters(), *unissued()],
        "dates": dates(today),
        **(extra_context or {}),
    }
    return TemplateResponse(request, "admin/situation.html", context)


def ends_of_seals(today: date) -> list[End]:
    """Each running centre once, by the seal that decides about it; those that have ended in one row."""
    found: Counter[tuple[date, str, str]] = Counter()
    seals = Seal.objects.latest_per_centre().filter(centre__ended_on=None).order_by()
    groups = seals.values_list("valid_through", "centre__youth_office__regional", "centre__kind")
    for end, region, kind, number in groups.annotate(number=Count("pk")):
        found[end if end >= today else ENDED, region, kind] += number
    most = max((sum(found[end, *column] for column in COLUMNS) for end in _days(found)), default=0)
    return [_end(end, [found[end, *column] for column in COLUMNS], most) for end in _days(found)]


def _days(found: Iterable[tuple[date, str, str]]) -> list[date]:
    return sorted({end for end, *_ in found})


def _end(end: date, numbers: list[int], most: int) -> End:
    kinds = len(CentreKind.values)
    bars = (round(100 * sum(numbers[:kinds]) / most), round(100 * sum(numbers[kinds:]) / most))
    query = {"letztes": "ja", **({"stand": "ended"} if end == ENDED else {"ende": end.isoformat()})}
    label = "schon abgelaufen" if end == ENDED else long_date(end)
    return End(label, numbers, sum(numbers), _list("seal", **query), bars)


def without_seal(ends: list[End]) -> int:
    """Running centres that no row of `ends` counts."""
    return FamilyCentre.objects.running().count() - sum(end.total for end in ends)


def turns() -> list[Entry]:
    """What waits for the ministry itself."""
    released = Outcome.objects.standing().filter(case__state=State.RECOMMENDED).exclude(released_at=None)
    counts = released.aggregate(
        award=Count("pk", filter=Q(eligible=True)), decline=Count("pk", filter=Q(eligible=False))
    )
    waiting = _counts(texts=LetterText.objects.waiting(), proposals=Proposal.objects.open())
    return [
        Entry("Gütesiegel verleihen", counts["award"], _list("case", ergebnis="verleihen")),
        Entry("Nicht gütesiegelfähig, Entscheidung mitteilen", counts["decline"], _list("case", ergebnis="ablehnen")),
        Entry(
            "Brieftexte freigeben",
            waiting["texts"],
            f"{reverse('admin:centres_lettertext_changelist')}?stand=wartet",
        ),
        Entry("Vorschläge der Familienzentren", waiting["proposals"], _proposals()),
    ]


def people(today: date, *, at: datetime) -> list[Entry]:
    """Where it is not certain who leads a centre, or the ministry has to say."""
    waiting = Exists(Handover.objects.waiting_for_ministry(at=at).filter(centre=OuterRef("pk")))
    running = Q(ended_on=None)
    number = FamilyCentre.objects.aggregate(
        handovers=Count("pk", filter=waiting),  # at most one is open for each centre
        bounced=Count("pk", filter=running & asking.bounced(today)),
        silent=Count("pk", filter=running & asking.silent(today)),
    )
    handovers, centres = (
        reverse("admin:centres_handover_changelist"),
        reverse("admin:centres_familycentre_changelist"),
    )
    return [
        Entry("Übergabe der Leitung: bitte entscheiden", number["handovers"], f"{handovers}?aufgabe=ministerium"),
        Entry("Leitung prüfen: Briefe kommen zurück", number["bounced"], f"{centres}?leitung=zurueck"),
        Entry("Leitung prüfen: ein Jahr nicht angemeldet", number["silent"], f"{centres}?leitung=still"),
    ]


def _counts(**rows: QuerySet[Any]) -> Counter[str]:
    """How many there are of each, in one query; of what there is none, nothing is listed and 0 is answered."""
    each = [
        found.order_by().values_list(Value(name, CharField())).annotate(number=Count("pk"))
        for name, found in rows.items()
    ]
    return Counter(dict(each[0].union(*each[1:], all=True)))


def _proposals() -> str:
    return f"{reverse('admin:centres_proposal_changelist')}?{urlencode({'stand': 'offen'})}"


def open_cases() -> list[Entry]:
    numbers = dict(Case.objects.open().order_by().values_list("state").annotate(Count("pk")))
    states = [state for state in State if state in OPEN]
    return [Entry(LABELS[state], numbers.get(state, 0), _list("case", state__exact=state)) for state in states]


def late(today: date) -> list[Entry]:
    numbers = lateness.counts(Case.objects.all(), today=today)
    return [Entry(kind.label, numbers[kind.key], _list("case", ueberfaellig=kind.key)) for kind in lateness.KINDS]


def letters() -> list[Entry]:
    numbers: dict[str, int] = dict(
        Letter.objects.exclude(state=LetterState.SENT).order_by().values_list("state").annotate(Count("pk"))
    )
    url = reverse("admin:centres_letter_changelist")
    return [
        Entry(
            f"Briefe {words}",
            sum(numbers.get(state, 0) for state in states),
            f"{url}?{urlencode({'state__in': ','.join(states)})}",
        )
        for words, states in LETTERS
    ]


def unissued() -> list[Entry]:
    """Files that were ordered and are not printed yet: certificates, quality profiles. One query for both."""
    numbers = _counts(
        certificate=Certificate.objects.unissued(),
        qualityprofile=QualityProfile.objects.unissued(),
    )
    return [
        Entry("Urkunden noch nicht ausgestellt", numbers["certificate"], _list("certificate", stand="offen")),
        Entry(
            "Qualitätsprofile noch nicht ausgestellt",
            numbers["qualityprofile"],
            _list("qualityprofile", stand="offen"),
        ),
    ]


def dates(today: date) -> list[Date]:
    """The dates of rounds in the days to come, the nearest first."""
    rounds = Round.objects.running(on=today)
    coming = [(getattr(each, name), label, each) for each in rounds for name, label in ROUND_DATES]
    near = sorted((entry for entry in coming if today <= entry[0] <= today + SOON), key=lambda entry: entry[0])
    return [Date(day, in_words_left(day, today), label, each) for day, label, each in near]


def _list(model: str, **query: str) -> str:
    return f"{reverse(f'admin:certification_{model}_changelist')}?{urlencode(query)}"
