"""How a family centre ends: the one act that says so."""

from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from centres.models import FamilyCentre, Membership, NetworkMembership


class NotEndedError(Exception):
    """The centre cannot end like this; the text may be shown to the user."""


@transaction.atomic
def end_centre(centre: FamilyCentre, *, on: date, reason: str) -> FamilyCentre:
    """The centre's last day is `on`. Its facilities and people are free from the day after.

    Seals and cases are not touched: they have acts of their own.
    """
    centre = FamilyCentre.objects.select_for_update().get(pk=centre.pk)
    if centre.ended_on:
        raise NotEndedError(f"Dieses Familienzentrum ist schon zum {centre.ended_on:%d.%m.%Y} beendet.")
    centre.ended_on, centre.end_reason = on, reason
    centre.save(update_fields=["ended_on", "end_reason"])
    for memberships in (NetworkMembership.objects.filter(centre=centre), Membership.objects.filter(centre=centre)):
        memberships.filter(Q(ends_on=None) | Q(ends_on__gt=on)).update(ends_on=Greatest(F("starts_on"), on))
    return centre
