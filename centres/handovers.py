"""How a centre gets a new lead: asked by the old one, confirmed by the provider or in its place by the ministry."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from centres import post
from centres.models import FamilyCentre, Handover, HandoverState, Membership, MembershipRole, Provider
from centres.models.handover import OPEN
from centres.people import NotPossibleError, account_for, end_before, lock, require_manager

SALT = "centres.handover"
LINK_LIVES = timedelta(days=60)
ACTS_NOW = "Sie sind als Leitung oder Vertretung für dieses Familienzentrum eingetragen."
WHY = {
    "handover_provider": "Diese Adresse ist als die des Trägers hinterlegt.",
    "handover_done": "Sie haben dieses Familienzentrum geleitet.",
    "handover_successor": "Ihre Vorgängerin oder Ihr Vorgänger hat Sie benannt, und die Übergabe ist bestätigt.",
}
FURTHEST = timedelta(days=366)  # how far ahead a new lead can be named


def provider_of(centre: FamilyCentre, *, on: date) -> Provider | None:
    """The provider of the facility that receives the grant; failing that of any facility of the day."""
    members = centre.facility_memberships.on_day(on).exclude(facility__provider=None)
    first = members.select_related("facility__provider").order_by("-grant_recipient", "-contact", "pk").first()
    return first.facility.provider if first else None


def token_of(handover: Handover) -> str:
    """What the provider's letter carries; worth something only while the handover is open."""
    return signing.dumps(handover.pk, salt=SALT)


def with_token(token: str) -> Handover | None:
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except signing.BadSignature:
        return None
    return Handover.objects.select_related("centre", "asked_by").filter(pk=pk).first()


@transaction.atomic
def ask(centre: FamilyCentre, *, name: str, email: str, starts_on: date, by: User, at: datetime) -> Handover:
    """Name the new lead. The provider gets a letter with a link; nothing changes until it has confirmed."""
    on = timezone.localdate(at)
    lock(centre)
    require_manager(by, centre, on=on)
    _refuse_unfit(centre, email, starts_on=starts_on, on=on)
    provider = provider_of(centre, on=on)
    handover = Handover.objects.create(
        centre=centre,
        successor_name=name,
        successor_email=email.lower(),
        starts_on=starts_on,
        provider_name=provider.name if provider else "",
        provider_email=provider.email if provider else "",
        asked_by=by,
        asked_at=at,
    )
    if handover.provider_email:
        _write_to_provider(handover, at=at)
    _write_to_centre(handover, "asked", at=at)
    return handover


@transaction.atomic
def withdraw(handover: Handover, *, by: User, at: datetime) -> Handover:
    handover = _locked(handover)
    require_manager(by, handover.centre, on=timezone.localdate(at))
    return _decide(handover, HandoverState.WITHDRAWN, by=by, at=at)


@transaction.atomic
def confirm(handover: Handover, *, by: User | None, at: datetime) -> Handover:
    """The new lead starts on the named day, today at the earliest; the old one ends the day before.

    `by` is nobody where the provider confirms through its letter, else someone of the ministry.
    """
    handover = _locked(handover)
    handover = _decide(handover, HandoverState.CONFIRMED, by=by, at=at)
    successor = account_for(handover.successor_email, handover.successor_name)
    handover.starts_on = max(handover.starts_on, timezone.localdate(at))
    handover.save(update_fields=["starts_on"])
    leaving = _change_lead(handover, successor)
    for person in leaving:
        _write(handover, person, "handover_done", f"left-{person.pk}", at)
    _write(handover, successor, "handover_successor", "successor", at)
    return handover


@transaction.atomic
def refuse(handover: Handover, *, reason: str, at: datetime) -> Handover:
    """The provider says no; the ministry hears of it as a task and has the last word."""
    handover = _locked(handover)
    if handover.state != HandoverState.ASKED:
        raise NotPossibleError("Diese Übergabe ist schon entschieden.")
    handover = _decide(handover, HandoverState.REFUSED, by=None, at=at, reason=reason)
    _write_to_centre(handover, "refused", at=at)
    return handover


@transaction.atomic
def close(handover: Handover, *, by: User, reason: str, at: datetime) -> Handover:
    """The ministry ends it without a new lead."""
    handover = _decide(_locked(handover), HandoverState.CLOSED, by=by, at=at, reason=reason)
    _write_to_centre(handover, "closed", at=at)
    return handover


def _refuse_unfit(centre: FamilyCentre, email: str, *, starts_on: date, on: date) -> None:
    if not on <= starts_on <= on + FURTHEST:
        raise NotPossibleError("Der erste Tag liegt heute oder im nächsten Jahr. Bitte prüfen Sie das Datum.")
    if centre.handovers.open().exists():
        raise NotPossibleError("Für dieses Familienzentrum läuft schon eine Übergabe.")
    lead = (
        Membership.objects.on_day(on).filter(centre=centre, role=MembershipRole.LEAD).select_related("user").first()
    )
    if lead and lead.user.email.lower() == email.lower():
        raise NotPossibleError("Diese Person ist schon die Leitung.")
    if User.objects.filter(email__iexact=email).exists():
        account_for(email, "")


def _locked(handover: Handover) -> Handover:
    lock(handover.centre)
    found = Handover.objects.select_for_update(of=("self",)).select_related("centre", "asked_by").get(pk=handover.pk)
    if found.state not in OPEN:
        raise NotPossibleError(f"Diese Übergabe ist schon entschieden: {found.get_state_display()}.")
    return found


def _decide(handover: Handover, state: HandoverState, *, by: User | None, at: datetime, reason: str = "") -> Handover:
    handover.state, handover.decided_by, handover.decided_at, handover.reason = state, by, at, reason
    handover.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return handover


def _change_lead(handover: Handover, successor: User) -> list[User]:
    """Whoever leads on or after the day makes room; the successor is no deputy any more. Returns who leaves."""
    day = handover.starts_on
    ahead = Membership.objects.filter(centre=handover.centre).exclude(ends_on__lt=day).select_related("user")
    leaving = []
    for membership in ahead:
        if membership.role == MembershipRole.LEAD or membership.user == successor:
            end_before(membership, day)
            leaving += [membership.user] if membership.user != successor else []
    Membership.objects.create(centre=handover.centre, user=successor, role=MembershipRole.LEAD, starts_on=day)
    return leaving


def _write_to_centre(handover: Handover, occasion: str, *, at: datetime) -> None:
    key, rule = f"handover-{handover.pk}/{occasion}", f"handover_{occasion}"
    post.write(handover.centre, rule, key=key, rule=rule, why=ACTS_NOW, at=at, handover=handover)


def _write(handover: Handover, person: User, template: str, occasion: str, at: datetime) -> None:
    recipient = post.Recipient("", person.email, person.name)
    about: dict[str, Any] = {"key": f"handover-{handover.pk}/{occasion}", "rule": template, "why": WHY[template]}
    post.write_to(recipient, template, **about, at=at, filed=handover.centre, handover=handover)


def _write_to_provider(handover: Handover, *, at: datetime) -> None:
    """Not filed with the centre: whoever reads this letter can confirm, so its people must not."""
    template = "handover_provider"
    post.write_to(
        post.Recipient("", handover.provider_email, handover.provider_name),
        template,
        key=f"handover-{handover.pk}/provider",
        rule=template,
        why=WHY[template],
        at=at,
        filed=None,
        centre=handover.centre,
        handover=handover,
        token=token_of(handover),
    )
