"""The list of participants of a video system: upload it, look at it, take it over."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, F, Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events import participants
from events.attendance import NotPossibleError
from events.forms.attendance import DecisionsForm, OtherNameForm, ParticipantFileForm, WalkInForm
from events.models import InfoEvent, Participant, ParticipantFile, Registration
from events.rules.attendance import closed_because
from events.rules.opening import EventState
from events.rules.participants import UnreadableError
from events.views.access import OfficeRequest, on_event

asking = require_http_methods(["GET", "HEAD", "POST"])


@asking
@on_event
def index(request: OfficeRequest, event: InfoEvent) -> HttpResponse:
    posted = request.method == "POST"
    form = ParticipantFileForm(request.POST, request.FILES) if posted else ParticipantFileForm()
    if posted and form.is_valid() and (added := _added(request, event, form)):
        return redirect("office:participant_file", event.pk, added.pk)
    undecided = Q(participants__outcome="", participants__minutes__gte=F("least"))
    files = event.participant_files.annotate(people=Count("participants"), open=Count("participants", undecided))
    context = {
        "event": event,
        "form": form,
        "files": files.select_related("added_by").order_by("-added_at", "-pk"),
        "because": closed_because(EventState(event.state), event.day, today=timezone.localdate()),
    }
    return render(request, "events/office/participant_files.html", context)


@asking
@on_event
def show(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    """The preview: nothing counts before it is taken over, and what was shown as sure is what is taken over."""
    file = get_object_or_404(event.participant_files.select_related("event", "added_by"), pk=number)
    if request.method == "POST":
        form = DecisionsForm(request.POST, file=file)
        if form.is_valid() and form.choices:
            _take_over(request, file, form)
            return redirect("office:participant_file", event.pk, file.pk)
        messages.error(request, "Bitte entscheiden Sie erst über mindestens eine Person.")
    found = participants.sorted_out(file)
    return render(request, "events/office/participant_file.html", {"event": event, "file": file, "found": found})


@asking
@on_event
def who(request: OfficeRequest, event: InfoEvent, number: int, person: int) -> HttpResponse:
    """Who somebody of the list is, where no suggestion fits: registered under another name, or a guest."""
    found = Participant.objects.filter(file=number, file__event=event, minutes__gte=F("file__least"))
    each = get_object_or_404(found.select_related("file__event"), pk=person)
    if each.outcome:
        messages.info(request, f"Über {each} ist schon entschieden: {each.get_outcome_display()}.")
        return redirect("office:participant_file", event.pk, number)
    tied, guest = _forms(request, each, participants.known(event))
    acts = {
        tied: lambda: participants.tie(each, tied.cleaned_data["registration"], by=request.user, at=timezone.now()),
        guest: lambda: participants.add_guest(each, who=guest.attendee, by=request.user, at=timezone.now()),
    }
    for form, act in acts.items():
        if form.is_valid() and _done(request, form, act):
            return redirect("office:participant_file", event.pk, number)
    context = {"event": event, "each": each, "tied": tied, "guest": guest}
    return render(request, "events/office/participant.html", context)


@asking
@on_event
def discard(request: OfficeRequest, event: InfoEvent, number: int) -> HttpResponse:
    file = get_object_or_404(event.participant_files.select_related("event"), pk=number)
    if request.method == "POST":
        try:
            participants.discard(file, by=request.user, at=timezone.now())
        except NotPossibleError as error:  # the event was moved to a later day meanwhile
            messages.error(request, str(error))
        else:
            messages.success(request, f"Die Teilnehmerliste „{file.name}“ ist gelöscht.")
        return redirect("office:participant_files", event.pk)
    words = {
        "question": f"Teilnehmerliste „{file.name}“ löschen?",
        "action": "Löschen",
        "consequences": [
            "Die Namen und E-Mail-Adressen der Liste werden gelöscht.",
            "Was Sie daraus schon übernommen haben, bleibt.",
        ],
        "back_url": reverse("office:participant_file", args=[event.pk, file.pk]),
        "danger": True,
    }
    return render(request, "confirm.html", words)


def _forms(
    request: OfficeRequest, each: Participant, registered: Sequence[Registration]
) -> tuple[OtherNameForm, WalkInForm]:
    """The one whose button was pressed knows what was typed; the other is as it is at first."""
    tied, guest = (request.POST if word in request.POST else None for word in ("zuordnen", "eintragen"))
    initial = {"name": each.name, "email": each.email}
    return OtherNameForm(tied, registered=registered), WalkInForm(guest, late=False, initial=initial)


def _done(request: OfficeRequest, form: Form, act: Callable[[], object]) -> bool:
    try:
        act()
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "Gespeichert.")
    return True


def _added(request: OfficeRequest, event: InfoEvent, form: ParticipantFileForm) -> ParticipantFile | None:
    upload: UploadedFile = form.cleaned_data["file"]
    now, known = timezone.now(), set(event.participant_files.values_list("pk", flat=True))
    try:
        added = participants.add(
            event,
            name=upload.name or "",
            content=upload.read(),
            least=form.cleaned_data["least"],
            by=request.user,
            at=now,
        )
    except (NotPossibleError, UnreadableError) as error:
        form.add_error("file", str(error))
        return None
    if added.pk in known:
        messages.info(request, "Diese Datei ist schon eingelesen; es hat sich nichts geändert.")
    return added


def _take_over(request: OfficeRequest, file: ParticipantFile, form: DecisionsForm) -> None:
    try:
        number = participants.take_over(file, form.choices, by=request.user, at=timezone.now())
    except NotPossibleError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Übernommen: {'1 Person' if number == 1 else f'{number} Personen'}.")
