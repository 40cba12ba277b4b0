"""Letters a person may do without: the link that ends them (RFC 8058), and who has ended what."""

import re
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from centres.models import Letter, LetterState, OptOut
from centres.rules.subscriptions import KINDS, kind_of

SIGNER = Signer(salt="unsubscribe", sep=".")
UNDATED = re.compile(r"(seal-\d+)/(\d+-months?(?:/\d+)?)")  # in links sent before the keys of reminders had a date
ENDED = "Nicht versandt: Der Empfänger hat diese Art von Briefen abbestellt."


def link(key: str) -> str:
    """Where whoever holds the letter ends letters of its kind. It names the letter, never the address."""
    return f"{settings.SITE_URL}{reverse('unsubscribe', args=[SIGNER.sign_object(key)])}"


def headers(letter: Letter) -> dict[str, str]:
    """One click ends them; a mandatory letter has no such link."""
    if letter.mandatory:
        return {}
    return {"List-Unsubscribe": f"<{link(letter.key)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def find(token: str) -> Letter | None:
    """The letter the link belongs to; None for a link that is not ours, or of a letter that cannot be ended."""
    try:
        key = SIGNER.unsign_object(token)
    except BadSignature:
        return None
    named = Q(key=key)
    if undated := UNDATED.fullmatch(key):
        named |= Q(key__regex=rf"^{undated[1]}/[0-9-]{{10}}/{re.escape(undated[2])}$")
    return Letter.objects.filter(named, mandatory=False).exclude(to="").order_by("pk").first()


def wanted(address: str) -> dict[str, bool]:
    """Each kind of letters that can be ended, and whether the address gets them."""
    ended = set(OptOut.objects.of(address).values_list("kind", flat=True))
    return {kind: kind not in ended for kind in KINDS}


@transaction.atomic
def end(address: str, kind: str, *, at: datetime) -> bool:
    """No more letters of the kind to the address, not even those that wait; False where it was so before."""
    opt_out = OptOut(address=address.lower(), kind=kind, since=at)
    if OptOut.objects.of(address).filter(kind=kind).exists():
        return False
    OptOut.objects.bulk_create([opt_out], ignore_conflicts=True)  # twice at once: the constraint decides
    waiting = Letter.objects.waiting().filter(mandatory=False, to__iexact=address).select_for_update()
    unwanted = [letter.pk for letter in waiting if kind_of(letter.rule) == kind]
    Letter.objects.filter(pk__in=unwanted).update(state=LetterState.WITHHELD, retry_after=None, error=ENDED)
    return True


def resume(address: str, kind: str, *, at: datetime) -> bool:
    """Letters of the kind from now on; False where nobody had ended them."""
    return OptOut.objects.of(address).filter(kind=kind).update(ended_at=at) > 0


def ended_by(addresses: Collection[str]) -> set[tuple[str, str]]:
    """Which of the addresses, in lower case, have ended which kind."""
    found = OptOut.objects.in_force().filter(address__in={address.lower() for address in addresses})
    return set(found.values_list("address", "kind"))


def ended() -> set[tuple[str, str]]:
    """The same of all addresses, for whoever writes to many."""
    return set(OptOut.objects.in_force().values_list("address", "kind"))
