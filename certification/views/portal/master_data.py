from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.drafts import typed
from centres import contact_data, proposals
from centres.models import CentreKind, Facility, FamilyCentre, Proposal, Subject
from centres.proposals import NotPossibleError, Wish
from certification.forms.master_data import ContactForm, KindForm, NameForm, ProviderForm, YouthOfficeForm
from certification.networks import network_of
from certification.rules.network import MOST_FACILITIES
from certification.views.portal.access import CentreRequest, centres_only, find_centre

DECIDED = 5
question_page = require_http_methods(["GET", "HEAD", "POST"])
SENT = "Ihr Vorschlag ist beim Ministerium. Sie bekommen einen Brief, sobald es entschieden hat."


@dataclass(frozen=True, slots=True)
class Topic:
    """What may be proposed about a centre, by the word in the address."""

    subject: Subject
    form: type[NameForm | KindForm | ProviderForm | YouthOfficeForm]
    question: str
    consequences: tuple[str, ...]


TOPICS = {
    "name": Topic(
        Subject.NAME,
        NameForm,
        "Wie soll Ihr Familienzentrum heißen?",
        (
            "Das Ministerium entscheidet. Bis dahin bleibt der bisherige Name im Register.",
            "Ausgestellte Urkunden ändern sich nicht: Sie nennen weiter den bisherigen Namen und bleiben gültig.",
            "Eine neue Urkunde stellt das Ministerium auf Wunsch aus.",
        ),
    ),
    "form": Topic(
        Subject.KIND,
        KindForm,
        "Soll Ihr Familienzentrum eine andere Form bekommen?",
        (
            "Eine andere Form bedeutet eine neue Zertifizierung und eine neue Zertifizierungsnummer.",
            "Am besten passt der Wechsel, wenn ohnehin eine Re-Zertifizierung ansteht.",
            "Sprechen Sie zuerst mit Ihrem Jugendamt; es meldet die Umstrukturierung an das Landesjugendamt.",
            f"Ein Verbund hat in der Regel höchstens {MOST_FACILITIES} Einrichtungen im Umkreis von 3 km.",
        ),
    ),
    "traeger": Topic(
        Subject.PROVIDER,
        ProviderForm,
        "Wer ist der neue Träger?",
        (
            "Das Ministerium entscheidet. Bis dahin bleibt der bisherige Träger im Register.",
            "Eine Urkunde, die schon ausgestellt ist, ändert sich nicht und bleibt gültig.",
        ),
    ),
    "jugendamt": Topic(
        Subject.YOUTH_OFFICE,
        YouthOfficeForm,
        "Welches Jugendamt ist jetzt zuständig?",
        ("Das Ministerium entscheidet. Bis dahin bleibt das bisherige Jugendamt im Register.",),
    ),
}


@centres_only
@question_page
def master_data(request: CentreRequest, pk: int) -> HttpResponse:
    """What the register says: contact data to correct at once, the rest to propose."""
    today = timezone.localdate()
    centre = _find(request, pk, today=today)
    facilities = [member.facility for member in network_of(centre, today=today).members]
    form = ContactForm(typed(request), centre=centre, facilities=facilities)
    if request.method == "POST" and form.is_valid():
        contact_data.correct(*form.filled())
        messages.success(request, "Ihre Angaben sind gespeichert und gelten sofort.")
        return redirect("portal:master_data", pk)
    context = {"centre": centre, "form": form, "facilities": facilities, **proposals_of(request, centre, today=today)}
    return render(request, "portal/master_data.html", context)


@centres_only
@question_page
def propose(request: CentreRequest, pk: int, what: str) -> HttpResponse:
    """One question to the ministry about the centre."""
    today = timezone.localdate()
    centre, topic = _find(request, pk, today=today), TOPICS.get(what)
    if topic is None:
        raise Http404
    facility = _facility(request, centre, today=today) if topic.subject == Subject.PROVIDER else None
    form = topic.form(typed(request))
    if request.method == "POST" and form.is_valid() and _proposed(request, centre, topic, form, facility):
        messages.success(request, SENT)
        return redirect("portal:master_data", pk)
    now = _now(centre, topic.subject, facility)
    context = {"centre": centre, "topic": topic, "form": form, "facility": facility, "now": now}
    return render(request, "portal/propose.html", context)


@centres_only
@question_page
def take_back(request: CentreRequest, pk: int) -> HttpResponse:
    visible = Proposal.objects.visible_to(request.user, on=timezone.localdate()).select_related("centre", "facility")
    proposal = get_object_or_404(visible, pk=pk)
    if request.method == "POST":
        try:
            proposals.take_back(proposal, by=request.user, at=timezone.now())
            messages.success(request, "Ihr Vorschlag ist zurückgezogen.")
        except NotPossibleError as error:
            messages.error(request, str(error))
        return redirect("portal:master_data", proposal.centre_id)
    return render(request, "portal/take_back.html", {"proposal": proposal, "centre": proposal.centre})


def proposals_of(request: CentreRequest, centre: FamilyCentre, *, today: date) -> dict[str, Any]:
    """What waits, and what was decided last. Two queries."""
    own = Proposal.objects.visible_to(request.user, on=today).filter(centre=centre).select_related("facility")
    decided = own.exclude(decision="").order_by("-decided_at", "-pk")
    return {"waiting": own.open().order_by("proposed_at", "pk"), "decided": decided[:DECIDED]}


def _find(request: CentreRequest, pk: int, *, today: date) -> FamilyCentre:
    centre = find_centre(request, pk, today=today)
    return FamilyCentre.objects.select_related("youth_office").get(pk=centre.pk)


def _facility(request: CentreRequest, centre: FamilyCentre, *, today: date) -> Facility:
    """The one asked for by its number in the address, or the only one there is."""
    members = {str(m.facility.pk): m.facility for m in network_of(centre, today=today).members}
    found = members.get(request.GET.get("einrichtung", ""))
    if found is None and len(members) == 1:
        (found,) = members.values()
    if found is None:
        raise Http404
    return found


def _now(centre: FamilyCentre, subject: Subject, facility: Facility | None) -> str:
    if facility is not None:
        return facility.provider.name if facility.provider else ""
    return {
        Subject.NAME: centre.name,
        Subject.KIND: centre.get_kind_display(),
        Subject.YOUTH_OFFICE: centre.youth_office.name,
    }[subject]


def _proposed(
    request: CentreRequest, centre: FamilyCentre, topic: Topic, form: Any, facility: Facility | None
) -> bool:
    other = CentreKind.SINGLE if centre.is_network else CentreKind.NETWORK
    given = {"new": other.label} | form.wish()
    wish = Wish(topic.subject, reason=form.cleaned_data["reason"], facility=facility, **given)
    return sent(request, centre, wish, form)


def sent(request: CentreRequest, centre: FamilyCentre, wish: Wish, form: forms.Form) -> bool:
    """Whether it was proposed; if not, the form says why."""
    try:
        proposals.propose(centre, wish, by=request.user, at=timezone.now())
    except NotPossibleError as error:
        form.add_error(None, str(error))
        return False
    return True
