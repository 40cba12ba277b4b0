"""What a lead corrects at once: how centre and facilities are reached, and where they are."""

from collections.abc import Iterable

from django.db import transaction

from centres.models import Facility, FamilyCentre

PLACE = ("street", "postcode", "town", "district")
REACHED = ("phone", "email")


@transaction.atomic
def correct(centre: FamilyCentre, facilities: Iterable[Facility]) -> None:
    """Store the contact data these objects carry now, and nothing else of them.

    A facility whose address changed loses its coordinates: they were those of the old place.
    """
    centre.save(update_fields=REACHED)
    for facility in facilities:
        stored = Facility.objects.select_for_update().get(pk=facility.pk)
        if any(getattr(stored, name) != getattr(facility, name) for name in PLACE):
            facility.latitude = facility.longitude = None
        facility.save(update_fields=[*PLACE, *REACHED, "latitude", "longitude"])
    FamilyCentre.objects.filter(pk=centre.pk).refresh_search()
