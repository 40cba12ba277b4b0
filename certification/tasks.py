"""What happens by itself. Each task may run twice and in parallel; the clock is read here."""

from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.utils import timezone

from certification import certificates
from certification.models import Certificate


@shared_task
def issue_certificate(certificate_id: int) -> None:
    certificates.issue(Certificate.objects.get(pk=certificate_id), at=timezone.now())


@shared_task
def issue_certificates() -> None:
    """Queue each certificate that was ordered but, for whatever reason, not issued."""
    for pk in Certificate.objects.unissued().order_by("pk").values_list("pk", flat=True):
        issue_certificate.delay(pk)


@worker_process_init.connect
def warm_up(**_: Any) -> None:
    """So that the first certificate of a worker process does not wait for the typeface."""
    # Late: it imports WeasyPrint, which only workers need.
    from certification.pdf import press  # noqa: PLC0415

    press.warm_up()
