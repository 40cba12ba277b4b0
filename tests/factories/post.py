from datetime import UTC, datetime

import factory

from centres.models import Letter


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
    written_at = datetime(2026, 3, 2, 9, tzinfo=UTC)
