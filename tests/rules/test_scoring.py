from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.rules.scoring import (
    All,
    AnyOf,
    Claim,
    Criterion,
    Node,
    Part,
    PassRule,
    Per,
    judge,
    score,
)

VALUES = ["", "no", "partly", "yes"]
WEEKEND = Part("4B2", "Angebot am Wochenende", 1, Per.HALF_YEAR)
BUDGET = Part("4F2", "Angebot zum Haushalten", 2, Per.YEAR)
VISITS = Part("4F1", "Familien werden zu Hause besucht")
ESCORT = Part("4F1.1", "Eltern werden zur Beratung begleitet")
GROUP = Part("1.3", "Eltern-Kind-Gruppe", 1, Per.WEEK)
LENIENT = Part("4F3", "Väter werden angesprochen", partly=True)
LENIENT_VISITS = Part("4F4", "Besuche", 1, Per.HALF_YEAR, partly=True)
HOUR = Part("1.5", "Offene Sprechstunde", 1, Per.MONTH)

KEYS = ["a", "b", "c", "d"]
PARTS: st.SearchStrategy[Part] = st.one_of(
    st.builds(Part, st.sampled_from(KEYS), st.just("Teil"), partly=st.booleans()),
    st.builds(Part, st.sampled_from(KEYS), st.just("Teil"), st.integers(1, 4), st.sampled_from(Per)),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    PARTS,
    lambda nodes: (
        st.lists(nodes, min_size=1, max_size=3)
        .map(tuple)
        .flatmap(lambda items: st.sampled_from([All(items), AnyOf(items)]))
    ),
    max_leaves=8,
)
CLAIM = st.builds(Claim, st.sampled_from(VALUES), st.lists(st.integers(0, 5), max_size=3).map(tuple))
CLAIMS = st.dictionaries(st.sampled_from(KEYS), CLAIM)
KINDS = [(tier, group) for tier in ("basic", "advanced") for group in ("performance", "structure")]


@st.composite
def more(draw: st.DrawFn, claims: Mapping[str, Claim]) -> dict[str, Claim]:
    """The same claims, each answered at least as well and counted at least as often, or new."""
    grown = dict(claims)
    for key in draw(st.sets(st.sampled_from(KEYS))):
        claim = grown.get(key, Claim())
        value = draw(st.sampled_from(VALUES[VALUES.index(claim.value) :]))
        counts = tuple(count + draw(st.integers(0, 3)) for count in claim.counts)
        longer = draw(st.lists(st.integers(0, 3), max_size=2))
        grown[key] = Claim(value, (*counts, *longer))
    return grown


@pytest.mark.parametrize(
    ("part", "claim", "met", "sentence"),
    [
        (VISITS, Claim("yes"), True, "nötig: ja; vorhanden: ja"),
        (VISITS, Claim("partly"), False, "nötig: ja; vorhanden: teilweise; es fehlt: ja"),
        (VISITS, Claim("no"), False, "nötig: ja; vorhanden: nein; es fehlt: ja"),
        (LENIENT, Claim("partly"), True, "nötig: ja oder teilweise; vorhanden: teilweise"),
        (LENIENT, Claim("no"), False, "nötig: ja oder teilweise; vorhanden: nein; es fehlt: ja oder teilweise"),
        (LENIENT_VISITS, Claim("partly", (1, 1)), True, "nötig: mindestens 1 je Halbjahr; vorhanden: 1 und 1"),
        (
            LENIENT_VISITS,
            Claim("partly", (1, 0)),
            False,
            "nötig: mindestens 1 je Halbjahr; vorhanden: 1 und 0; es fehlt: 2. Halbjahr",
        ),
        (VISITS, None, False, "nötig: ja; vorhanden: keine Angabe; es fehlt: ja"),
        (GROUP, Claim("yes"), True, "nötig: mindestens 1 je Woche; vorhanden: ja"),
        (HOUR, Claim("yes", (0, 0)), True, "nötig: mindestens 1 je Monat; vorhanden: ja"),
        (WEEKEND, Claim("yes", (1, 1)), True, "nötig: mindestens 1 je Halbjahr; vorhanden: 1 und 1"),
        (
            WEEKEND,
            Claim("yes", (1, 0)),
            False,
            "nötig: mindestens 1 je Halbjahr; vorhanden: 1 und 0; es fehlt: 2. Halbjahr",
        ),
        (
            WEEKEND,
            Claim("yes"),
            False,
            "nötig: mindestens 1 je Halbjahr; vorhanden: 0 und 0; es fehlt: 1. Halbjahr und 2. Halbjahr",
        ),
        (WEEKEND, Claim("yes", (1, 1, 0)), True, "nötig: mindestens 1 je Halbjahr; vorhanden: 1 und 1 und 0"),
        (
            WEEKEND,
            Claim("partly", (1, 1)),
            False,
            "nötig: mindestens 1 je Halbjahr; vorhanden: teilweise; es fehlt: mindestens 1 je Halbjahr",
        ),
        (BUDGET, Claim("yes", (2, 0)), True, "nötig: mindestens 2 im Jahr; vorhanden: 2 und 0"),
        (
            BUDGET,
            Claim("yes", (0, 1)),
            False,
            "nötig: mindestens 2 im Jahr; vorhanden: 0 und 1; es fehlt: noch 1 im Jahr",
        ),
    ],
)
def test_part_says_what_is_needed_there_and_missing(
    part: Part, claim: Claim | None, met: bool, sentence: str
) -> None:
    explained = judge(part, {} if claim is None else {part.key: claim})

    assert (explained.met, explained.sentence, explained.title) == (met, sentence, part.text)


def test_part_asks_for_as_many_half_years_as_the_period_has() -> None:
    claims = {"4B2": Claim("yes", (1, 1))}

    assert [judge(WEEKEND, claims, halves=n).missing for n in (1, 2, 3)] == ["", "", "3. Halbjahr"]


@pytest.mark.parametrize(
    ("group", "claims", "met", "sentence"),
    [
        (All((VISITS, ESCORT)), {"4F1", "4F1.1"}, True, "nötig: jeder Teil; vorhanden: 2 von 2"),
        (
            All((VISITS, ESCORT)),
            {"4F1"},
            False,
            "nötig: jeder Teil; vorhanden: 1 von 2; es fehlt: Eltern werden zur Beratung begleitet",
        ),
        (AnyOf((VISITS, ESCORT)), {"4F1.1"}, True, "nötig: mindestens ein Teil; vorhanden: 1 von 2"),
        (
            All((AnyOf((VISITS, ESCORT)), GROUP)),
            set(),
            False,
            (
                "nötig: jeder Teil; vorhanden: 0 von 2; es fehlt: (Familien werden zu Hause besucht oder "
                "Eltern werden zur Beratung begleitet) und Eltern-Kind-Gruppe"
            ),
        ),
    ],
)
def test_group_joins_its_parts(group: All | AnyOf, claims: set[str], met: bool, sentence: str) -> None:
    explained = judge(group, {key: Claim("yes") for key in claims})

    assert (explained.met, explained.sentence) == (met, sentence)
    assert len(explained.children) == len(group.items)


@pytest.mark.parametrize("kind", [All, AnyOf])
def test_group_without_parts_is_refused(kind: type[All | AnyOf]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        kind(())


@pytest.mark.parametrize("frequency", [(1, None), (None, Per.YEAR), (0, Per.YEAR)])
def test_frequency_that_says_half_is_refused(frequency: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match="Part x"):
        Part("x", "Teil", *frequency)


@given(NODES, CLAIMS, st.data())
def test_more_never_turns_met_into_not_met(node: Node, claims: dict[str, Claim], data: st.DataObject) -> None:
    grown = data.draw(more(claims))

    assert judge(node, claims).met <= judge(node, grown).met


@given(NODES, CLAIMS)
def test_missing_is_named_exactly_where_something_is(node: Node, claims: dict[str, Claim]) -> None:
    explained = judge(node, claims)

    assert (explained.missing == "") == explained.met
    assert explained.sentence.startswith(f"nötig: {explained.needed}; vorhanden: {explained.there}")


@given(NODES)
def test_everything_claimed_often_enough_is_met(node: Node) -> None:
    assert judge(node, {key: Claim("yes", (4, 4)) for key in KEYS}).met


@given(st.lists(NODES, min_size=1, max_size=3).map(tuple), CLAIMS)
def test_all_and_any_agree_with_their_words(items: tuple[Node, ...], claims: dict[str, Claim]) -> None:
    each = [judge(item, claims).met for item in items]

    assert judge(All(items), claims).met == all(each)
    assert judge(AnyOf(items), claims).met == any(each)


def catalogue() -> list[Criterion]:
    """Two basic performances, one basic structure and one advanced performance."""
    kinds = [("basic", "performance")] * 2 + [("basic", "structure"), ("advanced", "performance")]
    return [
        Criterion(key, tier, group, area, Part(key, "Teil"))
        for key, area, (tier, group) in zip(KEYS, (1, 2, 5, 1), kinds, strict=True)
    ]


RULES = [PassRule("basic", "performance", 2), PassRule("basic", "structure", 1)]


def test_score_counts_by_tier_and_group_and_says_what_is_missing() -> None:
    result = score(catalogue(), {"a": Claim("yes"), "d": Claim("yes")}, RULES)

    assert result.eligible is False
    assert result.met == {"a": True, "b": False, "c": False, "d": True}
    assert result.tree.sentence == (
        "nötig: jede Bestehensregel; vorhanden: 0 von 2; es fehlt: noch 1 Basisleistung; noch 1 Basisstruktur"
    )
    assert [child.sentence for child in result.tree.children] == [
        "nötig: mindestens 2 Basisleistungen; vorhanden: 1 von 2; es fehlt: noch 1 Basisleistung",
        "nötig: mindestens 1 Basisstruktur; vorhanden: 0 von 1; es fehlt: noch 1 Basisstruktur",
    ]


def test_score_passes_with_every_rule_met() -> None:
    result = score(catalogue(), {key: Claim("yes") for key in "abc"}, RULES)

    assert (result.eligible, result.tree.met, result.tree.missing) == (True, True, "")
    assert [[leaf.title for leaf in rule.children] for rule in result.tree.children] == [["a", "b"], ["c"]]


def test_score_explains_criteria_no_rule_counts() -> None:
    result = score(catalogue(), {}, RULES)

    assert result.explained["d"].sentence == "nötig: ja; vorhanden: keine Angabe; es fehlt: ja"


def test_score_names_several_missing_in_the_plural() -> None:
    result = score(catalogue(), {}, [PassRule("advanced", "structure", 3)])

    assert result.tree.missing == "noch 3 Aufbaustrukturen"


def test_score_without_rules_makes_no_one_eligible() -> None:
    result = score(catalogue(), {key: Claim("yes") for key in KEYS}, [])

    assert (result.eligible, result.tree.missing) == (False, "Bestehensregeln")


def test_score_asks_for_as_many_half_years_as_the_period_has() -> None:
    criteria = [replace(catalogue()[2], code="4B2", node=WEEKEND)]
    claims = {"4B2": Claim("yes", (1,))}

    eligible = [score(criteria, claims, RULES[1:], halves=n).eligible for n in (1, 2)]

    assert eligible == [True, False]


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), NODES), max_size=6),
    st.lists(st.builds(PassRule, st.just("basic"), st.sampled_from(["performance", "structure"]), st.integers(0, 3))),
    CLAIMS,
    st.data(),
)
def test_more_never_turns_pass_into_fail(
    kinds: list[tuple[tuple[str, str], Node]],
    rules: list[PassRule],
    claims: dict[str, Claim],
    data: st.DataObject,
) -> None:
    criteria = [Criterion(str(n), tier, group, 1, node) for n, ((tier, group), node) in enumerate(kinds)]
    less, grown = score(criteria, claims, rules), score(criteria, data.draw(more(claims)), rules)

    assert less.eligible <= grown.eligible
    assert all(less.met[code] <= grown.met[code] for code in less.met)


@pytest.mark.parametrize(("passed", "eligible"), [((16, 12), True), ((15, 12), False), ((16, 11), False)])
def test_score_of_the_2020_edition_needs_16_and_12(passed: tuple[int, int], eligible: bool) -> None:
    groups = ["performance"] * 16 + ["structure"] * 12
    criteria = [Criterion(f"k{n}", "basic", group, 1, Part(f"k{n}", "Teil")) for n, group in enumerate(groups)]
    met = [*range(passed[0]), *range(16, 16 + passed[1])]

    result = score(
        criteria,
        {f"k{n}": Claim("yes") for n in met},
        [PassRule("basic", "performance", 16), PassRule("basic", "structure", 12)],
    )

    assert (result.eligible, sum(result.met.values())) == (eligible, sum(passed))
