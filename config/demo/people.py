"""The people of the house and the accounts for trying out."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Role, User
from config.demo.register import NO_PASSWORD
from config.demo.world import World

PASSWORD = "familienzentrum"  # noqa: S105 — of the demo, printed by it
OTHER_AUDITORS = 6


@dataclass(frozen=True, slots=True)
class Staff:
    """`lead` and `deputy` are the accounts of a centre; `others` are auditors nobody signs in as."""

    ministry: User
    ministry_second: User
    auditor: User
    second: User
    service_office: User
    lead: User
    deputy: User
    others: list[User]


def make_staff(world: World) -> Staff:
    hashed = make_password(PASSWORD)  # once: it is slow by design
    staff = Staff(
        _user("ministerium", "Dr. Katrin Bergmann", Role.MINISTRY, hashed),
        _user("ministerium2", "Thomas Reuter", Role.MINISTRY, hashed),
        _user("pruefung", "Jonas Lindner", Role.AUDITOR, hashed),
        _user("freigabe", "Petra Wiemann", Role.AUDITOR, hashed, team_lead=True),
        _user("servicestelle", "Aylin Korkmaz", Role.SERVICE_OFFICE, hashed),
        _user("leitung", "Sabine Hellweg", Role.CENTRE, hashed),
        _user("vertretung", "Miriam Tappe", Role.CENTRE, hashed),
        [_user(f"pruefung-{n}", world.person(), Role.AUDITOR, NO_PASSWORD) for n in range(1, OTHER_AUDITORS + 1)],
    )
    known = [
        staff.ministry,
        staff.ministry_second,
        staff.auditor,
        staff.second,
        staff.service_office,
        staff.lead,
        staff.deputy,
    ]
    User.objects.bulk_create([*known, *staff.others])
    return staff


def _user(mailbox: str, name: str, role: Role, password: str, **more: bool) -> User:
    return User(email=f"{mailbox}@example.org", name=name, role=role, password=password, **more)
