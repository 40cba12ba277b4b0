"""Acts on quality profiles: ordered with the release, issued once by a worker, never changed; a correction is a new
version (DVO KiBiz § 13; domain.md § 4.4)."""

import hashlib
from datetime import date, datetime

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from certification import certificates
from certification.certificates import NotPossibleError
from certification.models import AreaResult, Outcome, QualityProfile
from certification.rules.profile import AreaFacts, ProfileFacts

ISSUE = "certification.tasks.issue_profile"  # by name: the tasks import the acts


@transaction.atomic
def order(outcome: Outcome, *, at: datetime) -> QualityProfile:
    """The outcome's profile, ordered now where it has none; a worker prints it after the commit.

    Raises NotPossibleError for an outcome that is not released.
    """
    outcome = _locked(outcome)
    return outcome.profiles.current().first() or _create(outcome, version=1, at=at)


@transaction.atomic
def replace(profile: QualityProfile, *, reason: str, at: datetime) -> QualityProfile:
    """Order a correct version in place of an issued one, which stays as it is. Raises NotPossibleError."""
    outcome = _locked(profile.outcome)
    old = QualityProfile.objects.select_for_update().get(pk=profile.pk)
    if old.issued_at is None or old.replaced_at is not None:
        raise NotPossibleError("Nur ein ausgestelltes Qualitätsprofil, das noch nicht ersetzt ist, wird berichtigt.")
    if not reason.strip():
        raise NotPossibleError("Bitte geben Sie den Grund an.")
    old.replaced_at, old.replaced_reason = at, reason.strip()
    old.save(update_fields=["replaced_at", "replaced_reason"])
    return _create(outcome, version=old.version + 1, at=at, replaces=old)


@transaction.atomic
def succeed(old: Outcome, correction: Outcome, *, at: datetime) -> QualityProfile:
    """Order the profile of a released correction, as the version after the last one of the outcome it replaces."""
    outcome = _locked(correction)
    last = QualityProfile.objects.select_for_update().current().filter(outcome=old).first()
    if last and last.issued_at:
        last.replaced_at, last.replaced_reason = at, correction.correction_reason
        last.save(update_fields=["replaced_at", "replaced_reason"])
    return _create(outcome, version=last.version + 1 if last else 1, at=at, replaces=last)


def preview(outcome: Outcome, *, at: datetime) -> bytes:
    """The profile as the release would order it, marked as a draft and stored nowhere.

    Raises NotPossibleError for an outcome that is released: that one has its profile.
    """
    related = ("case__centre__youth_office", "case__round__edition", "replaces")
    outcome = Outcome.objects.select_related(*related).get(pk=outcome.pk)
    if outcome.released_at or outcome.sent_back_at:
        raise NotPossibleError("Einen Entwurf gibt es nur von einem Vorschlag, der noch nicht freigegeben ist.")
    last = outcome.replaces.profiles.order_by("version").last() if outcome.replaces else None
    version = last.version + 1 if last else 1
    facts = _facts(outcome, version, outcome.correction_reason, on=timezone.localdate(at))
    # Late: it imports WeasyPrint, which takes a second and needs Pango.
    from certification.pdf import profile as printing  # noqa: PLC0415

    return printing.render(facts, ordered_at=at, draft=True)


@transaction.atomic
def issue(profile: QualityProfile, *, at: datetime) -> QualityProfile:
    """Print the profile and store the file with its hash, once.

    Safe any number of times and in parallel: one that was issued, or that another worker
    holds at this moment, is returned as it is.
    """
    waiting = QualityProfile.objects.select_for_update(skip_locked=True).unissued().filter(pk=profile.pk).first()
    if waiting is None:
        return QualityProfile.objects.get(pk=profile.pk)
    content = _printed(waiting)
    waiting.file.save(f"profil-{waiting.pk}.pdf", ContentFile(content), save=False)
    waiting.sha256 = hashlib.sha256(content).hexdigest()
    waiting.issued_at = at
    waiting.save(update_fields=["file", "sha256", "issued_at"])
    return waiting


def _locked(outcome: Outcome) -> Outcome:
    related = ("case__centre__youth_office", "case__round__edition")
    locked = Outcome.objects.select_for_update(of=("self",)).select_related(*related).get(pk=outcome.pk)
    if locked.released_at is None:
        raise NotPossibleError("Ein Qualitätsprofil gibt es erst, wenn das Ergebnis freigegeben ist.")
    return locked


def _create(
    outcome: Outcome, *, version: int, at: datetime, replaces: QualityProfile | None = None
) -> QualityProfile:
    correction = (replaces.replaced_reason if replaces else "") or outcome.correction_reason
    profile = QualityProfile.objects.create(
        outcome=outcome,
        version=version,
        facts=_facts(outcome, version, correction, on=timezone.localdate(outcome.released_at)).written(),
        requested_at=at,
        replaces=replaces,
    )
    # Where the broker does not answer, the sweep of forgotten profiles finds it.
    transaction.on_commit(lambda: current_app.send_task(ISSUE, [profile.pk]), robust=True)
    return profile


def _facts(outcome: Outcome, version: int, correction: str, *, on: date) -> ProfileFacts:
    """The house as it was on the day of the release, whenever a correction is made."""
    case, centre = outcome.case, outcome.case.centre
    members = certificates.members(centre, on)
    previous = previous_outcome(outcome)
    return ProfileFacts(
        version=version,
        centre=centre.name,
        certification_number=centre.certification_number,
        form=centre.get_kind_display(),
        facilities=tuple(m.facility.name for m in members),
        provider=certificates.providers(members),
        youth_office=centre.youth_office.name,
        procedure=case.round.get_procedure_display(),
        round=case.round.label,
        edition=str(case.round.edition),
        eligible=outcome.eligible,
        released_on=on,
        closing_text=outcome.closing_text,
        areas=_areas(outcome, previous),
        written_by=certificates.AWARDED_BY,
        on_behalf_of=certificates.ON_BEHALF_OF,
        sample=certificates.SAMPLE,
        previous=previous.case.round.label if previous else "",
        previous_on=timezone.localdate(previous.released_at) if previous and previous.released_at else None,
        previous_edition=str(previous.case.round.edition) if previous else "",
        correction=correction,
    )


def previous_outcome(outcome: Outcome) -> Outcome | None:
    """The last outcome of the centre in another case before this one of which the grades are still there."""
    earlier = Outcome.objects.standing().filter(
        case__centre=outcome.case.centre_id,
        released_at__lt=outcome.released_at or outcome.recommended_at,
        case__area_results__isnull=False,
    )
    earlier = earlier.exclude(case=outcome.case_id)
    return earlier.select_related("case__round__edition").order_by("-released_at").first()


def _areas(outcome: Outcome, previous: Outcome | None) -> tuple[AreaFacts, ...]:
    """Areas are compared by their number: it is what stays between editions."""
    cases = [outcome.case_id, previous.case_id] if previous else [outcome.case_id]
    results = AreaResult.objects.filter(case__in=cases).select_related("area").order_by("area__number")
    before = {each.area.number: each.get_grade_display() for each in results if each.case_id != outcome.case_id}
    corrected = {each.area_id: each for each in outcome.area_corrections.all()}
    return tuple(
        AreaFacts(
            number=each.area.number,
            name=each.area.name,
            group=each.area.get_group_display(),
            grade=says.get_grade_display(),
            text=says.text,
            potential=says.potential,
            before=before.get(each.area.number, ""),
        )
        for each in results
        if each.case_id == outcome.case_id
        for says in [corrected.get(each.area_id, each)]
    )


def _printed(profile: QualityProfile) -> bytes:
    # Late: it imports WeasyPrint, which takes a second and needs Pango; only workers print.
    from certification.pdf import profile as printing  # noqa: PLC0415

    return printing.render(ProfileFacts.read(profile.facts), ordered_at=profile.requested_at)
