"""Acts on certificates: ordered with the seal, issued once by a worker, never changed; a correction is a new one."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from centres import kept
from centres.models import FamilyCentre, NetworkMembership
from certification.models import Certificate, Seal
from certification.rules.facts import Facts, Place
from certification.rules.numbers import PREFIX, certificate_number

# DVO KiBiz § 13 (3): the certification body awards in the name and on behalf of the ministry; domain.md § 5.
AWARDED_BY = "pädquis Stiftung"
ON_BEHALF_OF = (
    "Ministerium für Kinder, Jugend, Familie, Gleichstellung, Flucht und Integration des Landes Nordrhein-Westfalen"
)
# Until the ministry supplies template and signatory (domain.md § 5).
SAMPLE = True

ISSUE = "certification.tasks.issue_certificate"  # by name: the tasks import the acts
NUMBERS = 0x465A  # any number, the same in every process: it names the lock on the numbers of a year
DamagedFileError, read, download = kept.DamagedFileError, kept.read, kept.download
NO_BREAK = "\N{NO-BREAK SPACE}"


class NotPossibleError(Exception):
    """There can be no certificate like this; the text may be shown to the person."""


@transaction.atomic
def order(seal: Seal, *, at: datetime) -> Certificate:
    """The seal's certificate, ordered now where it has none; a worker prints it after the commit.

    Raises NotPossibleError for a seal that was withdrawn or superseded.
    """
    seal = _locked(seal)
    return seal.certificates.current().first() or _create(seal, at=at)


@transaction.atomic
def replace(certificate: Certificate, *, reason: str, at: datetime) -> Certificate:
    """Order a correct certificate in place of an issued one, which stays as it is and is shown as replaced.

    Raises NotPossibleError.
    """
    seal = _locked(certificate.seal)
    old = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if old.issued_at is None or old.replaced_at is not None:
        raise NotPossibleError("Nur eine ausgestellte Urkunde, die noch nicht ersetzt ist, kann ersetzt werden.")
    if not reason.strip():
        raise NotPossibleError("Bitte geben Sie den Grund an.")
    old.replaced_at, old.replaced_reason = at, reason.strip()
    old.save(update_fields=["replaced_at", "replaced_reason"])
    return _create(seal, at=at, replaces=old)


@transaction.atomic
def issue(certificate: Certificate, *, at: datetime) -> Certificate:
    """Print the certificate and store the file with its hash, once.

    Safe any number of times and in parallel: one that was issued, or that another worker
    holds at this moment, is returned as it is.
    """
    waiting = Certificate.objects.select_for_update(skip_locked=True).unissued().filter(pk=certificate.pk).first()
    if waiting is None:
        return Certificate.objects.get(pk=certificate.pk)
    content = _printed(waiting)
    waiting.file.save(f"{waiting.number}.pdf", ContentFile(content), save=False)
    waiting.sha256 = hashlib.sha256(content).hexdigest()
    waiting.issued_at = at
    waiting.save(update_fields=["file", "sha256", "issued_at"])
    return waiting


def certificate_response(certificate: Certificate) -> HttpResponse:
    """The issued file as a download, byte for byte; the view has asked who may. Raises DamagedFileError."""
    return download(certificate, f"Urkunde {certificate.number}.pdf")


def _locked(seal: Seal) -> Seal:
    locked = Seal.objects.select_for_update(of=("self",)).select_related("centre__youth_office").get(pk=seal.pk)
    if locked.void_from is not None:
        raise NotPossibleError("Für ein entzogenes oder abgelöstes Gütesiegel gibt es keine neue Urkunde.")
    return locked


def _create(seal: Seal, *, at: datetime, replaces: Certificate | None = None) -> Certificate:
    number = _next_number(seal.awarded_on.year)
    certificate = Certificate(seal=seal, number=number, requested_at=at, replaces=replaces)
    certificate.facts = _facts(certificate, on=timezone.localdate(at)).written()
    certificate.save(force_insert=True)
    # Where the broker does not answer, the sweep of forgotten certificates finds it.
    transaction.on_commit(lambda: current_app.send_task(ISSUE, [certificate.pk]), robust=True)
    return certificate


def _next_number(year: int) -> str:
    """One more than the last of the year of award.

    The numbers of a year have no gaps: the lock lasts to the end of the transaction, so a
    rollback gives its number back, and the database refuses to delete a certificate. A number
    never says when something was printed; a replacement takes the next number of its seal's year.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS, year])
    of_year = Certificate.objects.filter(number__startswith=f"{PREFIX}-{year}-")
    last = of_year.order_by("-number").values_list("number", flat=True).first()
    return certificate_number(year, int(last.split("-")[2]) + 1 if last else 1)


def _facts(certificate: Certificate, *, on: date) -> Facts:
    seal, centre = certificate.seal, certificate.seal.centre
    belonging = members(centre, on)
    return Facts(
        number=certificate.number,
        address=settings.SITE_URL + reverse("verification_answer", args=[certificate.public_id]),
        centre=centre.name,
        kind=centre.kind,
        form=centre.get_kind_display(),
        certification_number=centre.certification_number,
        facilities=tuple(
            Place(m.facility.name, f"{m.facility.postcode}{NO_BREAK}{m.facility.town}".strip()) for m in belonging
        ),
        provider=providers(belonging),
        youth_office=centre.youth_office.name,
        awarded_on=seal.awarded_on,
        valid_from=seal.valid_from,
        valid_through=seal.valid_through,
        awarded_by=AWARDED_BY,
        on_behalf_of=ON_BEHALF_OF,
        sample=SAMPLE,
        replaces=certificate.replaces.number if certificate.replaces else "",
    )


def members(centre: FamilyCentre, on: date) -> list[NetworkMembership]:
    """The grant recipient first: it stands for the network (domain.md § 1)."""
    members = centre.facility_memberships.on_day(on).select_related("facility__provider")
    return list(members.order_by("-grant_recipient", "facility__name", "pk"))


def providers(members: Iterable[NetworkMembership]) -> str:
    return "; ".join(dict.fromkeys(m.facility.provider.name for m in members if m.facility.provider))


def _printed(certificate: Certificate) -> bytes:
    # Late: it imports WeasyPrint, which takes a second and needs Pango; only workers print.
    from certification.pdf import certificate as printing  # noqa: PLC0415
    from certification.pdf import seal  # noqa: PLC0415

    sealed = seal.configured()
    pdf = printing.render(Facts.read(certificate.facts), ordered_at=certificate.requested_at, sealed=sealed)
    return seal.apply(pdf) if sealed else pdf
