"""A network to look at, and what centres have asked the ministry to change in the register."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from centres import proposals
from centres.models import Facility, FamilyCentre, Membership, MembershipRole, NetworkMembership, Subject
from centres.proposals import Wish
from centres.register import BELONGS, DOES_NOT_BELONG
from certification.networks import Network, network_of
from config.demo.fates import Fate, Story
from config.demo.people import Staff
from config.demo.world import World

# The last one lies 3.4 km north of the first: unusual, but possible.
STEPS_NORTH = (Decimal(0), Decimal("0.006"), Decimal("0.011"), Decimal("0.016"), Decimal("0.031"))
NORTH, EAST = Decimal("51.450000"), Decimal("7.013000")


def make_proposals(world: World, fates: list[Fate], busy: Fate, calm: Fate, staff: Staff) -> None:
    """The lead is deputy of a network, too; some proposals wait, one is declined, one is out of date."""
    network = _network(world, fates, staff)
    _of_network(world, network, staff)
    _of_centres(world, busy.home.centre, calm.home.centre, staff)
    _out_of_date(world, fates, staff)


def _network(world: World, fates: list[Fate], staff: Staff) -> Network:
    """The largest resting one, with distances, and with a facility that has left."""
    resting = [fate for fate in fates if fate.story == Story.RESTING and fate.home.centre.is_network]
    fate = max(resting, key=lambda each: len(each.home.facilities))
    centre, since = fate.home.centre, fate.home.since
    Membership.objects.create(
        centre=centre, user=staff.lead, role=MembershipRole.DEPUTY, starts_on=world.on - timedelta(days=300)
    )
    steps = [*STEPS_NORTH[: len(fate.home.facilities) - 1], STEPS_NORTH[-1]]
    for facility, north in zip(fate.home.facilities, steps, strict=True):
        facility.latitude, facility.longitude = NORTH + north, EAST
    Facility.objects.bulk_update(fate.home.facilities, ["latitude", "longitude"])
    former = _new_facility(fate, "0299998", "Kita Alte Mühle")
    NetworkMembership.objects.create(
        centre=centre, facility=former, starts_on=since, ends_on=date(world.year - 2, 7, 31)
    )
    return network_of(FamilyCentre.objects.get(pk=centre.pk), today=world.on)


def _new_facility(fate: Fate, number: str, name: str) -> Facility:
    like = fate.home.facilities[0]
    place = {each: getattr(like, each) for each in ("provider", "postcode", "town", "district", "street")}
    return Facility.objects.create(number=number, name=name, latitude=NORTH, longitude=EAST, **place)


def _of_network(world: World, network: Network, staff: Staff) -> None:
    """One leaves at the end of the kindergarten year, one has been found to come, the contact changes."""
    end = date(world.year, 7, 31)
    members = sorted(network.members, key=lambda each: (each.grant_recipient or each.contact, each.facility.number))
    leaver, other = members[0].facility, next(each.facility for each in members if not each.contact)
    leaving = Wish(
        Subject.LEAVING,
        DOES_NOT_BELONG,
        "Der Träger schließt die Gruppe zum Ende des Kindergartenjahres.",
        facility=leaver,
        effective_on=end,
        effect=network.leaving(leaver, end).shown,
    )
    first = end + timedelta(days=1)
    newcomer = Facility.objects.create(
        number="0299999", name="Kita Neue Wiese", town=leaver.town, postcode=leaver.postcode, provider=leaver.provider
    )
    joining = Wish(
        Subject.JOINING,
        BELONGS,
        "Die neue Kita liegt um die Ecke und möchte mitmachen.",
        facility=newcomer,
        effective_on=first,
        effect=network.joining(newcomer, first).shown,
    )
    contact = Wish(
        Subject.CONTACT,
        other.name,
        "Die Leitung dort hat künftig mehr Zeit dafür.",
        facility=other,
        effective_on=first,
        effect=network.taking("contact", other, first).shown,
    )
    for days, wish in ((6, leaving), (4, joining), (3, contact)):
        proposals.propose(network.centre, wish, by=staff.lead, at=_ago(world, days))


def _of_centres(world: World, busy: FamilyCentre, calm: FamilyCentre, staff: Staff) -> None:
    renamed = Wish(Subject.NAME, f"{calm.name} am Park", "Wir sind an den Park gezogen; so nennen uns alle.")
    proposals.propose(calm, renamed, by=staff.lead, at=_ago(world, 5))
    wrong = Wish(Subject.NAME, "Familienzentrum Nr. 1", "Das merken sich die Eltern leichter.")
    declined = proposals.propose(busy, wrong, by=staff.lead, at=_ago(world, 30))
    reason = "Der Name soll das Haus im Ort erkennbar machen. Bitte schlagen Sie einen anderen vor."
    proposals.decline(declined, by=staff.ministry, at=_ago(world, 21), reason=reason)


def _out_of_date(world: World, fates: list[Fate], staff: Staff) -> None:
    """The register was changed by the ministry while the proposal waited."""
    others = (fate for fate in fates if fate.story == Story.RESTING and fate.home.lead is not staff.lead)
    fate = next(each for each in others if not each.home.centre.is_network)
    centre = fate.home.centre
    wish = Wish(Subject.NAME, f"{centre.name} und Nachbarn", "Wir haben uns vergrößert.")
    proposals.propose(centre, wish, by=fate.home.lead, at=_ago(world, 12))
    centre.name = f"{centre.name} Mitte"
    centre.save(update_fields=["name", "name_folded"])


def _ago(world: World, days: int) -> datetime:
    return world.moment(world.on - timedelta(days=days))
