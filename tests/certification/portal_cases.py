"""Centres, people and cases for the portal's tests: a small edition with every kind of part."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from certification.models import Answer, Area, Case, Criterion, Edition, Outcome, Part, PassRule, Receipt
from certification.rules.moves import State
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.certification import CaseFactory, EditionFactory

# Within the round of seals that end on 31 July 2026: registered since December 2024, papers due on 28 February 2026.
AT = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 2, 2)


def small_edition() -> Edition:
    """Two areas; 1.1 is plain, 1.2 has two parts joined by ODER, 1.3 two joined by UND, one of them counted; 2.1."""
    edition: Edition = EditionFactory.create()
    advice = Area.objects.create(edition=edition, number=1, name="Beratung", group="performance")
    space = Area.objects.create(edition=edition, number=5, name="Sozialraum", group="structure")
    _criterion(advice, "1.1", 1, ["1.1"])
    _criterion(advice, "1.2", 2, ["1.2", "1.2.1"])
    counted = _criterion(advice, "1.3", 3, ["1.3"])
    Part.objects.filter(criterion=counted).update(times=1, per="half_year")
    Part.objects.create(criterion=counted, code="1.3.1", alternative=2, text="Eltern sind informiert.")
    _criterion(space, "5.1", 1, ["5.1"])
    PassRule.objects.create(edition=edition, tier="basic", group="performance", at_least=2)
    return edition


def case_of(state: State = State.REGISTERED, **fields: Any) -> Case:
    """A case of a centre with its lead; `lead` finds her. `name` is the centre's."""
    centre = FamilyCentreFactory.create(**({"name": fields.pop("name")} if "name" in fields else {}))
    MembershipFactory.create(centre=centre)
    filled = {
        "round__edition": fields.pop("edition", None) or small_edition(),
        "submitted_at": None if state in {State.INVITED, State.REGISTERED} else AT,
    }
    case: Case = CaseFactory.create(centre=centre, state=state, **{**filled, **fields})
    return case


def lead(case: Case) -> User:
    return case.centre.memberships.get(role="lead").user


def deputy(case: Case) -> User:
    user: User = MembershipFactory.create(centre=case.centre, deputy=True).user
    return user


def part_of(case: Case, code: str) -> Part:
    return Part.objects.get(criterion__area__edition=case.round.edition, code=code)


def say(case: Case, code: str, value: str = "yes", **fields: Any) -> Answer:
    person = fields.pop("saved_by", None) or lead(case)
    return Answer.objects.create(
        case=case, part=part_of(case, code), value=value, **{"saved_at": AT, "saved_by": person, **fields}
    )


def handed_in(case: Case) -> Receipt:
    """The receipt of the case, with a file that is none, without any rendering."""
    step = case.steps.create(act="submit", old="registered", new="submitted", actor="centre", by=lead(case), at=AT)
    content = b"Quittung"
    return Receipt.objects.create(
        step=step,
        facts={"certification_number": case.centre.certification_number},
        printed_at=AT,
        file=ContentFile(content, "quittung.pdf"),
        sha256=sha256(content).hexdigest(),
    )


def recommend(case: Case, *, eligible: bool = True, released: bool = False) -> Outcome:
    """An outcome; the texts must not be seen before it is released."""
    first, second = UserFactory.create_batch(2, auditor=True)
    grade_all(case)
    return Outcome.objects.create(
        case=case,
        eligible=eligible,
        computed=eligible,
        closing_text="Ein lebendiges Haus.",
        recommended_by=first,
        recommended_at=AT,
        released_by=second if released else None,
        released_at=AT if released else None,
    )


def grade_all(case: Case) -> None:
    for area in case.round.edition.areas.all():
        case.area_results.create(area=area, grade="very_good", text="Vorbildlich gestaltet.")


def _criterion(area: Area, code: str, position: int, parts: list[str]) -> Criterion:
    criterion = Criterion.objects.create(
        area=area, code=code, position=position, tier="basic", title=f"Kriterium {code}", help="So ist es gemeint."
    )
    for each in parts:
        Part.objects.create(criterion=criterion, code=each, text=f"Es gibt, was {each} verlangt.")
    return criterion
