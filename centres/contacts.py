"""Other ways to reach a centre, where one address is dead."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models.functions import Lower

from centres.models import Bounce, FamilyCentre, Membership, NetworkMembership


def alternatives(centre_ids: Collection[int], *, on: date) -> dict[int, dict[str, str]]:
    """Each centre's addresses that are not dead, and whose they are: its people, itself, its facilities."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    people = Membership.objects.on_day(on).filter(centre__in=centre_ids, user__is_active=True).select_related("user")
    for membership in people.order_by("pk"):
        words = f"{membership.get_role_display()} {membership.user.name}"
        found[membership.centre_id].setdefault(membership.user.email.lower(), words)
    for pk, email in FamilyCentre.objects.filter(pk__in=centre_ids).values_list("pk", Lower("email")):
        found[pk].setdefault(email, "Familienzentrum")
    facilities = NetworkMembership.objects.on_day(on).filter(centre__in=centre_ids).order_by("pk")
    for pk, email, name in facilities.values_list("centre", Lower("facility__email"), "facility__name"):
        found[pk].setdefault(email, f"Einrichtung {name}")
    dead = {*Bounce.objects.blocking().values_list("address", flat=True), ""}
    return {pk: {each: words for each, words in of.items() if each not in dead} for pk, of in found.items()}
