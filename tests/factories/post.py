from datetime import UTC, datetime

import factory

from centres.models import Letter, LetterText, TextState
from tests.factories.accounts import UserFactory

WRITTEN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class LetterFactory(factory.django.DjangoModelFactory[Letter]):
    """A letter to nobody's centre that waits to be sent."""

    class Meta:
        model = Letter

    key = factory.Sequence(lambda n: f"occasion-{n}")
    template = "reminder_seal"
    rule = "seal/6-months"
    why = "Erinnerung 6 Monate vor dem letzten gültigen Tag des Gütesiegels, dem 31. Juli 2030."
    to = factory.Sequence(lambda n: f"leitung-{n}@example.org")
    subject = "Ihr Gütesiegel gilt bis 31. Juli 2030"
    body = "Guten Tag,\n\nbitte sehen Sie im Portal nach.\n"
    written_at = WRITTEN


class LetterTextFactory(factory.django.DjangoModelFactory[LetterText]):
    """A draft of the ministry for the reminder of a seal; the traits say how far it is."""

    class Meta:
        model = LetterText

    class Params:
        waiting = factory.Trait(state=TextState.WAITING)
        released = factory.Trait(
            state=TextState.RELEASED, released_by=factory.SubFactory(UserFactory, ministry=True), released_at=WRITTEN
        )
        superseded = factory.Trait(
            state=TextState.SUPERSEDED,
            released_by=factory.SubFactory(UserFactory, ministry=True),
            released_at=WRITTEN,
            superseded_at=WRITTEN,
        )

    letter = "reminder_seal"
    number = factory.Sequence(lambda n: n + 1)
    subject = "Bitte denken Sie an Ihr Gütesiegel: {Familienzentrum}"
    body = "das Gütesiegel gilt bis {Frist}, {Restzeit}.\n\n{Fallhinweis}\n\nWas Sie jetzt tun: Lesen Sie das."
    reason = "Verständlicher."
    author = factory.SubFactory(UserFactory, ministry=True)
    written_at = WRITTEN
