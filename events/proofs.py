"""Acts on proofs of attendance: ordered when the attendance is concluded, printed once by a worker, never changed."""

import hashlib
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from centres import kept
from events.models import Contribution, EventMode, InfoEvent, Proof, Registration

NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
PRINT = "events.tasks.print_proof"  # by name: the tasks import the acts


@transaction.atomic
def order_all(registrations: Iterable[Registration], *, at: datetime) -> list[Proof]:
    """A proof for each who has none in force; a worker prints them after the commit."""
    there = {each.pk: each for each in registrations}
    last: dict[int, Proof] = {}
    for proof in Proof.objects.filter(registration__in=there).order_by("requested_at", "pk"):
        last[proof.registration_id] = proof
    without = [each for pk, each in there.items() if pk not in last or last[pk].withdrawn_at]
    programme = _programme(without)
    ordered = Proof.objects.bulk_create(
        Proof(
            registration=each,
            facts=_facts(each, programme.get(each.event_id, []), at=at),
            requested_at=at,
            replaces=last.get(each.pk),
        )
        for each in without
    )
    for proof in ordered:
        # Where the broker does not answer, the sweep of forgotten proofs finds it.
        transaction.on_commit(lambda pk=proof.pk: current_app.send_task(PRINT, [pk]), robust=True)  # type: ignore[misc]
    return ordered


@transaction.atomic
def withdraw(registration: Registration, *, reason: str, at: datetime) -> Proof | None:
    """It was wrong: the file stays with the office, the page of the person says that it no longer holds."""
    proof = Proof.objects.select_for_update().current().filter(registration=registration).first()
    if proof is None:
        return None
    proof.withdrawn_at, proof.withdrawn_reason = at, reason
    proof.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    proof.registration = registration
    return proof


@transaction.atomic
def issue(proof: Proof, *, at: datetime) -> Proof:
    """Print the proof and store the file with its hash, once. Safe any number of times and in parallel."""
    waiting = Proof.objects.select_for_update(skip_locked=True).unissued().filter(pk=proof.pk).first()
    if waiting is None:
        return Proof.objects.get(pk=proof.pk)
    # Late: it imports WeasyPrint, which takes a second and needs Pango; only workers print.
    from events.pdf import proof as printing  # noqa: PLC0415

    content = printing.render(waiting.facts, ordered_at=waiting.requested_at)
    waiting.file.save(f"teilnahme-{waiting.pk}.pdf", ContentFile(content), save=False)
    waiting.sha256 = hashlib.sha256(content).hexdigest()
    waiting.issued_at = at
    waiting.save(update_fields=["file", "sha256", "issued_at"])
    return waiting


def together(event: InfoEvent) -> bytes:
    """All proofs of an event that hold, byte for byte as they were issued, in one ZIP file."""
    proofs = Proof.objects.current().issued().filter(registration__event=event).order_by("pk")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, proof in enumerate(proofs, start=1):
            name = NOT_IN_NAMES.sub("-", proof.facts["name"])
            moment = timezone.localtime(proof.issued_at).timetuple()[:6]
            archive.writestr(zipfile.ZipInfo(f"{number:03} {name}.pdf", moment), kept.read(proof))
    return packed.getvalue()


def _programme(registrations: Iterable[Registration]) -> dict[int, list[str]]:
    """The titles of the contributions, for each event."""
    titles: dict[int, list[str]] = {}
    events = {each.event_id for each in registrations}
    for each in Contribution.objects.filter(event__in=events).order_by("position", "pk"):
        titles.setdefault(each.event_id, []).append(each.title)
    return titles


def _facts(registration: Registration, programme: list[str], *, at: datetime) -> dict[str, Any]:
    """The words of the paper; no more of the person than the name and the centre."""
    event, centre = registration.event, registration.centre
    begins, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    on_site = registration.attends == EventMode.ON_SITE
    return {
        "name": registration.name,
        "centre": centre.name if centre else "",
        "certification_number": centre.certification_number if centre else "",
        "event": event.title,
        "on": begins.date().isoformat(),
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
        "attends": registration.attends,
        "place": event.place if on_site else "",
        "programme": programme,
        "hosts": event.hosts,
        "issued_on": timezone.localdate(at).isoformat(),
    }
