"""Acts on seals and their ledger."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from certification import sealing
from certification.models import LedgerKind, Seal, SealEntry
from certification.rules.moves import State
from certification.rules.status import SealStatus
from tests.certification.moves import AT
from tests.factories.accounts import UserFactory
from tests.factories.certification import CaseFactory, SealFactory

pytestmark = pytest.mark.django_db


def award(case_of: Seal | None = None, on: date = date(2026, 5, 5)) -> Seal:
    centre = {"centre": case_of.centre} if case_of else {}
    case = CaseFactory.create(state=State.RECOMMENDED, **centre)
    return sealing.award(case.centre, case=case, on=on, by=UserFactory.create(ministry=True), at=AT)


def test_an_award_writes_seal_ledger_and_order_of_the_certificate() -> None:
    seal = award()

    entry = seal.entries.get()
    assert (seal.valid_from, seal.valid_through) == (date(2026, 5, 5), date(2030, 7, 31))
    assert (entry.kind, entry.effective_on, entry.valid_through) == (
        LedgerKind.AWARDED,
        seal.awarded_on,
        seal.valid_through,
    )
    assert seal.certificates.get().issued_at is None


def test_a_seal_awarded_while_another_runs_begins_the_day_after() -> None:
    earlier = SealFactory.create(awarded_on=date(2022, 5, 5))

    seal = award(earlier)

    assert (seal.valid_from, seal.valid_through) == (date(2026, 8, 1), date(2030, 7, 31))


def test_a_seal_awarded_after_a_withdrawal_to_come_begins_with_it() -> None:
    earlier = SealFactory.create(awarded_on=date(2022, 5, 5), void_from=date(2026, 6, 1), void_kind="withdrawn")

    seal = award(earlier)

    assert (seal.valid_from, seal.valid_through) == (date(2026, 6, 1), date(2030, 7, 31))


def test_the_database_refuses_two_seals_on_one_day() -> None:
    seal = SealFactory.create()

    with pytest.raises(IntegrityError, match="seals_never_overlap"):
        SealFactory.create(centre=seal.centre, awarded_on=date(2030, 7, 31))


def test_an_extension_moves_the_last_day_and_names_the_law() -> None:
    seal = award()

    sealing.extend(
        seal, through=date(2031, 12, 31), legal_basis="§ 11 (1a) DVO KiBiz", reason="Pandemie", by=None, at=AT
    )  # type: ignore[arg-type]

    seal.refresh_from_db()
    assert seal.valid_through == date(2031, 12, 31)
    assert seal.entries.last().legal_basis == "§ 11 (1a) DVO KiBiz"


@pytest.mark.parametrize(
    ("through", "law", "reason", "sentence"),
    [
        (date(2030, 7, 31), "§ 11", "Pandemie", "gilt schon bis"),
        (date(2031, 7, 31), " ", "Pandemie", "Rechtsgrundlage"),
        (date(2031, 7, 31), "§ 11", "", "Begründung"),
    ],
)
def test_an_extension_needs_a_later_day_law_and_reason(through: date, law: str, reason: str, sentence: str) -> None:
    with pytest.raises(sealing.NotPossibleError, match=sentence):
        sealing.extend(award(), through=through, legal_basis=law, reason=reason, by=UserFactory.create(), at=AT)


@pytest.mark.parametrize(
    ("act", "status"),
    [(sealing.withdraw, SealStatus.WITHDRAWN), (sealing.supersede, SealStatus.SUPERSEDED)],
)
def test_a_seal_that_ends_early_counts_until_the_day_before(act: object, status: SealStatus) -> None:
    seal = award()

    act(seal, on=date(2027, 3, 1), reason="Umwandlung", by=UserFactory.create(ministry=True), at=AT)  # type: ignore[operator]

    seal.refresh_from_db()
    assert (seal.status(date(2027, 2, 28)), seal.status(date(2027, 3, 1))) == (SealStatus.VALID, status)


@pytest.mark.parametrize(
    ("on", "reason", "sentence"),
    [
        (date(2027, 3, 1), " ", "Begründung"),
        (date(2026, 5, 4), "x", "Bitte wählen Sie einen Tag zwischen 5. Mai 2026"),
    ],
)
def test_a_withdrawal_needs_a_reason_and_a_day_within(on: date, reason: str, sentence: str) -> None:
    with pytest.raises(sealing.NotPossibleError, match=sentence):
        sealing.withdraw(award(), on=on, reason=reason, by=UserFactory.create(), at=AT)


def test_a_seal_ends_early_only_once() -> None:
    seal = award()
    by = UserFactory.create(ministry=True)
    sealing.withdraw(seal, on=date(2027, 3, 1), reason="x", by=by, at=AT)

    with pytest.raises(sealing.NotPossibleError, match="schon entzogen oder"):
        sealing.supersede(seal, on=date(2027, 3, 1), reason="x", by=by, at=AT)


def test_the_ledger_is_appended_never_changed() -> None:
    entry = award().entries.get()

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        SealEntry.objects.filter(pk=entry.pk).update(reason="anders")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        SealEntry.objects.filter(pk=entry.pk).delete()
