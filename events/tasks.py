"""What happens by itself. Each task may run twice and in parallel; the clock is read here."""

from celery import shared_task
from django.utils import timezone

from centres.heartbeat import heartbeat
from events import inviting, mailings


@shared_task
@heartbeat
def write_event_post() -> int:
    """Write the invitations, reminders and mailings somebody confirmed; woken by them, and every ten minutes."""
    return inviting.write_letters(now=timezone.now) + mailings.write_letters(now=timezone.now)
