"""The act on answers: what a centre says to the parts of the criteria, until it hands in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres.models import Membership
from certification import permissions
from certification.models import Answer, Area, Case, Part
from certification.rules.moves import Actor
from certification.workflow import NotAllowedError


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to one part; `offers` in the order of the calendar, each day once."""

    value: str = ""
    text: str = ""
    first_half: int | None = None
    second_half: int | None = None
    offers: tuple[date, ...] = ()

    @classmethod
    def by(cls, answer: Answer | None) -> "Said":
        if answer is None:
            return cls()
        return cls(answer.value, answer.text, answer.first_half, answer.second_half, tuple(answer.offers))

    @property
    def stamp(self) -> str:
        """A short name of this content, by which a form remembers what it has shown."""
        days = [day.isoformat() for day in self.offers]
        content = (self.value, self.text, self.first_half, self.second_half, days)
        return sha256(repr(content).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Given:
    """What a form hands over for one part, and the stamp of what it had shown."""

    said: Said
    stamp: str


@dataclass(frozen=True, slots=True)
class Saved:
    """How many answers changed, and what somebody else had changed since the form was shown.

    `conflicts` are parts the person changed as well: there nothing was written. `others` she had left alone.
    """

    changed: int
    conflicts: Mapping[int, Answer]
    others: Mapping[int, Answer] = field(default_factory=dict)

    @property
    def theirs(self) -> Mapping[int, Answer]:
        return {**self.conflicts, **self.others}


@transaction.atomic
def save_answers(case: Case, *, area: Area, answers: Mapping[int, Given], by: User, at: datetime) -> Saved:
    """Save what changed, part by part (`answers` by the primary key of the part).

    Two people may edit at once: a part the person left as the form showed it is never written, and one that
    somebody else changed in the meantime is reported instead of overwritten. Raises NotAllowedError.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("round").get(pk=case.pk)
    _require_open(case, by, at)
    asked = Part.objects.filter(criterion__area=area, criterion__area__edition=case.round.edition_id)
    parts = set(asked.filter(pk__in=answers).values_list("pk", flat=True))
    stored = {answer.part_id: answer for answer in case.answers.filter(part__in=parts).select_related("saved_by")}
    changed: list[Answer] = []
    conflicts: dict[int, Answer] = {}
    others: dict[int, Answer] = {}
    for part in sorted(parts):
        given, now = answers[part], Said.by(stored.get(part))
        if given.said == now:
            continue
        if part in stored and now.stamp != given.stamp:
            (others if given.said.stamp == given.stamp else conflicts)[part] = stored[part]
        elif given.said.stamp != given.stamp:
            changed.append(_answer(case, part, given.said, by, at))
    _write(changed)
    return Saved(len(changed), conflicts, others)


def _require_open(case: Case, by: User, at: datetime) -> None:
    if not case.answers_are_open:
        raise NotAllowedError("Die Antworten lassen sich nach dem Einreichen nicht mehr ändern.")
    mine = Membership.objects.on_day(timezone.localdate(at)).filter(user=by, centre=case.centre_id)
    if permissions.actor_of(by) != Actor.CENTRE or not mine.exists():
        raise NotAllowedError("Diese Antworten gibt nur das Familienzentrum selbst.")


def _answer(case: Case, part: int, said: Said, by: User, at: datetime) -> Answer:
    return Answer(
        case=case,
        part_id=part,
        value=said.value,
        text=said.text,
        first_half=said.first_half,
        second_half=said.second_half,
        offers=list(said.offers),
        saved_at=at,
        saved_by=by,
    )


def _write(answers: list[Answer]) -> None:
    Answer.objects.bulk_create(
        answers,
        update_conflicts=True,
        unique_fields=["case", "part"],
        update_fields=["value", "text", "first_half", "second_half", "offers", "saved_at", "saved_by"],
    )
