from celery import shared_task
from django.conf import settings
from django.utils import timezone

from centres import bounces, delivery, mailbox
from centres.heartbeat import heartbeat


@shared_task
@heartbeat
def deliver_letters() -> int:
    """Send what waits. May run twice and in parallel: each letter is claimed by one worker."""
    return delivery.deliver_waiting(now=timezone.now)


@shared_task
@heartbeat
def read_bounces() -> int:
    """Note which letters came back. Reading the same message twice, or at once, notes it once."""
    with mailbox.opened(settings.BOUNCE_IMAP_URL) as reports:
        return bounces.note_all(reports, now=timezone.now)
