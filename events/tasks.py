"""What happens by itself. Each task may run twice and in parallel; the clock is read here."""

from celery import shared_task
from django.utils import timezone

from centres.heartbeat import heartbeat
from events import feedback, forgetting, inviting, mailings, proofs, registration, reminders
from events.models import Proof

FIRST_HOUR = 6


@shared_task
@heartbeat
def write_event_post() -> int:
    """Write the invitations, reminders and mailings somebody confirmed; woken by them, and every ten minutes."""
    return inviting.write_letters(now=timezone.now) + mailings.write_letters(now=timezone.now)


@shared_task
@heartbeat
def write_reminders() -> int:
    """From 06:00 in Berlin on, every hour, as the other reminders: each run catches up where one failed.

    What people are asked after an event goes out with them.
    """
    now = timezone.localtime()
    return reminders.write_due(at=now) + feedback.write_due(at=now) if now.hour >= FIRST_HOUR else 0


@shared_task
@heartbeat
def pass_on_offers() -> int:
    """What nobody took or confirmed in time ends, and every free seat goes to whoever is next; the number of both."""
    return registration.pass_on(at=timezone.now())


@shared_task
@heartbeat
def forget() -> int:
    """What people told of their needs, and imported lists, some time after the event; the number of events."""
    return forgetting.forget_due(at=timezone.now())


@shared_task
def print_proof(proof_id: int) -> None:
    proofs.issue(Proof.objects.get(pk=proof_id), at=timezone.now())


@shared_task
@heartbeat
def print_proofs() -> int:
    """Queue each proof of attendance that was ordered but, for whatever reason, not printed."""
    waiting = list(Proof.objects.unissued().order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        print_proof.delay(pk)
    return len(waiting)
