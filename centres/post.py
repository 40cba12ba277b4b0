"""All post that leaves the house: letters are written here, inside the act's transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from centres.models import FamilyCentre, Letter, LetterState, Membership, MembershipRole
from centres.tasks import deliver_letters

AT_ONCE = 1000  # letters rendered and held before they are stored: memory does not grow with the post of a day
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

    The key names the occasion once and for all, for example "seal-17/6-months"; `rule` names the rule or act behind
    it, for example "seal/6-months" or "register". `why` and `comes_next` are sentences for whoever gets the letter.
    """

    centre: FamilyCentre
    template: str
    key: str
    rule: str
    why: str
    comes_next: str = ""
    mandatory: bool = True
    context: Mapping[str, Any] = field(default_factory=dict)
    attach: Attach | None = None

    @property
    def about(self) -> dict[str, Any]:
        """What its letters say about themselves."""
        return {name: getattr(self, name) for name in ("rule", "why", "comes_next", "mandatory")}


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
    waiting, written = list(occasions), 0
    for first in range(0, len(waiting), AT_ONCE):
        letters = list(_new_letters(waiting[first : first + AT_ONCE], at=at))
        Letter.objects.bulk_create(letters, ignore_conflicts=True)
        written += len(letters)
    if written:
        wake_delivery()
    return written


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
    attach: Attach | None = None,
    **context: Any,
) -> int:
    """Write to one address, once. Filed with a centre its people can read the letter, filed with none they cannot."""
    if Letter.objects.filter(key=key).exists():
        return 0
    about = {"rule": rule, "why": why, "comes_next": comes_next}
    letter = _render(template, key, filed, recipient, at, context, about, attach)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    wake_delivery()
    return 1


def wake_delivery() -> None:
    """A lost wake-up is harmless: the beat looks for forgotten letters every five minutes."""
    transaction.on_commit(deliver_letters.delay, robust=True)


def _new_letters(occasions: list[Occasion], *, at: datetime) -> Iterator[Letter]:
    people = _recipients_by_centre({occasion.centre.pk for occasion in occasions}, at)
    wanted = {
        occasion.key + recipient.key_suffix: (occasion, recipient)
        for occasion in occasions
        for recipient in people.get(occasion.centre.pk) or [Recipient("", occasion.centre.email)]
    }
    written = set(Letter.objects.filter(key__in=wanted).values_list("key", flat=True))
    for key, (occasion, recipient) in wanted.items():
        if key not in written:
            about, attach = occasion.about, occasion.attach
            yield _render(occasion.template, key, occasion.centre, recipient, at, occasion.context, about, attach)


def _recipients_by_centre(centre_ids: set[int], at: datetime) -> dict[int, list[Recipient]]:
    """The lead gets the letter under the occasion's own key, each deputy a copy of their own."""
    found: dict[int, list[Recipient]] = {}
    memberships = Membership.objects.on_day(timezone.localdate(at)).filter(
        centre__in=centre_ids, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("pk"):
        is_lead = membership.role == MembershipRole.LEAD
        suffix = "" if is_lead else f"/{membership.user_id}"
        found.setdefault(membership.centre_id, []).append(
            Recipient(suffix, membership.user.email, membership.user.name)
        )
    return found


def _render(
    template: str,
    key: str,
    centre: FamilyCentre | None,
    recipient: Recipient,
    at: datetime,
    context: Mapping[str, Any],
    about: Mapping[str, Any],
    attach: Attach | None,
) -> Letter:
    name = f"letters/{template}.txt"
    text = render_to_string(
        name, {"centre": centre, "recipient": recipient, "site_url": settings.SITE_URL, **about, **context}
    )
    subject, _, body = text.strip().partition("\n")
    attachment = attach(recipient) if attach else Attachment("", "", "")
    return Letter(
        key=key,
        template=template,
        centre=centre,
        to=recipient.email,
        to_name=recipient.name,
        subject=subject.strip(),
        body=body.strip() + "\n",
        written_at=at,
        **about,
        state=LetterState.QUEUED if recipient.email else LetterState.FAILED,
        error="" if recipient.email else NO_ADDRESS,
        attachment_name=attachment.name,
        attachment_type=attachment.content_type,
        attachment_text=attachment.text,
    )
