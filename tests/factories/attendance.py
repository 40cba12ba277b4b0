from datetime import timedelta

import factory

from events.models import Participant, ParticipantFile, Proof
from tests.factories.accounts import UserFactory
from tests.factories.events import InfoEventFactory, RegistrationFactory, start

AFTER = start() + timedelta(hours=3)


class ParticipantFileFactory(factory.django.DjangoModelFactory[ParticipantFile]):
    class Meta:
        model = ParticipantFile

    event = factory.SubFactory(InfoEventFactory)
    name = "participants.csv"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    least = 30
    added_at = AFTER
    added_by = factory.SubFactory(UserFactory, service_office=True)


class ParticipantFactory(factory.django.DjangoModelFactory[Participant]):
    """An hour there, and nobody has said who it is."""

    class Meta:
        model = Participant

    file = factory.SubFactory(ParticipantFileFactory)
    position = factory.Sequence(lambda n: 1000 + n)  # after whoever a file brought
    name = factory.Sequence(lambda n: f"Teilnehmerin {n}")
    minutes = 60


class ProofFactory(factory.django.DjangoModelFactory[Proof]):
    """Ordered, and not yet printed."""

    class Meta:
        model = Proof

    registration = factory.SubFactory(RegistrationFactory)
    facts = factory.LazyAttribute(
        lambda proof: {
            "name": proof.registration.name,
            "centre": "Familienzentrum Größenwahn & Söhne",
            "certification_number": "0001001",
            "event": "Informationsveranstaltung zur Re-Zertifizierung",
            "on": "2026-09-18",
            "begins": "2026-09-18T10:00:00+02:00",
            "ends": "2026-09-18T12:00:00+02:00",
            "attends": "online",
            "place": "",
            "programme": ["Fristen, Fragebogen und Nachweise", "Beispiel guter Praxis"],
            "hosts": "Ministerium, Pädquis und ISA",
            "issued_on": "2026-09-18",
        }
    )
    requested_at = AFTER
