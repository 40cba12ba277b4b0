"""Who may act for a centre: its lead invites deputies and ends what they may do."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User
from centres import post
from centres.models import FamilyCentre, Membership, MembershipRole

ONE_DAY = timedelta(days=1)
INVITED = "Die Leitung hat Sie eingeladen."
ENDED = "Sie waren als Vertretung eingetragen."


class NotPossibleError(Exception):
    """The people of the centre cannot change like this; the text may be shown to the user."""


def may_manage(user: User, centre: FamilyCentre, *, on: date) -> bool:
    """The lead, and where there is none on this day, each deputy."""
    acting = Membership.objects.on_day(on).filter(centre=centre)
    role = acting.filter(user=user).values_list("role", flat=True).first()
    if role is None or not user.is_active:
        return False
    return role == MembershipRole.LEAD or not acting.filter(role=MembershipRole.LEAD).exists()


@transaction.atomic
def invite_deputy(centre: FamilyCentre, *, name: str, email: str, by: User, at: datetime) -> Membership:
    """The person may act for the centre from today, and gets a letter that says how to sign in."""
    on = timezone.localdate(at)
    lock(centre)
    require_manager(by, centre, on=on)
    person = account_for(email, name)
    later = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), centre=centre, user=person)
    if later.exists():
        raise NotPossibleError(f"{person.name} ist für dieses Familienzentrum schon eingetragen.")
    membership = Membership.objects.create(centre=centre, user=person, role=MembershipRole.DEPUTY, starts_on=on)
    key = f"membership-{membership.pk}/invited"
    _write(membership, "deputy_invited", key=key, why=INVITED, at=at, invited_by=by.name)
    return membership


@transaction.atomic
def end_deputy(membership: Membership, *, by: User, at: datetime) -> None:
    """The deputy sees nothing of the centre any more, at once; the lead may end it, and everyone their own."""
    on = timezone.localdate(at)
    lock(membership.centre)
    found = Membership.objects.select_related("centre", "user").filter(pk=membership.pk).first()
    if found is None or (found.ends_on and found.ends_on < on):
        raise NotPossibleError("Diese Vertretung ist schon beendet.")
    membership = found
    if membership.role != MembershipRole.DEPUTY:
        raise NotPossibleError("Die Leitung endet mit einer Übergabe.")
    if membership.user != by:
        require_manager(by, membership.centre, on=on)
    _write(membership, "deputy_ended", key=f"membership-{membership.pk}/ended", why=ENDED, at=at)
    end_before(membership, on)


def end_before(membership: Membership, day: date) -> None:
    """The day before is the last; what has begun no earlier never was, and stays in the history of changes only."""
    if membership.starts_on >= day:
        membership.delete()
        return
    membership.ends_on = day - ONE_DAY
    membership.save(update_fields=["ends_on"])


def account_for(email: str, name: str) -> User:
    """The account of this address; a new one where there is none. Accounts of the staff cannot act for a centre."""
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        return User.objects.create_user(email, name=name, role=Role.CENTRE)
    if person.role != Role.CENTRE or not person.is_active:
        raise NotPossibleError(
            f"Mit der Adresse {email} geht das nicht. Bitte geben Sie eine andere an oder wenden Sie sich an das "
            "Ministerium."
        )
    return person


def require_manager(user: User, centre: FamilyCentre, *, on: date) -> None:
    if not may_manage(user, centre, on=on):
        raise NotPossibleError("Das kann nur die Leitung des Familienzentrums.")


def lock(centre: FamilyCentre) -> None:
    """One change of people at a time: of two clicks at once the second sees what the first did."""
    found = FamilyCentre.objects.select_for_update(of=("self",)).get(pk=centre.pk)
    if found.ended_on:
        raise NotPossibleError("Dieses Familienzentrum ist beendet.")


def _write(membership: Membership, template: str, *, key: str, why: str, at: datetime, **context: Any) -> None:
    person = membership.user
    recipient = post.Recipient("", person.email, person.name)
    post.write_to(recipient, template, key=key, rule=template, why=why, at=at, filed=membership.centre, **context)
