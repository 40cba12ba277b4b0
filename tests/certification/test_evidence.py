"""What a centre does with its evidence, and what stays as it was handed in."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from centres.files import Kept
from centres.rules.file_types import PDF
from certification.evidence import acts, reading
from certification.evidence.acts import Details
from certification.models import Case, Criterion, Evidence, EvidenceUse
from certification.rules.evidence import EvidenceKind
from certification.rules.moves import State
from certification.workflow import NotAllowedError
from tests.certification.portal_cases import AT, TODAY, case_of, lead, small_edition
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.certification import CaseFactory, RoundFactory
from tests.factories.evidence import EvidenceFactory, EvidenceUseFactory, pdf

pytestmark = pytest.mark.django_db
TRAINING = Details("Erstberatung", EvidenceKind.TRAINING, date(2025, 3, 10), hours=30)


@pytest.fixture
def case() -> Case:
    return case_of()


def criterion(case: Case, code: str = "1.1") -> Criterion:
    found: Criterion = Criterion.objects.get(area__edition=case.round.edition, code=code)
    return found


def keep(case: Case, *, name: str = "Schein.pdf", by: User | None = None, **more: Any) -> Evidence:
    details = more.pop("details", TRAINING)
    kept = Kept(name, PDF, more.pop("content", pdf()), 1)
    return acts.keep(case.centre, kept, details, by=by or lead(case), at=AT, case=more.get("used_in"))


def used(case: Case, code: str = "1.1", **fields: Any) -> EvidenceUse:
    """A piece of the case's centre that is used in it."""
    piece = fields.pop("evidence", None) or EvidenceFactory.create(
        centre=case.centre, criteria=[criterion(case, code)]
    )
    use: EvidenceUse = EvidenceUseFactory.create(case=case, evidence=piece, criterion=criterion(case, code), **fields)
    return use


def earlier_case(case: Case) -> Case:
    """The centre's case four years ago, handed in."""
    earlier: Case = CaseFactory.create(
        centre=case.centre,
        round=RoundFactory.create(seal_end=date(2022, 7, 31), edition=case.round.edition),
        state=State.AWARDED,
        submitted_at=AT.replace(year=2022),
    )
    return earlier


def hand_in(case: Case, state: State = State.SUBMITTED) -> Case:
    Case.objects.filter(pk=case.pk).update(state=state, submitted_at=AT)
    case.refresh_from_db()
    return case


def test_a_file_is_stored_under_a_name_that_says_nothing(case: Case) -> None:
    piece = keep(case, name="Schein Frau Yılmaz.pdf")

    stored = Evidence.objects.get()
    assert (stored.title, stored.name, stored.size) == ("Erstberatung", "Schein Frau Yılmaz.pdf", len(pdf()))
    assert "Schein" not in str(piece.file.name)
    with stored.file.open() as file:
        assert file.read() == pdf()


def test_without_a_title_a_piece_is_called_like_its_file(case: Case) -> None:
    assert keep(case, name="Fortbildung_Mai.pdf", details=Details()).title == "Fortbildung Mai"


def test_a_file_the_centre_has_already_is_not_stored_twice(case: Case) -> None:
    first = keep(case, details=Details(criteria=frozenset({criterion(case).pk})))
    second = keep(case, details=Details(criteria=frozenset({criterion(case, "1.2").pk})))

    assert first == second
    assert sorted(first.criteria.values_list("code", flat=True)) == ["1.1", "1.2"]


def test_the_same_file_of_another_centre_is_its_own(case: Case) -> None:
    assert keep(case) != keep(case_of(edition=case.round.edition))


def test_several_files_are_told_apart_by_a_number(case: Case) -> None:
    files = [Kept("a.pdf", PDF, pdf(1)), Kept("b.pdf", PDF, pdf(2))]

    pieces = acts.keep_all(case.centre, files, TRAINING, by=lead(case), at=AT)

    assert [piece.title for piece in pieces] == ["Erstberatung (1 von 2)", "Erstberatung (2 von 2)"]


def test_what_belongs_to_another_kind_is_left_out(case: Case) -> None:
    details = Details("Programm", EvidenceKind.OFFER, date(2025, 3, 10), renews=True, hours=8)

    piece = keep(case, details=details)

    assert (piece.renews, piece.hours) == (False, None)


def test_an_upload_in_a_case_is_used_for_its_criteria(case: Case) -> None:
    chosen = frozenset({criterion(case).pk, criterion(case, "5.1").pk})

    piece = keep(case, details=Details(criteria=chosen), used_in=case)

    assert set(case.evidence_uses.values_list("evidence", "criterion", "again", "added_by")) == {
        (piece.pk, pk, False, lead(case).pk) for pk in chosen
    }


@pytest.mark.parametrize("role", ["lead", "auditor", "ministry", "service_office"])
def test_nobody_else_keeps_or_changes_evidence(case: Case, role: str) -> None:
    stranger = UserFactory.create(**{role: True})
    use = used(case)

    for act in (
        lambda: keep(case, by=stranger),
        lambda: acts.describe(use.evidence, TRAINING, by=stranger, at=AT),
        lambda: acts.remove(use.evidence, by=stranger, at=AT),
        lambda: acts.attach(case, [use.evidence], criteria=[use.criterion_id], by=stranger, at=AT),
        lambda: acts.detach(case, use.evidence, criterion=use.criterion, by=stranger, at=AT),
        lambda: acts.hand_in_again(case, [(use.evidence_id, use.criterion_id)], by=stranger, at=AT),
    ):
        with pytest.raises(NotAllowedError):
            act()
    assert list(Evidence.objects.values_list("title", flat=True)) == [use.evidence.title]


def test_a_piece_of_another_centre_is_never_used(case: Case) -> None:
    foreign = EvidenceFactory.create()

    assert acts.attach(case, [foreign], criteria=[criterion(case).pk], by=lead(case), at=AT) == 0


def test_a_criterion_of_another_edition_is_not_used(case: Case) -> None:
    other = Criterion.objects.filter(area__edition=small_edition()).earliest("pk")
    piece = EvidenceFactory.create(centre=case.centre)

    assert acts.attach(case, [piece], criteria=[other.pk], by=lead(case), at=AT) == 0


def test_using_a_piece_twice_changes_nothing(case: Case) -> None:
    use = used(case)

    assert acts.attach(case, [use.evidence], criteria=[use.criterion_id], by=lead(case), at=AT) == 0
    assert case.evidence_uses.count() == 1


def test_a_piece_can_be_taken_from_a_criterion_and_stays_in_the_collection(case: Case) -> None:
    use = used(case)

    acts.detach(case, use.evidence, criterion=use.criterion, by=lead(case), at=AT)

    assert not case.evidence_uses.exists()
    assert Evidence.objects.at_hand().get() == use.evidence


def test_details_can_change_until_the_hand_in_and_the_case_follows(case: Case) -> None:
    use = used(case, "1.1")

    acts.describe(use.evidence, Details("Neu", criteria=frozenset({criterion(case, "5.1").pk})), by=lead(case), at=AT)

    assert Evidence.objects.get().title == "Neu"
    assert list(case.evidence_uses.values_list("criterion__code", flat=True)) == ["5.1"]


def test_a_piece_never_handed_in_is_deleted_with_its_file(
    case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    piece = used(case).evidence
    storage, name = piece.file.storage, piece.file.name

    with django_capture_on_commit_callbacks(execute=True):
        assert acts.remove(piece, by=lead(case), at=AT)

    assert (Evidence.objects.exists(), storage.exists(name)) == (False, False)


def test_a_file_that_another_piece_has_as_well_is_not_deleted(
    case: Case, django_capture_on_commit_callbacks: Any
) -> None:
    piece = EvidenceFactory.create(centre=case.centre)
    EvidenceFactory.create(file=piece.file.name, sha256=piece.sha256)

    with django_capture_on_commit_callbacks(execute=True):
        acts.remove(piece, by=lead(case), at=AT)

    assert piece.file.storage.exists(piece.file.name)


def test_a_piece_that_was_handed_in_is_withdrawn_and_kept_by_its_case(case: Case) -> None:
    use = used(hand_in(case))

    assert not acts.remove(use.evidence, by=lead(case), at=AT)

    assert not Evidence.objects.at_hand().exists()
    assert reading.for_case(case)[use.criterion_id].pieces[0].evidence == use.evidence
    with pytest.raises(NotAllowedError, match="entfernt"):
        acts.describe(use.evidence, TRAINING, by=lead(case), at=AT)


@pytest.mark.parametrize("state", [s for s in State if s not in {State.INVITED, State.REGISTERED, State.QUERIED}])
def test_after_the_hand_in_nothing_is_added_or_taken_away(case: Case, state: State) -> None:
    use, piece = used(hand_in(case, state)), EvidenceFactory.create(centre=case.centre)

    with pytest.raises(NotAllowedError, match="nach dem Einreichen"):
        acts.attach(case, [piece], criteria=[use.criterion_id], by=lead(case), at=AT)
    with pytest.raises(NotAllowedError, match="nach dem Einreichen"):
        acts.detach(case, use.evidence, criterion=use.criterion, by=lead(case), at=AT)
    with pytest.raises(NotAllowedError, match="eingereicht"):
        acts.describe(use.evidence, TRAINING, by=lead(case), at=AT)


def test_an_upload_into_a_case_that_was_handed_in_leaves_no_file(case: Case) -> None:
    kept = Kept("a.pdf", PDF, pdf())

    with pytest.raises(NotAllowedError):
        acts.keep_all(case.centre, [kept], TRAINING, by=lead(case), at=AT, case=hand_in(case))

    assert not Evidence.objects.exists()


def test_an_answer_to_a_query_brings_evidence_along(case: Case) -> None:
    use = used(hand_in(case, State.QUERIED))
    query = case.queries.create(text="?", due_on=TODAY, asked_at=AT, asked_by=UserFactory.create(auditor=True))
    piece = EvidenceFactory.create(centre=case.centre)

    acts.attach(case, [piece], criteria=[use.criterion_id], by=lead(case), at=AT)
    before = [p.evidence for p in reading.for_case(case)[use.criterion_id].pieces]
    query.answer, query.answered_at, query.answered_by = "So.", AT, lead(case)
    query.save()

    assert before == [use.evidence]
    assert {p.evidence for p in reading.for_case(case)[use.criterion_id].pieces} == {use.evidence, piece}
    assert case.evidence_uses.get(evidence=piece).query == query


def test_what_answers_an_open_query_can_be_taken_back_but_not_what_was_handed_in(case: Case) -> None:
    use = used(hand_in(case, State.QUERIED))
    case.queries.create(text="?", due_on=TODAY, asked_at=AT, asked_by=UserFactory.create(auditor=True))
    piece = EvidenceFactory.create(centre=case.centre)
    acts.attach(case, [piece], criteria=[use.criterion_id], by=lead(case), at=AT)

    acts.describe(piece, Details("Genauer"), by=lead(case), at=AT)

    assert not case.evidence_uses.filter(evidence=piece).exists()
    with pytest.raises(NotAllowedError):
        acts.detach(case, use.evidence, criterion=use.criterion, by=lead(case), at=AT)


def test_evidence_needs_an_open_query_of_the_same_case(case: Case) -> None:
    hand_in(case, State.QUERIED)
    other = case_of(State.QUERIED)
    query = other.queries.create(text="?", due_on=TODAY, asked_at=AT, asked_by=UserFactory.create(auditor=True))

    with pytest.raises(NotAllowedError):
        acts.attach(case, [], criteria=[], by=lead(case), at=AT, query=query)


def test_last_times_evidence_is_offered_and_told_apart_from_new(case: Case) -> None:
    old = used(earlier_case(case)).evidence
    new = used(case, "5.1").evidence

    (offer,) = reading.offers_of(case, today=TODAY)
    acts.hand_in_again(case, [offer.pair], by=lead(case), at=AT)

    assert (offer.piece.evidence, offer.criterion.code) == (old, "1.1")
    assert offer.last_round == Case.objects.exclude(pk=case.pk).get().round.label
    hand_in(case)
    pieces = [piece for here in reading.for_case(case).values() for piece in here.pieces]
    assert {piece.evidence: piece.is_new for piece in pieces} == {old: False, new: True}


def test_the_collection_is_offered_as_well(case: Case) -> None:
    EvidenceFactory.create(centre=case.centre, criteria=[criterion(case)])
    EvidenceFactory.create(criteria=[criterion(case)])
    EvidenceFactory.create(centre=case.centre, criteria=[criterion(case)], withdrawn_at=AT, withdrawn_by=lead(case))

    assert [offer.last_round for offer in reading.offers_of(case, today=TODAY)] == [""]


def test_in_another_edition_a_criterion_is_found_by_its_code(case: Case) -> None:
    old = Criterion.objects.get(area__edition=small_edition(), code="1.2")
    EvidenceFactory.create(centre=case.centre, criteria=[old])

    assert [offer.criterion for offer in reading.offers_of(case, today=TODAY)] == [criterion(case, "1.2")]


def test_only_what_is_still_usable_is_handed_in_again(case: Case) -> None:
    fields = {"centre": case.centre, "criteria": [criterion(case)]}
    good = EvidenceFactory.create(**fields)
    EvidenceFactory.create(issued_on=date(2018, 1, 1), **fields)
    EvidenceFactory.create(kind="offer", issued_on=date(2024, 5, 5), **fields)
    EvidenceFactory.create(issued_on=None, **fields)
    pairs = [offer.pair for offer in reading.offers_of(case, today=TODAY)]

    assert (len(pairs), acts.hand_in_again(case, pairs, by=lead(case), at=AT)) == (4, 1)
    assert case.evidence_uses.get().evidence == good


@pytest.mark.parametrize("changes", [{"title": "Anders"}, {"issued_on": date(2026, 1, 1)}, {"hours": 99}])
def test_the_database_keeps_what_was_said_at_the_hand_in(case: Case, changes: dict[str, Any]) -> None:
    use = used(hand_in(case))

    with pytest.raises(DatabaseError, match="handed in"), transaction.atomic():
        Evidence.objects.filter(pk=use.evidence_id).update(**changes)


def test_the_database_keeps_the_uses_that_were_handed_in(case: Case) -> None:
    use = used(hand_in(case))

    with pytest.raises(DatabaseError, match="handed in"), transaction.atomic():
        EvidenceUse.objects.filter(pk=use.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceUse.objects.filter(pk=use.pk).update(again=True)


def test_the_database_never_changes_a_file(case: Case) -> None:
    piece = EvidenceFactory.create()

    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(sha256="0" * 64)


def test_ministry_and_auditors_and_the_centre_see_what_is_theirs_to_see(case: Case) -> None:
    mine = used(hand_in(case)).evidence
    draft = EvidenceFactory.create(centre=case.centre)
    foreign = EvidenceFactory.create()
    MembershipFactory.create(centre=foreign.centre)
    people = {role: UserFactory.create(**{role: True}) for role in ("ministry", "auditor", "service_office")}

    def seen(user: User) -> set[Evidence]:
        return set(Evidence.objects.visible_to(user, on=TODAY))

    assert seen(people["ministry"]) == {mine, draft, foreign}
    assert seen(people["auditor"]) == {mine}
    assert seen(people["service_office"]) == set()
    assert seen(lead(case)) == {mine, draft}


def test_a_lead_who_has_left_sees_nothing_any_more(case: Case) -> None:
    used(case)
    case.centre.memberships.update(ends_on=date(2026, 2, 1))

    assert not Evidence.objects.visible_to(lead(case), on=TODAY).exists()


def test_the_verdict_is_the_one_of_the_day_of_the_hand_in(case: Case) -> None:
    use = used(hand_in(case), evidence=EvidenceFactory.create(centre=case.centre, issued_on=date(2019, 2, 2)))

    (piece,) = reading.for_case(case)[use.criterion_id].pieces

    assert (piece.judged.usable, piece.status) == (True, "Verwendbar bis 2. Februar 2026")


def test_training_says_what_it_lacks_together(case: Case) -> None:
    for hours in (6, 12):
        piece = EvidenceFactory.create(centre=case.centre, hours=hours)
        used(case, "1.3", evidence=piece)

    here = reading.evidence_of(case, today=TODAY)[criterion(case, "1.3").pk]

    assert (here.count, here.remark) == (2, "18 von 30 Stunden sind belegt, es fehlen 12.")


@pytest.mark.parametrize("number", [1, 3])
def test_reading_takes_the_same_number_of_queries(case: Case, number: int, django_assert_num_queries: Any) -> None:
    last = earlier_case(case)
    for _ in range(number):
        used(last)
        used(case, "5.1")

    with django_assert_num_queries(1):
        reading.evidence_of(case, today=TODAY)
    with django_assert_num_queries(4):
        reading.offers_of(case, today=TODAY)
    with django_assert_num_queries(3):
        reading.box_of(case.centre, case=case, today=TODAY)
