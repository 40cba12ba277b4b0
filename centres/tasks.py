from celery import shared_task
from django.utils import timezone

from centres import delivery
from centres.heartbeat import heartbeat


@shared_task
@heartbeat
def deliver_letters() -> int:
    """Send what waits. May run twice and in parallel: each letter is claimed by one worker."""
    return delivery.deliver_waiting(now=timezone.now)
