from celery import shared_task
from django.utils import timezone

from centres import delivery


@shared_task
def deliver_letters() -> None:
    """Send what waits. May run twice and in parallel: each letter is claimed by one worker."""
    delivery.deliver_waiting(now=timezone.now)
