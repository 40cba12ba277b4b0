from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import User
from centres.models import CentreKind
from certification.catalogue import load_catalogue
from certification.models import Answer, Case, Edition, Finding, Part, PassRule, Procedure
from certification.rules import scoring
from certification.scoring import criteria_of, halves_of, pass_rules_for, result_of
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, RoundFactory

AT = datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def edition(db: None) -> Edition:
    return load_catalogue()[0]


@pytest.fixture
def case(edition: Edition) -> Case:
    return CaseFactory.create(round=RoundFactory.create(edition=edition))


@pytest.fixture
def person(db: None) -> User:
    return UserFactory.create()


def basics(edition: Edition, group: str, count: int) -> list[str]:
    """The numbers of the first so many basic criteria."""
    found = [c.code for c in criteria_of(edition) if (c.tier, c.group) == ("basic", group)]
    return found[:count]


def claim(case: Case, codes: list[str], by: User, **fields: Any) -> None:
    values = {"value": "yes", "first_half": 1, "second_half": 1, **fields}
    parts = Part.objects.filter(criterion__area__edition=case.round.edition, criterion__code__in=codes)
    Answer.objects.bulk_create(Answer(case=case, part=p, saved_at=AT, saved_by=by, **values) for p in parts)


def find(case: Case, codes: list[str], by: User, verdict: str) -> None:
    parts = Part.objects.filter(criterion__area__edition=case.round.edition, criterion__code__in=codes)
    Finding.objects.bulk_create(Finding(case=case, part=p, verdict=verdict, saved_at=AT, saved_by=by) for p in parts)


def test_criteria_come_in_the_order_of_the_edition(edition: Edition) -> None:
    codes = [criterion.code for criterion in criteria_of(edition)]

    assert len(codes) == 80
    assert codes[:3] == ["1.1", "1.2", "1.3"]
    assert codes[8:11] == ["1.9", "1.10", "1.11"]


def test_criteria_take_one_query(edition: Edition, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        criteria_of(edition)


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("4B1", "All(Part Part)"),
        ("4F1", "AnyOf(Part Part)"),
        ("1.3", "Part"),
        ("6.7", "All(Part AnyOf(Part Part))"),
    ],
)
def test_criterion_joins_its_parts(edition: Edition, code: str, shape: str) -> None:
    node = next(c.node for c in criteria_of(edition) if c.code == code)

    assert shaped(node) == shape


def shaped(node: scoring.Node) -> str:
    name = type(node).__name__
    return name if isinstance(node, scoring.Part) else f"{name}({' '.join(map(shaped, node.items))})"


def test_case_with_every_basic_answered_yes_is_eligible(case: Case, edition: Edition, person: User) -> None:
    claim(case, basics(edition, "performance", 24) + basics(edition, "structure", 16), person)

    assert result_of(case, by="answers").eligible


@pytest.mark.parametrize(
    ("performances", "structures", "eligible"), [(16, 12, True), (15, 12, False), (16, 11, False)]
)
def test_case_is_eligible_from_the_least_on(
    case: Case, edition: Edition, person: User, performances: int, structures: int, eligible: bool
) -> None:
    codes = basics(edition, "performance", performances) + basics(edition, "structure", structures)
    claim(case, codes, person)

    assert result_of(case).eligible == eligible
    assert sum(result_of(case).met.values()) == performances + structures


def test_count_missing_in_one_half_year_does_not_meet(case: Case, person: User) -> None:
    claim(case, ["4B2"], person, second_half=None)

    assert result_of(case).explained["4B2"].missing == "2. Halbjahr"


def test_period_within_one_half_year_asks_for_that_one_only(case: Case, person: User) -> None:
    case.round.audit_from, case.round.audit_until = date(2025, 2, 1), date(2025, 7, 31)
    claim(case, ["4B2"], person, second_half=None)

    assert result_of(case).met["4B2"]


def test_dates_count_as_numbers_do(case: Case, person: User) -> None:
    halves = halves_of(case.round)
    claim(case, ["4B2"], person, second_half=None, offers=[halves[1].first])

    assert result_of(case).met["4B2"]


@pytest.mark.parametrize("partly_counts", [True, False])
def test_partly_counts_where_the_edition_says_so_of_the_part(case: Case, person: User, partly_counts: bool) -> None:
    Part.objects.filter(criterion__code="1.3").update(partly_counts=partly_counts)
    claim(case, ["1.3"], person, value="partly")

    assert result_of(case).met["1.3"] == partly_counts


@pytest.mark.parametrize(("verdict", "met"), [("met", True), ("not_met", False)])
def test_finding_decides_about_a_counted_part(case: Case, person: User, verdict: str, met: bool) -> None:
    find(case, ["4B2"], person, verdict)

    assert result_of(case, by="findings").met["4B2"] == met


def test_findings_do_not_look_at_answers(case: Case, person: User) -> None:
    claim(case, ["1.3"], person)
    find(case, ["1.3"], person, "not_met")

    assert result_of(case, by="answers").met["1.3"]
    assert not result_of(case, by="findings").met["1.3"]


@pytest.mark.parametrize("by", ["answers", "findings"])
def test_result_takes_three_queries_however_much_is_said(
    case: Case, person: User, by: Any, django_assert_num_queries: Any
) -> None:
    for codes in (["1.1"], ["1.2", "1.3", "4B1"]):
        claim(case, codes, person)
        find(case, codes, person, "met")

        with django_assert_num_queries(3):
            result_of(case, by=by)


def test_result_of_an_edition_without_rules_is_not_eligible(case: Case, edition: Edition, person: User) -> None:
    PassRule.objects.filter(edition=edition).delete()
    claim(case, basics(edition, "performance", 24), person)

    assert not result_of(case).eligible


def test_pass_rules_of_the_sample_hold_for_every_procedure_and_form(edition: Edition) -> None:
    known = [scoring.PassRule("basic", "performance", 16), scoring.PassRule("basic", "structure", 12)]

    for procedure in Procedure:
        for kind in CentreKind:
            assert pass_rules_for(edition, procedure, kind) == known


@pytest.mark.parametrize(
    ("procedure", "kind", "at_least"),
    [
        (Procedure.INITIAL, CentreKind.SINGLE, 14),
        (Procedure.RENEWAL, CentreKind.NETWORK, 18),
        (Procedure.INITIAL, CentreKind.NETWORK, 18),
        (Procedure.RENEWAL, CentreKind.SINGLE, 16),
    ],
)
def test_more_specific_pass_rule_takes_the_place_of_the_general_one(
    edition: Edition, procedure: str, kind: str, at_least: int
) -> None:
    both = {"edition": edition, "tier": "basic", "group": "performance"}
    PassRule.objects.create(**both, procedure=Procedure.INITIAL, at_least=14)
    PassRule.objects.create(**both, kind=CentreKind.NETWORK, at_least=18)

    rules = pass_rules_for(edition, procedure, kind)

    assert [rule.at_least for rule in rules if rule.group == "performance"] == [at_least]
