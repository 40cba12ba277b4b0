"""The evidence of a centre: its collection, and what of it a case uses for which criterion."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.drafts import typed
from centres.models import FamilyCentre
from certification.evidence import acts, reading
from certification.forms.evidence import DetailsForm, UploadForm
from certification.models import Case, Criterion, Evidence, Query
from certification.views.portal.access import CentreRequest, centres_only, find_case
from certification.workflow import NotAllowedError

form_page = require_http_methods(["GET", "HEAD", "POST"])


@centres_only
@require_safe
def box(request: CentreRequest, pk: int) -> HttpResponse:
    """All a centre has, by criterion, between cases as well."""
    today = timezone.localdate()
    centre = _find_centre(request, pk, today)
    case = _case_in_work(request, centre, today)
    shelves, period = reading.box_of(centre, case=case, today=today)
    context = {"centre": centre, "case": case, "shelves": shelves, "period": period}
    return render(request, "portal/evidence_box.html", context)


@centres_only
@form_page
def add(request: CentreRequest, pk: int) -> HttpResponse:
    """Upload into the collection; a case in work uses it at once for its criteria."""
    today = timezone.localdate()
    centre = _find_centre(request, pk, today)
    case = _case_in_work(request, centre, today)
    form = _upload_form(request, centre, reading.criteria_for(case), today)
    if request.method == "POST":
        changeable = case if case and acts.may_change(case) else None
        to = reverse("portal:evidence", args=[pk])
        if answer := _take_in(request, form, centre, changeable, to=to):
            return answer
    return render(request, "portal/evidence_add.html", {"centre": centre, "case": case, "form": form})


@centres_only
@form_page
def of_case(request: CentreRequest, pk: int) -> HttpResponse:
    """What the case uses, and what of earlier rounds can be handed in again with one click."""
    today = timezone.localdate()
    case = find_case(request, pk, today=today)
    changeable = acts.may_change(case)
    offers = reading.offers_of(case, today=today) if changeable else []
    if request.method == "POST":
        wanted = [o.pair for o in offers if "alle" in request.POST or o.key in request.POST.getlist("wieder")]
        return _do(
            request,
            lambda: acts.hand_in_again(case, wanted, by=request.user, at=timezone.now()),
            done=_again_sentence,
        )
    sections = reading.sections_of(case, reading.evidence_of(case, today=today))
    context = {
        "case": case,
        "centre": case.centre,
        "sections": sections,
        "offers": offers,
        "still_good": sum(offer.piece.judged.usable for offer in offers),
        "changeable": changeable,
    }
    return render(request, "portal/evidence_case.html", context)


@centres_only
@form_page
def at_criterion(request: CentreRequest, pk: int, number: int) -> HttpResponse:
    """The evidence for one criterion: what is there, what could be taken from the collection, and upload."""
    today = timezone.localdate()
    case = find_case(request, pk, today=today)
    criteria = reading.criteria_for(case)
    criterion = next((each for each in criteria if each.pk == number), None)
    if criterion is None:
        raise Http404
    form = _upload_form(request, case.centre, criteria, today, chosen=criterion)
    if request.method == "POST" and (answer := _at_criterion(request, case, criterion, form)):
        return answer
    changeable = acts.may_change(case)
    offers = reading.offers_of(case, today=today) if changeable else []
    context = {
        "case": case,
        "centre": case.centre,
        "criterion": criterion,
        "here": reading.evidence_of(case, today=today).get(criterion.pk, reading.NOTHING),
        "offers": [offer for offer in offers if offer.criterion.pk == criterion.pk],
        "changeable": changeable,
        "form": form,
    }
    return render(request, "portal/evidence_criterion.html", context)


@centres_only
@form_page
def piece(request: CentreRequest, pk: int) -> HttpResponse:
    """What is known about a piece, where it is used, and its details to change until it is handed in."""
    today = timezone.localdate()
    found = _find_piece(request, pk, today)
    case = _case_in_work(request, found.centre, today)
    criteria = reading.criteria_for(case)
    form = DetailsForm(
        typed(request),
        criteria=criteria,
        today=today,
        initial=reading.said_of(found, criteria),
    )
    if request.method == "POST" and form.is_valid():
        at, details = timezone.now(), form.details()
        return _do(
            request,
            lambda: acts.describe(found, details, by=request.user, at=at),
            done="Die Angaben sind gespeichert.",
            to=reverse("portal:evidence", args=[found.centre_id]),
        )
    context = {"centre": found.centre, "form": form, "story": reading.story_of(found, case=case, today=today)}
    return render(request, "portal/evidence_piece.html", context)


@centres_only
@form_page
def remove(request: CentreRequest, pk: int) -> HttpResponse:
    found = _find_piece(request, pk, timezone.localdate())
    to = reverse("portal:evidence", args=[found.centre_id])
    if request.method == "POST":
        return _do(
            request,
            lambda: acts.remove(found, by=request.user, at=timezone.now()),
            done=lambda gone: f"„{found.title}“ ist {'gelöscht' if gone else 'aus Ihrer Sammlung entfernt'}.",
            to=to,
        )
    context = {"centre": found.centre, "piece": found, "handed_in": found.uses.handed_in().exists()}
    return render(request, "portal/evidence_remove.html", context)


def _find_centre(request: CentreRequest, pk: int, today: date) -> FamilyCentre:
    return get_object_or_404(FamilyCentre.objects.visible_to(request.user, on=today), pk=pk)


def _find_piece(request: CentreRequest, pk: int, today: date) -> Evidence:
    visible = Evidence.objects.visible_to(request.user, on=today).at_hand().select_related("centre", "uploaded_by")
    return get_object_or_404(visible, pk=pk)


def _case_in_work(request: CentreRequest, centre: FamilyCentre, today: date) -> Case | None:
    cases = Case.objects.visible_to(request.user, on=today).open().filter(centre=centre)
    return cases.select_related("centre", "round__edition").first()


def _upload_form(
    request: CentreRequest,
    centre: FamilyCentre,
    criteria: Sequence[Criterion],
    today: date,
    *,
    chosen: Criterion | None = None,
) -> UploadForm:
    options: dict[str, Any] = {"criteria": criteria, "today": today}
    said = typed(request)
    if said is None or "title" not in said:  # the other buttons of the page say nothing about new files
        return UploadForm(initial={"criteria": [chosen.pk] if chosen else []}, **options)
    return UploadForm(said, request.FILES, earlier=kept_before(request, centre, said.getlist("stored")), **options)


def kept_before(request: CentreRequest, centre: FamilyCentre, sent: Sequence[str]) -> list[Evidence]:
    """The pieces the page says were kept a moment ago: of these one's own of this centre."""
    numbers = [int(pk) for pk in sent if pk.isdecimal()]
    if not numbers:
        return []
    visible = Evidence.objects.visible_to(request.user, on=timezone.localdate()).at_hand()
    return list(visible.filter(centre=centre, uploaded_by=request.user, pk__in=numbers))


def _at_criterion(request: CentreRequest, case: Case, criterion: Criterion, form: UploadForm) -> HttpResponse | None:
    """What the pressed button asks for; none where the page is to be shown again with its form."""
    by, at = request.user, timezone.now()
    if more := _named(request, case, "dazu"):
        done = f"„{more.title}“ liegt jetzt bei {criterion.code}."
        return _do(request, lambda: acts.attach(case, [more], criteria=[criterion.pk], by=by, at=at), done=done)
    if less := _named(request, case, "weg"):
        done = f"„{less.title}“ gehört nicht mehr zu {criterion.code}. In Ihrer Sammlung bleibt der Nachweis."
        return _do(request, lambda: acts.detach(case, less, criterion=criterion, by=by, at=at), done=done)
    return _take_in(request, form, case.centre, case, to=request.path)


def _named(request: CentreRequest, case: Case, button: str) -> Evidence | None:
    """The centre's piece whose button was pressed; 404 for another's."""
    if button not in request.POST:
        return None
    own = Evidence.objects.filter(centre=case.centre_id)
    return get_object_or_404(own, pk=request.POST[button] if request.POST[button].isdecimal() else 0)


def _take_in(
    request: CentreRequest, form: UploadForm, centre: FamilyCentre, case: Case | None, *, to: str
) -> HttpResponse | None:
    """Keep every good file. None where something is still missing: then the page says what, and what was kept."""
    try:
        pieces = keep_what_is_good(request, form, centre, case)
    except NotAllowedError as error:
        messages.error(request, str(error))
        return lead_on(request, to)
    if pieces is None:
        return None
    messages.success(request, _kept_sentence(len(pieces)))
    for piece in reading.not_usable(pieces, centre, case, today=timezone.localdate()):
        messages.warning(request, f"„{piece.evidence.title}“: {piece.judged.sentence}")
    return lead_on(request, to)


def keep_what_is_good(
    request: CentreRequest, form: UploadForm, centre: FamilyCentre, case: Case | None, *, query: Query | None = None
) -> list[Evidence] | None:
    """Keep every good file, whatever is wrong with the rest. None where something is: the form says what was kept.

    Raises NotAllowedError.
    """
    is_whole = form.is_valid()
    earlier = form.earlier if form.says_all else []
    pieces = acts.keep_all(
        centre,
        form.kept,
        form.details(),
        by=request.user,
        at=timezone.now(),
        case=case,
        query=query,
        earlier=earlier,
    )
    if is_whole:
        return pieces
    form.now_stored([*form.earlier, *pieces[len(earlier) :]])
    return None


def _kept_sentence(count: int) -> str:
    return "Der Nachweis ist gespeichert." if count == 1 else f"{count} Nachweise sind gespeichert."


def _again_sentence(count: int) -> str:
    if not count:
        return "Es war nichts mehr zu übernehmen, was noch gilt."
    return "Ein Nachweis ist wieder eingereicht." if count == 1 else f"{count} Nachweise sind wieder eingereicht."


def _do(
    request: CentreRequest,
    act: Callable[[], Any],
    *,
    done: str | Callable[[Any], str],
    to: str = "",
) -> HttpResponse:
    """Call the act and tell how it went; `done` is what to say, or says it of what the act gave back."""
    try:
        result = act()
    except NotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done if isinstance(done, str) else done(result))
    return lead_on(request, to or request.path)


def lead_on(request: CentreRequest, address: str) -> HttpResponse:
    """On to a page; where htmx has sent the form it is asked to go there."""
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)
