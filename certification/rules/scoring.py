from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

HALF_YEARS = 2
ANSWERS = {"yes": "ja", "partly": "teilweise", "no": "nein", "": "keine Angabe"}
KINDS = {
    ("basic", "performance"): ("Basisleistung", "Basisleistungen"),
    ("basic", "structure"): ("Basisstruktur", "Basisstrukturen"),
    ("advanced", "performance"): ("Aufbauleistung", "Aufbauleistungen"),
    ("advanced", "structure"): ("Aufbaustruktur", "Aufbaustrukturen"),
}


class Per(StrEnum):
    WEEK = "week"
    MONTH = "month"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def label(self) -> str:
        return {"week": "je Woche", "month": "je Monat", "half_year": "je Halbjahr", "year": "im Jahr"}[self]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a criterion asks for, with how often where it must happen again and again.

    `partly` where "partly" is enough for it.
    """

    key: str
    text: str
    times: int | None = None
    per: Per | None = None
    partly: bool = False

    def __post_init__(self) -> None:
        if (self.times is None) != (self.per is None) or (self.times is not None and self.times < 1):
            raise ValueError(f"Part {self.key}: a frequency is a positive number of times per period.")

    @property
    def enough(self) -> frozenset[str]:
        """The answers that meet it."""
        return frozenset({"yes", "partly"} if self.partly else {"yes"})

    @property
    def counted(self) -> bool:
        """Whether occurrences are counted: once a week or month is confirmed, not counted."""
        return self.per in {Per.HALF_YEAR, Per.YEAR}


@dataclass(frozen=True, slots=True)
class All:
    items: tuple[Node, ...]

    def __post_init__(self) -> None:
        _refuse_empty(self.items)


@dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple[Node, ...]

    def __post_init__(self) -> None:
        _refuse_empty(self.items)


Node = Part | All | AnyOf


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said about a part: "yes", "partly", "no" or "", and how often in each half-year."""

    value: str = ""
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A judgement that says why, in German; `title` names what is judged, where it has a name."""

    met: bool
    sentence: str
    needed: str
    there: str
    missing: str
    children: tuple[Explained, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    code: str
    tier: str
    group: str
    area: int
    node: Node


@dataclass(frozen=True, slots=True)
class PassRule:
    """At least so many criteria of a tier ("basic", "advanced") and group ("performance", "structure")."""

    tier: str
    group: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Result:
    """`tree` explains the rules, `explained` every criterion by its code, counted by a rule or not."""

    eligible: bool
    met: Mapping[str, bool]
    tree: Explained
    explained: Mapping[str, Explained] = field(default_factory=dict)


def judge(node: Node, claims: Mapping[str, Claim], *, halves: int = HALF_YEARS) -> Explained:
    """Whether the claims meet the node. More claimed never turns met into not met.

    `halves` is the number of half-years in the audit period; a half-year without a count has none.

    Source: parts joined by UND and ODER, frequencies per week, month, half-year and year;
    domain.md § 0 no. 8 and § 4.3.

    Assumption: "partly" is not enough unless the edition says so of the part, and a count alone is not either:
    the claim must be "yes".
    """
    if isinstance(node, Part):
        return _judge_part(node, claims.get(node.key, Claim()), halves)
    children = tuple(judge(item, claims, halves=halves) for item in node.items)
    return _judge_all(children) if isinstance(node, All) else _judge_any(children)


def score(
    criteria: Sequence[Criterion],
    claims: Mapping[str, Claim],
    rules: Iterable[PassRule],
    *,
    halves: int = HALF_YEARS,
) -> Result:
    """Which criteria are met and whether every pass rule is. It helps the person who decides.

    Source: the rules are data of the edition; domain.md § 4.1 and § 4.4. An edition without
    rules makes no one eligible.
    """
    explained = {c.code: _named(judge(c.node, claims, halves=halves), c.code) for c in criteria}
    checks = tuple(_check(rule, criteria, explained) for rule in rules)
    eligible = bool(checks) and all(check.met for check in checks)
    return Result(eligible, {code: e.met for code, e in explained.items()}, _verdict(eligible, checks), explained)


def _refuse_empty(items: tuple[Node, ...]) -> None:
    if not items:
        raise ValueError("A group of parts needs at least one.")


def _judge_part(part: Part, claim: Claim, halves: int) -> Explained:
    needed = f"mindestens {part.times} {part.per.label}" if part.per else " oder ".join(_answers(part))
    if claim.value not in part.enough or not part.counted:
        there = ANSWERS[claim.value]
        return _explain(claim.value in part.enough, needed, there, needed, title=part.text)
    counts = [*claim.counts, *[0] * halves][: max(halves, len(claim.counts))]
    missing = _missing_count(part, counts, halves)
    return _explain(missing == "", needed, " und ".join(map(str, counts)), missing, title=part.text)


def _answers(part: Part) -> list[str]:
    return [said for value, said in ANSWERS.items() if value in part.enough]


def _missing_count(part: Part, counts: Sequence[int], halves: int) -> str:
    times = part.times or 0
    if part.per == Per.YEAR:
        return f"noch {times - sum(counts)} im Jahr" if sum(counts) < times else ""
    return " und ".join(f"{n}. Halbjahr" for n, count in enumerate(counts[:halves], 1) if count < times)


def _judge_all(children: tuple[Explained, ...]) -> Explained:
    return _judge_group(children, "jeder Teil", len(children), " und ")


def _judge_any(children: tuple[Explained, ...]) -> Explained:
    return _judge_group(children, "mindestens ein Teil", 1, " oder ")


def _judge_group(children: tuple[Explained, ...], needed: str, at_least: int, joined: str) -> Explained:
    met = sum(child.met for child in children)
    missing = joined.join(child.title or f"({child.missing})" for child in children if not child.met)
    return _explain(met >= at_least, needed, f"{met} von {len(children)}", missing, children)


def _check(rule: PassRule, criteria: Iterable[Criterion], explained: Mapping[str, Explained]) -> Explained:
    one, many = KINDS[rule.tier, rule.group]
    counted = [explained[c.code] for c in criteria if (c.tier, c.group) == (rule.tier, rule.group)]
    met = sum(e.met for e in counted)
    short = rule.at_least - met
    needed = f"mindestens {rule.at_least} {one if rule.at_least == 1 else many}"
    missing = f"noch {short} {one if short == 1 else many}"
    return _explain(met >= rule.at_least, needed, f"{met} von {len(counted)}", missing, tuple(counted), title=many)


def _verdict(eligible: bool, checks: tuple[Explained, ...]) -> Explained:
    met = sum(check.met for check in checks)
    missing = "; ".join(c.missing for c in checks if not c.met) or "Bestehensregeln"
    return _explain(eligible, "jede Bestehensregel", f"{met} von {len(checks)}", missing, checks, title="Gütesiegel")


def _explain(
    met: bool,
    needed: str,
    there: str,
    missing: str,
    children: tuple[Explained, ...] = (),
    *,
    title: str = "",
) -> Explained:
    missing = "" if met else missing
    tail = f"; es fehlt: {missing}" if missing else ""
    sentence = f"nötig: {needed}; vorhanden: {there}{tail}"
    return Explained(met, sentence, needed, there, missing, children, title)


def _named(explained: Explained, title: str) -> Explained:
    return replace(explained, title=title)
