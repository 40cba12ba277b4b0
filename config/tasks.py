"""Jobs that cannot stand beside the delivery of letters, because they write some themselves."""

from celery import shared_task
from django.utils import timezone

from centres import asking
from centres.heartbeat import heartbeat


@shared_task
@heartbeat
def ask_who_leads() -> int:
    """Ask centres nobody seems to reach who leads them. May run twice: each is asked once a year."""
    return asking.ask_who_leads(at=timezone.now())
