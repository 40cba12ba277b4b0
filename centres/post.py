"""All post that leaves the house: letters are written here, inside the act's transaction."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Case, OuterRef, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import User
from centres import holds, subscriptions
from centres.models import FamilyCentre, Letter, LetterState, LetterText, Membership, MembershipRole
from centres.pouring import store_many
from centres.rules.subscriptions import kind_of
from centres.tasks import deliver_letters
from centres.texts import rendering
from centres.texts.book import Context

AT_ONCE = 1000  # from so many on, letters are poured in: memory does not grow with the post of a day
_wakes_later = ContextVar("_wakes_later", default=False)
NO_ADDRESS = "Zu diesem Familienzentrum ist keine E-Mail-Adresse bekannt."


@dataclass(frozen=True, slots=True)
class Recipient:
    key_suffix: str
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    text: str


Attach = Callable[[Recipient], Attachment]  # a calendar file names the person it is for


@dataclass(frozen=True, slots=True)
class Occasion:
    """What calls for a letter to a centre, and what the letter says about itself.

    The key names the occasion once and for all, for example "seal-17/2030-07-31/6-months"; `rule` names the rule or
    act behind it, for example "seal/6-months" or "register". `why` and `comes_next` are sentences for whoever gets
    the letter. Without a centre the letter stands in no correspondence, and the occasion brings its recipients along.
    """

    centre: FamilyCentre | None
    template: str
    key: str
    rule: str
    why: str
    comes_next: str = ""
    mandatory: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)
    attach: Attach | None = None
    recipients: list[dict[str, Any]] | None = None  # as `recipients` finds them; None: to be looked up
    useful_through: date | None = None

    @property
    def about(self) -> dict[str, Any]:
        """What its letters say about themselves."""
        return {name: getattr(self, name) for name in ("rule", "why", "comes_next", "mandatory", "useful_through")}


def write(  # noqa: PLR0913 - each is something a letter says or brings
    centre: FamilyCentre,
    template: str,
    *,
    key: str,
    rule: str,
    why: str,
    at: datetime,
    comes_next: str = "",
    mandatory: bool = True,
    attach: Attach | None = None,
    **context: Any,
) -> int:
    """Write a letter to the centre, once: 0 if the occasion had its letter before."""
    return write_all([Occasion(centre, template, key, rule, why, comes_next, mandatory, context, attach)], at=at)


def write_all(occasions: Iterable[Occasion], *, at: datetime) -> int:
    """Write each occasion's letters to lead and deputies, once, and wake the delivery after the commit.

    Returns the number of letters that were new. Safe in parallel: the unique key decides.
    """
    letters = _new_letters(occasions, rendering.in_force(), at=at)
    few = list(islice(letters, AT_ONCE))
    written = store_many(chain(few, letters)) if len(few) == AT_ONCE else len(_store(few))
    if written:
        wake_delivery()
    return written


def _store(letters: list[Letter]) -> list[Letter]:
    return Letter.objects.bulk_create(letters, ignore_conflicts=True)


def write_to_staff(
    person: User,
    template: str,
    *,
    key: str,
    rule: str,
    why: str,
    at: datetime,
    comes_next: str = "",
    attach: Attach | None = None,
    **context: Any,
) -> int:
    """Write to someone of the staff, once; such a letter belongs to no centre's correspondence."""
    recipient = Recipient("", person.email, person.name)
    about: dict[str, Any] = {"rule": rule, "why": why, "comes_next": comes_next, "attach": attach}
    return write_to(recipient, template, key=key, at=at, filed=None, **about, **context)


def write_to(  # noqa: PLR0913 - each is something a letter says or brings
    recipient: Recipient,
    template: str,
    *,
    key: str,
    rule: str,
    why: str,
    at: datetime,
    filed: FamilyCentre | None,
    comes_next: str = "",
    mandatory: bool = True,
    useful_through: date | None = None,
    attach: Attach | None = None,
    **context: Any,
) -> int:
    """Write to one address, once. Filed with a centre its people can read the letter, filed with none they cannot.

    A letter that is not mandatory stays unwritten where the address has ended its kind.
    """
    unwanted = not mandatory and (recipient.email.lower(), kind_of(rule)) in subscriptions.ended_by([recipient.email])
    if unwanted or Letter.objects.filter(key=key).exists():
        return 0
    about: dict[str, Any] = {"rule": rule, "why": why, "comes_next": comes_next, "mandatory": mandatory}
    about |= {"useful_through": useful_through, "text": rendering.in_force().get(template)}
    letter = _render(template, key, filed, recipient, at, context, about, attach)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    wake_delivery()
    return 1


def drafts(occasions: Iterable[Occasion], *, at: datetime) -> list[Letter]:
    """The letters as they would be written now, stored nowhere."""
    return list(_new_letters(list(occasions), rendering.in_force(), at=at))


def write_test(person: User, template: str, *, key: str, at: datetime, text: LetterText, context: Context) -> None:
    """Write a version of a letter's text to the person who tries it, marked as a test; in no correspondence."""
    about = {"rule": "test", "why": "Sie haben sich diesen Brief zur Probe geschickt.", "text": text}
    letter = _render(template, key, None, Recipient("", person.email, person.name), at, context, about, None)
    letter.subject = f"Test: {letter.subject}"[: rendering.LONGEST_SUBJECT]
    letter.body = f"Dies ist ein Test. Kein Familienzentrum hat diesen Brief bekommen.\n\n{letter.body}"
    Letter.objects.bulk_create([letter])
    wake_delivery()


def withdraw(begins: str, *, at: datetime) -> int:
    """Letters whose key begins so and that still wait do not go out: what they ask for is done; the number of them.

    One that is being sent at this moment may arrive, but is not tried again.
    """
    letters = Letter.objects.filter(key__startswith=begins).exclude(state=LetterState.SENT)
    letters.update(useful_through=timezone.localdate(at) - timedelta(days=1))
    return letters.waiting().update(state=LetterState.WITHHELD, retry_after=None, error=holds.OVER)


@contextmanager
def waking_once() -> Iterator[None]:
    """Whatever is written within wakes the delivery once, after the commit."""
    token = _wakes_later.set(True)
    try:
        yield
    finally:
        _wakes_later.reset(token)
    wake_delivery()


def wake_delivery() -> None:
    """A lost wake-up is harmless: the beat looks for forgotten letters every five minutes."""
    if _wakes_later.get():
        return
    transaction.on_commit(deliver_letters.delay, robust=True)


def _new_letters(occasions: Iterable[Occasion], texts: Mapping[str, LetterText], *, at: datetime) -> Iterator[Letter]:
    waiting = iter(occasions)
    ended: Collection[tuple[str, str]] | None = None  # asked once, and only where a letter need not be had
    while batch := list(islice(waiting, AT_ONCE)):
        for occasion in _addressed(batch, at=at):
            if ended is None and not occasion.mandatory:
                ended = subscriptions.ended()
            about, attach = {**occasion.about, "text": texts.get(occasion.template)}, occasion.attach
            for recipient in people_of(occasion):
                if not occasion.mandatory and (recipient.email.lower(), kind_of(occasion.rule)) in (ended or ()):
                    continue
                key = occasion.key + recipient.key_suffix
                yield _render(occasion.template, key, occasion.centre, recipient, at, occasion.context, about, attach)


def _addressed(occasions: list[Occasion], *, at: datetime) -> Iterator[Occasion]:
    """Those not yet written, each with its recipients: two queries, none where all bring their recipients along."""
    bare = {each.key: each.centre.pk for each in occasions if each.recipients is None and each.centre}
    written = set(Letter.objects.filter(key__in=bare).values_list("key", flat=True)) if bare else set()
    centres = {centre for key, centre in bare.items() if key not in written}
    people = (
        dict(
            FamilyCentre.objects.filter(pk__in=centres)
            .annotate(people=recipients("pk", on=timezone.localdate(at)))
            .values_list("pk", "people")
        )
        if centres
        else {}
    )
    for occasion in occasions:
        if occasion.recipients is not None:
            yield occasion
        elif occasion.centre and occasion.key not in written:
            yield replace(occasion, recipients=people.get(occasion.centre.pk, []))


def recipients(centre: str, *, on: date) -> ArraySubquery:
    """Who gets the post of a centre on a day, the lead first: an annotation, so that a thousand centres cost nothing.

    `centre` is the path to the centre's key.
    """
    people = Membership.objects.on_day(on).filter(centre=OuterRef(centre), user__is_active=True)
    lead_first = Case(When(role=MembershipRole.LEAD, then=0), default=1)
    return ArraySubquery(
        people.order_by(lead_first, "pk").values(
            person=JSONObject(user="user_id", email="user__email", name="user__name")
        )
    )


def people_of(occasion: Occasion) -> Iterator[Recipient]:
    """The first gets the letter under the occasion's own key, everyone else a copy; no address gets two."""
    own = occasion.centre.email if occasion.centre else ""
    people = occasion.recipients or [{"user": 0, "email": own, "name": ""}]
    seen: set[str] = set()
    for person in people:
        address = person["email"].casefold()
        if address not in seen:
            yield Recipient(f"/{person['user']}" if seen else "", person["email"], person["name"])
        seen.add(address)


def _render(
    template: str,
    key: str,
    centre: FamilyCentre | None,
    recipient: Recipient,
    at: datetime,
    context: Context,
    about: Mapping[str, Any],
    attach: Attach | None,
) -> Letter:
    optional = recipient.email and not about.get("mandatory", True)
    end_url = subscriptions.link(key) if optional else ""
    known = {"centre": centre, "recipient": recipient, "site_url": settings.SITE_URL, "end_url": end_url}
    words = rendering.written(template, {**known, **about, **context}, about["text"])
    attachment = attach(recipient) if attach else Attachment("", "", "")
    return Letter(
        key=key,
        template=template,
        centre=centre,
        to=recipient.email,
        to_name=recipient.name,
        subject=words.subject,
        body=words.body,
        written_at=at,
        **about,
        state=LetterState.QUEUED if recipient.email else LetterState.FAILED,
        error="" if recipient.email else NO_ADDRESS,
        attachment_name=attachment.name,
        attachment_type=attachment.content_type,
        attachment_text=attachment.text,
    )
