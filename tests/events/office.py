"""What the tests of the service office's pages share."""

from datetime import date

from centres import facts
from centres.models import FactKind, FamilyCentre
from events.models import InfoEvent, Invitation, Mailing, MailingGroup
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory
from tests.factories.events import start


def concerned(count: int = 1, key: str = "round-1", label: str = "Re-Zertifizierung 2027") -> list[FamilyCentre]:
    """Centres of one round, each with an address of its own."""
    centres = [FamilyCentreFactory.create(email=f"kita-{key}-{n}@example.org") for n in range(count)]
    facts.state(FactKind.ROUND, key, label, [each.pk for each in centres], on=date(2026, 8, 1))
    return centres


def invited(event: InfoEvent, email: str, centre: FamilyCentre | None = None) -> Invitation:
    by = UserFactory.create(service_office=True)
    centre = centre or FamilyCentreFactory.create()
    return Invitation.objects.create(event=event, centre=centre, email=email, invited_at=start(1), invited_by=by)


def drafted(event: InfoEvent, group: str = MailingGroup.BOOKED, **fields: object) -> Mailing:
    by = UserFactory.create(service_office=True)
    text = {"subject": "Unterlagen: {Veranstaltung}", "text": "Guten Morgen {Name}, bis zum {Tag}."}
    return Mailing.objects.create(event=event, group=group, drafted_by=by, drafted_at=start(1), **{**text, **fields})
