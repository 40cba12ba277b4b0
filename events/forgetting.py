"""What is forgotten some time after an event: what people told of their needs, and the lists of video systems.

Needs may say something about somebody's health; both serve the event alone. Who came stays, for it has proofs.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from events.models import EventStep, InfoEvent, ParticipantFile, RegistrationAnswer

FORGOTTEN = "forgotten"


def forget_due(*, at: datetime) -> int:
    """Forget what is due; the number of events it was of. Safe at any hour, any number of times."""
    until = timezone.localdate(at) - timedelta(days=settings.EVENT_FORGET_DAYS)
    over = InfoEvent.objects.filter(ends_at__date__lte=until)
    answers = RegistrationAnswer.objects.filter(registration__event=OuterRef("pk"))
    lists = ParticipantFile.objects.filter(event=OuterRef("pk"), added_at__date__lte=until)
    due = over.filter(Exists(answers) | Exists(lists)).order_by("pk")
    return sum(_forget(event, until=until, at=at) for event in due)


@transaction.atomic
def _forget(event: InfoEvent, *, until: date, at: datetime) -> bool:
    """A list that was read in later is kept as long as one that was read in on the day. False if all was gone."""
    event = InfoEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    answers, _ = RegistrationAnswer.objects.filter(registration__event=event).delete()
    _, rows = event.participant_files.filter(added_at__date__lte=until).delete()
    lists = rows.get(ParticipantFile._meta.label, 0)
    if not (answers or lists):
        return False
    EventStep.objects.create(
        event=event, act=FORGOTTEN, old=event.state, new=event.state, by=None, at=at, reason=_told(answers, lists)
    )
    return True


def _told(answers: int, lists: int) -> str:
    what = [
        *(["1 Angabe zur Anmeldung" if answers == 1 else f"{answers} Angaben zu Anmeldungen"] if answers else []),
        *(["1 Liste des Videosystems" if lists == 1 else f"{lists} Listen des Videosystems"] if lists else []),
    ]
    return f"{' und '.join(what)}, {settings.EVENT_FORGET_DAYS} Tage nach der Veranstaltung."
