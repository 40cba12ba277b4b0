"""What the register says about the things a centre may propose to change, and the change itself."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db.models import Q

from centres.models import Facility, FamilyCentre, NetworkMembership, Proposal, Provider, Subject

BELONGS, DOES_NOT_BELONG = "gehört zum Verbund", "gehört nicht zum Verbund"
FREE = "gehört zu keinem Familienzentrum"


def current(proposal: Proposal) -> str:
    """What the register says now, in the words of `Proposal.old`. No query for `Proposal.objects.with_register()`."""
    return _CURRENT[Subject(proposal.subject)](proposal)


def is_stale(proposal: Proposal) -> bool:
    """Whether the register says something else by now than when it was proposed."""
    return proposal.is_open and current(proposal) != proposal.old


def change(proposal: Proposal) -> None:
    """Write what was proposed. A new form changes nothing here: it means a new number, hence another centre."""
    if act := _CHANGE.get(Subject(proposal.subject)):
        act(proposal)


def task_from(centre: FamilyCentre, task: str, facility: Facility, *, on: date) -> None:
    """From this day the facility has the task ("grant_recipient", "contact"), and no other of the centre."""
    rows = centre.facility_memberships.filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by("starts_on", "pk")
    # Whoever gives it away is stored before who takes it: at no time do two have it.
    for row in sorted(rows, key=lambda row: row.facility_id == facility.pk):
        has_it = row.facility_id == facility.pk
        if getattr(row, task) != has_it:
            _from(row, on, task, has_it)


def covers(row: NetworkMembership, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)


def provider_named(name: str) -> Provider | None:
    return Provider.objects.filter(name__iexact=name.strip()).order_by("pk").first()


def _from(row: NetworkMembership, on: date, task: str, has_it: bool) -> None:
    """The row as it was until the day before, and a second one from then on."""
    if row.starts_on < on:
        last, row.ends_on = row.ends_on, on - timedelta(days=1)
        row.save(update_fields=["ends_on"])
        row = NetworkMembership(
            centre=row.centre,
            facility=row.facility,
            starts_on=on,
            ends_on=last,
            grant_recipient=row.grant_recipient,
            contact=row.contact,
        )
    setattr(row, task, has_it)
    row.save()


def _member_on(proposal: Proposal, task: str = "") -> list[NetworkMembership]:
    day = proposal.effective_on or date.max
    rows = proposal.centre.facility_memberships.all()
    return [row for row in rows if covers(row, day) and (not task or getattr(row, task))]


def _task_of(task: str) -> Callable[[Proposal], str]:
    return lambda proposal: "; ".join(row.facility.name for row in _member_on(proposal, task))


def belonging(proposal: Proposal) -> str:
    found = any(row.facility_id == proposal.facility_id for row in _member_on(proposal))
    return BELONGS if found else DOES_NOT_BELONG


def _elsewhere(proposal: Proposal) -> str:
    """The facility is taken where any membership reaches into the time from that day on."""
    day, facility = proposal.effective_on or date.max, proposal.facility
    rows = facility.centre_memberships.all() if facility else []
    taken = [row for row in rows if row.ends_on is None or row.ends_on >= day]
    return f"gehört zu {taken[0].centre.name}" if taken else FREE


def _provider(proposal: Proposal) -> str:
    facility = proposal.facility
    return facility.provider.name if facility and facility.provider else ""


def _change_name(proposal: Proposal) -> None:
    proposal.centre.name = proposal.new
    proposal.centre.save(update_fields=["name", "name_folded"])


def _change_youth_office(proposal: Proposal) -> None:
    if proposal.youth_office:
        proposal.centre.youth_office = proposal.youth_office
        proposal.centre.save(update_fields=["youth_office"])


def _change_provider(proposal: Proposal) -> None:
    if proposal.facility:
        provider = provider_named(proposal.new) or Provider.objects.create(name=proposal.new)
        proposal.facility.provider = provider
        proposal.facility.save(update_fields=["provider"])


def _join(proposal: Proposal) -> None:
    centre, facility, on = proposal.centre, proposal.facility, proposal.effective_on
    if facility and on:  # the database asks for both
        NetworkMembership.objects.create(centre=centre, facility=facility, starts_on=on)
    if proposal.exception_reason:
        centre.network_exception = proposal.exception_reason
        centre.save(update_fields=["network_exception"])


def _leave(proposal: Proposal) -> None:
    """The day is the last one; what was planned for later days falls away."""
    rows = proposal.centre.facility_memberships.filter(facility=proposal.facility)
    rows.filter(starts_on__gt=proposal.effective_on).delete()
    rows.filter(Q(ends_on=None) | Q(ends_on__gt=proposal.effective_on)).update(ends_on=proposal.effective_on)


def _take_task(task: str) -> Callable[[Proposal], None]:
    def act(proposal: Proposal) -> None:
        if proposal.facility and proposal.effective_on:
            task_from(proposal.centre, task, proposal.facility, on=proposal.effective_on)

    return act


_CURRENT: dict[Subject, Callable[[Proposal], str]] = {
    Subject.NAME: lambda proposal: proposal.centre.name,
    Subject.KIND: lambda proposal: proposal.centre.get_kind_display(),
    Subject.YOUTH_OFFICE: lambda proposal: proposal.centre.youth_office.name,
    Subject.PROVIDER: _provider,
    Subject.JOINING: _elsewhere,
    Subject.LEAVING: belonging,
    Subject.GRANT_RECIPIENT: _task_of("grant_recipient"),
    Subject.CONTACT: _task_of("contact"),
}
_CHANGE: dict[Subject, Callable[[Proposal], None]] = {
    Subject.NAME: _change_name,
    Subject.YOUTH_OFFICE: _change_youth_office,
    Subject.PROVIDER: _change_provider,
    Subject.JOINING: _join,
    Subject.LEAVING: _leave,
    Subject.GRANT_RECIPIENT: _take_task("grant_recipient"),
    Subject.CONTACT: _take_task("contact"),
}
