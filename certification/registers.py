"""Seals as registers give them: what the centres' import hands on is judged and stored here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import User
from centres.imports.problems import Count, Problem
from centres.imports.seals import SealFact
from certification.models import LedgerKind, Seal, SealEntry
from certification.rules.periods import long_date
from certification.rules.validity import RULE_VERSION, AlreadyCoveredError, Validity, check_given_end, validity

FIRST_AWARD = date(2006, 1, 1)  # the pilot began in 2006; before it there was no seal
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Award:
    fact: SealFact
    validity: Validity
    valid_through: date
    reason: str

    @property
    def deviates(self) -> bool:
        return self.valid_through != self.validity.valid_through

    @property
    def kind(self) -> LedgerKind:
        """A longer life by a paragraph of the law is an extension, anything else a correction."""
        longer = self.valid_through > self.validity.valid_through
        return LedgerKind.EXTENDED if longer and "§" in self.reason else LedgerKind.CORRECTED


@dataclass(slots=True)
class SealRegister:
    """A `SealKeeper`. `reason` explains ends that contradict the rule where the file gives no reason itself."""

    today: date
    at: datetime
    by: User | None = None
    reason: str = ""
    _awards: dict[str, _Award] = field(default_factory=dict)

    def objections(self, facts: Sequence[SealFact]) -> Iterator[Problem]:
        stored = _stored(facts)
        for fact in facts:
            known = stored[fact.certification_number]
            problem = self._implausible(fact) or self._differs(fact, known) or self._judge(fact, known)
            if problem:
                yield problem

    def write(self, facts: Sequence[SealFact], centres: Mapping[str, int]) -> Count:
        awards = [self._awards[f.certification_number] for f in facts if f.certification_number in self._awards]
        seals = [_seal(award, centres[award.fact.certification_number]) for award in awards]
        Seal.objects.bulk_create(seals, batch_size=AT_ONCE)
        entries = [entry for award, seal in zip(awards, seals, strict=True) for entry in self._entries(award, seal)]
        SealEntry.objects.bulk_create(entries, batch_size=AT_ONCE)
        return Count(new=len(seals), unchanged=len(facts) - len(seals))

    def _implausible(self, fact: SealFact) -> Problem | None:
        if fact.awarded_on is None:
            return _problem(fact, fact.awarded_title, None, "Bitte tragen Sie den Tag der Verleihung ein.")
        if not FIRST_AWARD <= fact.awarded_on <= self.today:
            advice = f"Ein Gütesiegel kann nur zwischen 2006 und heute verliehen sein ({self.today:%d.%m.%Y})."
            return _problem(fact, fact.awarded_title, fact.awarded_on, f"{advice} Bitte prüfen Sie das Datum.")
        return None

    def _differs(self, fact: SealFact, known: Sequence[Seal]) -> Problem | None:
        """A stored seal changes only entry by entry, never by a file."""
        same = next((seal for seal in known if seal.awarded_on == fact.awarded_on), None)
        if same is None or fact.valid_through in (None, same.valid_through):
            return None
        advice = (
            f"Gespeichert ist dieses Gütesiegel mit dem Ende {same.valid_through:%d.%m.%Y}. Bitte berichtigen Sie "
            "die Datei oder tragen Sie die Änderung am Gütesiegel ein."
        )
        return _problem(fact, fact.through_title, fact.valid_through, advice)

    def _judge(self, fact: SealFact, known: Sequence[Seal]) -> Problem | None:
        """Notes the award to be written, or says what is wrong with it."""
        if fact.awarded_on is None or any(seal.awarded_on == fact.awarded_on for seal in known):
            return None
        earlier = [seal.valid_through for seal in known if seal.awarded_on < fact.awarded_on and not seal.void_from]
        try:
            computed = validity(fact.awarded_on, previous_through=max(earlier, default=None))
        except AlreadyCoveredError as error:
            return _problem(fact, fact.awarded_title, fact.awarded_on, f"{error} Bitte prüfen Sie das Datum.")
        award = _Award(fact, computed, fact.valid_through or computed.valid_through, fact.reason or self.reason)
        problem = _contradiction(award) or _overlap(award, known)
        if problem is None:
            self._awards[fact.certification_number] = award
        return problem

    def _entries(self, award: _Award, seal: Seal) -> list[SealEntry]:
        awarded = SealEntry(
            seal=seal,
            kind=LedgerKind.AWARDED,
            effective_on=seal.awarded_on,
            valid_through=award.validity.valid_through,
            reason="Aus dem Register übernommen.",
            by=self.by,
            at=self.at,
        )
        return [awarded, self._deviation(award, seal)] if award.deviates else [awarded]

    def _deviation(self, award: _Award, seal: Seal) -> SealEntry:
        return SealEntry(
            seal=seal,
            kind=award.kind,
            effective_on=seal.awarded_on,
            valid_through=award.valid_through,
            legal_basis=award.reason[:250] if award.kind == LedgerKind.EXTENDED else "",
            reason=award.reason,
            by=self.by,
            at=self.at,
        )


def _stored(facts: Sequence[SealFact]) -> dict[str, list[Seal]]:
    numbers = [fact.certification_number for fact in facts]
    seals = Seal.objects.filter(centre__certification_number__in=numbers).select_related("centre")
    stored: dict[str, list[Seal]] = defaultdict(list)
    for seal in seals.order_by("valid_from"):
        stored[seal.centre.certification_number].append(seal)
    return stored


def _contradiction(award: _Award) -> Problem | None:
    fact = award.fact
    if fact.awarded_on is None or fact.valid_through is None:
        return None
    if fact.valid_through < award.validity.valid_from:
        advice = "Das Gütesiegel wäre zu Ende, bevor es beginnt. Bitte prüfen Sie beide Daten."
        return _problem(fact, fact.through_title, fact.valid_through, advice)
    contradiction = check_given_end(fact.awarded_on, fact.valid_through)
    if contradiction is None or award.reason:
        return None
    how = "Die Begründung gehört in die Spalte „Begründung“ oder, für alle Zeilen gemeinsam, zum Import."
    return _problem(fact, fact.through_title, fact.valid_through, f"{contradiction} {how}")


def _overlap(award: _Award, known: Sequence[Seal]) -> Problem | None:
    first, last = award.validity.valid_from, award.valid_through
    for seal in known:
        end = min(seal.valid_through, seal.void_from - timedelta(days=1)) if seal.void_from else seal.valid_through
        if seal.valid_from <= last and first <= end:
            advice = (
                f"Für diesen Zeitraum ist schon ein Gütesiegel gespeichert ({seal.valid_from:%d.%m.%Y} bis "
                f"{end:%d.%m.%Y}). Bitte prüfen Sie das Datum."
            )
            return _problem(award.fact, award.fact.awarded_title, award.fact.awarded_on, advice)
    return None


def _seal(award: _Award, centre_id: int) -> Seal:
    deviation = f"Abweichend davon gilt es bis zum {long_date(award.valid_through)}: {award.reason}"
    return Seal(
        centre_id=centre_id,
        awarded_on=award.validity.awarded_on,
        valid_from=award.validity.valid_from,
        valid_through=award.valid_through,
        rule_version=RULE_VERSION,
        explanation=[*award.validity.sentences, *([deviation] if award.deviates else [])],
    )


def _problem(fact: SealFact, title: str, value: date | None, advice: str) -> Problem:
    return Problem(fact.row, title, f"{value:%d.%m.%Y}" if value else "", advice)
