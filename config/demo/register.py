"""The register: youth offices, providers, facilities, centres and the people who lead them."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from accounts.models import Role, User
from centres.models import CentreKind, Facility, FamilyCentre, Provider, YouthOffice
from centres.rules.folding import fold
from config.demo.world import FOLDER, World

NETWORK_SHARE = 0.13
SIZES, SIZE_WEIGHTS = (2, 3, 4, 5), (40, 35, 17, 8)
NO_PASSWORD = "!" + "0" * 40  # nobody can sign in with it
MUNICIPAL, CATHOLIC, PROTESTANT, PARENTS = "kommunal", "katholisch", "evangelisch", "Elterninitiative"
GROUPS = {MUNICIPAL: 33, CATHOLIC: 28, PROTESTANT: 17, "AWO": 8, "DRK": 5, PARENTS: 5, "sonstige freie": 4}


@dataclass(frozen=True, slots=True)
class Spot:
    postcode: str
    town: str
    district: str


@dataclass(slots=True)
class Home:
    """A centre as it is going to be stored, with what belongs to it."""

    centre: FamilyCentre
    facilities: list[Facility]
    lead: User
    since: date


@dataclass
class Register:
    world: World
    offices: list[YouthOffice] = field(default_factory=list)
    spots: dict[str, list[Spot]] = field(default_factory=dict)
    weights: list[int] = field(default_factory=list)
    providers: dict[str, Provider] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    taken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def make_register(world: World, count: int) -> Register:
    """So many centres in memory, nothing stored."""
    register = Register(world)
    lines = (FOLDER / "places.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines, delimiter=";"):
        _add_office(register, row)
    facilities = _numbers(200_000)
    for number in range(1, count + 1):
        register.homes.append(_home(register, number, facilities))
    return register


def _add_office(register: Register, row: dict[str, str]) -> None:
    thousands, name = int(row["thousands"]), row["office"]
    register.offices.append(
        YouthOffice(
            key=row["key"],
            name=name,
            name_folded=fold(name),
            regional=row["regional"],
            inhabitants=1000 * thousands,
        )
    )
    register.spots[name] = [_spot(text) for text in row["places"].split("|")]
    register.weights.append(thousands)


def _spot(text: str) -> Spot:
    postcode, _, place = text.partition(" ")
    town, _, district = place.partition("/")
    return Spot(postcode, town, district)


def _numbers(start: int) -> Callable[[], str]:
    numbers = iter(range(start, 10_000_000))
    return lambda: f"{next(numbers):07d}"


def _home(register: Register, number: int, next_facility: Callable[[], str]) -> Home:
    world = register.world
    (office,) = world.rng.choices(register.offices, register.weights)
    spot = world.one_of(register.spots[office.name])
    (group,) = world.rng.choices(list(GROUPS), list(GROUPS.values()))
    is_network = world.chance(NETWORK_SHARE)
    size = world.rng.choices(SIZES, SIZE_WEIGHTS)[0] if is_network else 1
    namings = [_naming(register, group, spot) for _ in range(size)]
    provider = _provider(register, group, spot, office, namings[0])
    facilities = [_facility(world, next_facility(), group, naming, spot, provider) for naming in namings]
    lead = _lead(world, number)
    certification_number = f"{1000 + number:07d}"
    name = _network_name(world, group, namings, spot) if is_network else _centre_name(world, group, namings[0])
    centre = FamilyCentre(
        certification_number=certification_number,
        name=name,
        name_folded=fold(name),
        kind=CentreKind.NETWORK if is_network else CentreKind.SINGLE,
        youth_office=office,
        email=f"fz-{certification_number}@example.org",
        phone=f"0171 39200 {number % 100:02d}",  # kept free for films and examples
        lead_name=lead.name,
    )
    return Home(centre, facilities, lead, since=date(world.rng.randint(2007, world.year - 9), 8, 1))


def _naming(register: Register, group: str, spot: Spot) -> str:
    """Saint, church or fancy; where the town has it already, another try."""
    key = group if group in {CATHOLIC, PROTESTANT} else "playful"
    pool = {CATHOLIC: "catholic", PROTESTANT: "protestant", "playful": "playful"}[key]
    taken = register.taken[f"{spot.town}/{key}"]
    free = [name for name in register.world.names[pool] if name not in taken]
    naming = register.world.one_of(free or register.world.names[pool])
    taken.add(naming)
    return naming


PREFIXES = {
    MUNICIPAL: ("Städt. ", "Städtisches ", ""),
    CATHOLIC: ("Kath. ", "Katholisches "),
    PROTESTANT: ("Ev. ", "Evangelisches "),
    "AWO": ("AWO-",),
    "DRK": ("DRK-",),
}


def _centre_name(world: World, group: str, naming: str) -> str:
    tail = " e. V." if group == PARENTS else ""
    return f"{world.one_of(PREFIXES.get(group, ('',)))}Familienzentrum {naming}{tail}"


def _network_name(world: World, group: str, namings: list[str], spot: Spot) -> str:
    place = spot.district or spot.town
    if group in {CATHOLIC, PROTESTANT} and world.chance(0.6):
        return f"{PREFIXES[group][0]}Familienzentrum {namings[0]} und {namings[1]}"
    return world.one_of((f"Familienzentrum im Verbund {place}", f"Verbund-Familienzentrum {place}"))


def _provider(register: Register, group: str, spot: Spot, office: YouthOffice, naming: str) -> Provider:
    name = _provider_name(group, spot, office.name.removeprefix("Jugendamt ").removeprefix("Kreis "), naming)
    number = len(register.providers) + 1
    email = f"traeger-{number}@example.org" if number % 5 else ""  # not every provider's address is known
    return register.providers.setdefault(name, Provider(name=name, group=group, email=email))


def _provider_name(group: str, spot: Spot, seat: str, naming: str) -> str:
    place = f"{spot.town}-{spot.district}" if spot.district else spot.town
    named = {
        MUNICIPAL: f"Stadt {spot.town}" if seat in spot.town else f"Gemeinde {spot.town}",
        CATHOLIC: f"Katholische Kirchengemeinde {naming}, {spot.town}",
        PROTESTANT: f"Evangelische Kirchengemeinde {place}",
        "AWO": f"AWO Kreisverband {seat} e. V.",
        "DRK": f"DRK Kreisverband {seat} e. V.",
        PARENTS: f"Elterninitiative {naming} e. V., {spot.town}",
    }
    return named.get(group, f"Lebenshilfe {seat} gGmbH")


def _facility(world: World, number: str, group: str, naming: str, spot: Spot, provider: Provider) -> Facility:
    kita = {CATHOLIC: "Kath. Kita", PROTESTANT: "Ev. Kita", "AWO": "AWO-Kita", "DRK": "DRK-Kita"}.get(group, "Kita")
    return Facility(
        number=number,
        name=f"{kita} {naming}",
        provider=provider,
        street=f"{world.one_of(world.names['streets'])} {world.rng.randint(1, 98)}",
        postcode=spot.postcode,
        town=spot.town,
        district=spot.district,
        places=world.rng.randrange(40, 125, 5),
        email=f"kita-{number}@example.org",
    )


def _lead(world: World, number: int) -> User:
    name = world.person()
    return User(email=f"{mailbox(name)}.{number}@example.org", name=name, role=Role.CENTRE, password=NO_PASSWORD)


@cache
def mailbox(name: str) -> str:
    return fold(name).replace(" ", ".")
