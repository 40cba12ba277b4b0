"""What happens by itself. Each task may run twice and in parallel; the clock is read here."""

import logging
from datetime import datetime
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.utils import timezone

from centres.heartbeat import heartbeat
from certification import certificates, missing, opening, profiles, receipts, reminders, unanswered, workflow
from certification.models import Certificate, QualityProfile, Receipt, Round

FIRST_HOUR = 6
logger = logging.getLogger(__name__)


@shared_task
@heartbeat
def write_due_reminders() -> int:
    """From 06:00 in Berlin on, every hour: the first run of the day writes, the others catch up where one failed.

    Beat keeps UTC, so that no clock change can skip or shift a run; the hour in Berlin is decided here.
    """
    now = timezone.localtime()
    if now.hour < FIRST_HOUR:
        return 0
    written = reminders.write_due(now.date(), at=now) + unanswered.remind_auditors(now.date(), at=now)
    return written + go_on_unanswered(now)


def go_on_unanswered(now: datetime) -> int:
    """After the reminders, never before them: what follows from one that was delivered long enough ago."""
    cases = unanswered.ripe_cases(now.date())
    for case in cases:
        try:
            workflow.close_unanswered(case, by=None, at=now)
        except workflow.NotAllowedError as error:  # somebody acted meanwhile; the others must not wait for it
            logger.info("Case %s stays as it is: %s", case.pk, error)
    return len(cases)


@shared_task
@heartbeat
def miss_unanswered() -> int:
    """Every hour, after 06:00 in Berlin: what follows from a deadline and from the delivery of its last reminder."""
    now = timezone.localtime()
    return missing.miss_due(now.date(), at=now) if now.hour >= FIRST_HOUR else 0


@shared_task
def open_round(round_id: int) -> None:
    """Create the cases of a confirmed round; whoever has a case is passed over."""
    now = timezone.localtime()
    opening.open_cases(Round.objects.get(pk=round_id), on=now.date(), at=now)


@shared_task
def issue_certificate(certificate_id: int) -> None:
    certificates.issue(Certificate.objects.get(pk=certificate_id), at=timezone.now())


@shared_task
@heartbeat
def issue_certificates() -> int:
    """Queue each certificate that was ordered but, for whatever reason, not issued."""
    waiting = list(Certificate.objects.unissued().order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        issue_certificate.delay(pk)
    return len(waiting)


@shared_task
def issue_profile(profile_id: int) -> None:
    profiles.issue(QualityProfile.objects.get(pk=profile_id), at=timezone.now())


@shared_task
def print_receipt(receipt_id: int) -> None:
    receipts.print_once(Receipt.objects.get(pk=receipt_id), at=timezone.now())


@shared_task
@heartbeat
def issue_profiles() -> int:
    """Queue each quality profile that was ordered but, for whatever reason, not issued."""
    waiting = list(QualityProfile.objects.unissued().order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        issue_profile.delay(pk)
    return len(waiting)


@shared_task
@heartbeat
def print_receipts() -> int:
    """Queue each receipt that was written but, for whatever reason, not printed."""
    waiting = list(Receipt.objects.unprinted().order_by("pk").values_list("pk", flat=True))
    for pk in waiting:
        print_receipt.delay(pk)
    return len(waiting)


@worker_process_init.connect
def warm_up(**_: Any) -> None:
    """So that the first certificate of a worker process does not wait for typeface and key."""
    # Late: it imports WeasyPrint, which only workers need.
    from certification.pdf import certificate, seal  # noqa: PLC0415

    if seal.configured():
        seal.apply(certificate.render(certificate.SPECIMEN, ordered_at=timezone.now(), sealed=True))
    certificate.warm_up()
