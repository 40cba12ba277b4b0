import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from centres import post
from centres.models import Letter
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory
from tests.factories.certification import SealFactory
from tests.factories.post import LetterFactory
from tests.post.test_delivery import AT

pytestmark = pytest.mark.django_db


def write(key: str = "seal-1/6-months") -> int:
    seal = SealFactory.create()
    return post.write(
        seal.centre,
        "reminder_seal",
        key=key,
        rule="seal",
        why="Anlass",
        at=AT,
        seal=seal,
        day=seal.valid_through,
        left="bald",
    )


def test_a_letter_is_written_once_for_its_occasion() -> None:
    assert [write(), write()] == [1, 0]
    assert Letter.objects.count() == 1


def test_the_first_line_is_the_subject_and_the_letter_says_whom_it_concerns() -> None:
    write()

    letter = Letter.objects.get()
    assert letter.subject == f"Ihr Gütesiegel gilt bis 31. Juli 2030: {letter.centre.name}"
    assert f"Zertifizierungsnummer: {letter.centre.certification_number}" in letter.body
    assert "Warum Sie diesen Brief bekommen: " in letter.body
    assert "/portal/" in letter.body


def test_names_are_written_as_they_are_not_as_html() -> None:
    centre = FamilyCentreFactory.create(name="Kita „Groß & Klein“ <Mitte>")

    post.write(centre, "reminder_seal", key="k", rule="seal", why="Anlass", at=AT, day=AT.date(), left="heute")

    assert "Kita „Groß & Klein“ <Mitte>" in Letter.objects.get().body


def test_the_lead_is_addressed_by_name() -> None:
    lead = MembershipFactory.create(user__name="Ayşe Yılmaz")

    post.write(lead.centre, "reminder_seal", key="k", rule="seal", why="Anlass", at=AT, day=AT.date(), left="heute")

    letter = Letter.objects.get()
    assert (letter.to, letter.to_name) == (lead.user.email, "Ayşe Yılmaz")
    assert letter.body.startswith("Guten Tag, Ayşe Yılmaz,")


def test_people_without_an_active_account_get_no_post() -> None:
    lead = MembershipFactory.create(user__is_active=False)

    post.write(lead.centre, "reminder_seal", key="k", rule="seal", why="Anlass", at=AT, day=AT.date(), left="heute")

    assert Letter.objects.get().to == lead.centre.email


def test_the_delivery_is_woken_after_the_commit_only(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as woken:
        write()
        write()

    assert len(woken) == 1


def test_a_letter_of_a_transaction_rolled_back_was_never_written() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError

    assert not Letter.objects.exists()


def test_the_database_refuses_a_second_letter_with_the_key() -> None:
    LetterFactory.create(key="seal-1/6-months")

    with pytest.raises(IntegrityError, match="key"):
        LetterFactory.create(key="seal-1/6-months")


def test_staff_are_written_to_once_and_outside_any_correspondence() -> None:
    auditor = UserFactory.create(auditor=True)
    centre = FamilyCentreFactory.create()
    case = type("Shown", (), {"pk": 1})

    wrote = [
        post.write_to_staff(
            auditor, "staff_query_answered", key="k", rule="seal", why="Anlass", at=AT, case=case, centre=centre
        )
        for _ in range(2)
    ]

    assert wrote == [1, 0]
    assert Letter.objects.get().centre is None


def test_the_ministry_reads_all_post_a_lead_that_of_her_centre_and_others_none() -> None:
    lead = MembershipFactory.create()
    own = LetterFactory.create(centre=lead.centre)
    other = LetterFactory.create(centre=FamilyCentreFactory.create())

    def seen(**traits: bool) -> list[Letter]:
        user = UserFactory.create(**traits) if traits else lead.user
        return list(Letter.objects.visible_to(user, on=AT.date()).order_by("pk"))

    assert seen() == [own]
    assert seen(ministry=True) == [own, other]
    assert seen(auditor=True) == seen(service_office=True) == seen(lead=True) == []
