"""The letters about people and register, and what their texts may speak of (found by `centres.apps`)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import User
from centres import asking
from centres.handovers import ACTS_NOW, WHY
from centres.models import FamilyCentre, Handover, LetterText, Membership, MembershipRole, Proposal, Subject
from centres.people import ENDED, INVITED
from centres.proposals import WHY as PROPOSED
from centres.texts.acts import ASKS, WHY_ASKED
from centres.texts.book import Context, Example, LetterKind, Placeholder, declare

NO_TOKEN = "muster"  # noqa: S105 - a preview never carries a link that confirms anything


def _page(name: str, *facts: str) -> Callable[[Context], str]:
    return lambda context: context["site_url"] + reverse(name, args=[context[fact] for fact in facts])


def _way(context: Context) -> str:
    """Who confirms a handover."""
    handover: Handover = context["handover"]
    if handover.provider_email:
        return (
            f"Wir haben den Träger ({handover.provider_name}) gebeten, das zu bestätigen. "
            "Antwortet er nicht innerhalb von 14 Tagen, entscheidet das Ministerium."
        )
    return "Vom Träger ist uns keine E-Mail-Adresse bekannt. Deshalb prüft das Ministerium die Übergabe."


CENTRE = (
    Placeholder("Familienzentrum", "Name des Familienzentrums", lambda c: c["centre"].name),
    Placeholder(
        "Zertifizierungsnummer", "Nummer, unter der es zertifiziert ist", lambda c: c["centre"].certification_number
    ),
)
SIGN_IN = (
    Placeholder(
        "Anmeldeseite", "Link zur Anmeldung mit einem Code", _page("account_request_login_code"), mandatory=True
    ),
    Placeholder("Anmeldeadresse", "E-Mail-Adresse der Person", lambda c: c["recipient"].email, mandatory=True),
)
INVITER = Placeholder("Leitung", "wer die Vertretung eingetragen hat", lambda c: c["invited_by"])
SUCCESSOR = Placeholder("Nachfolge", "Name der neuen Leitung", lambda c: c["handover"].successor_name, mandatory=True)
BEGIN = Placeholder(
    "Beginn", "erster Tag der neuen Leitung", lambda c: date_format(c["handover"].starts_on, "j. F Y"), mandatory=True
)
ASKED_BY = Placeholder("Antragstellerin", "wer die Übergabe beantragt hat", lambda c: c["handover"].asked_by.name)


def _sample(why: str) -> Callable[[], dict[str, Any]]:
    def sample() -> dict[str, Any]:
        centre = FamilyCentre(pk=0, name="Familienzentrum Musterstraße", certification_number="0000000")
        handover = Handover(
            centre=centre,
            successor_name="Kim Muster",
            starts_on=date(2027, 8, 1),
            provider_name="Muster-Träger",
            provider_email="traeger@example.org",
            asked_by=User(name="Erika Muster"),
        )
        words = {"why": why, "invited_by": "Erika Muster", "token": NO_TOKEN}
        return {"centre": centre, "handover": handover, **words}

    return sample


def _newest_deputy(sample: Callable[[], dict[str, Any]]) -> Callable[[str], Example | None]:
    def newest(number: str) -> Example | None:
        deputies = Membership.objects.filter(role=MembershipRole.DEPUTY).select_related("centre").order_by("-pk")
        found = (deputies.filter(centre__certification_number=number) if number else deputies).first()
        centre = found.centre if found else _centre(number)
        made_up = ("der Name der Leitung",)
        return Example(str(centre), {**sample(), "centre": centre}, made_up) if centre else None

    return newest


def _newest_handover(sample: Callable[[], dict[str, Any]]) -> Callable[[str], Example | None]:
    def newest(number: str) -> Example | None:
        asked = Handover.objects.select_related("centre", "asked_by").order_by("-asked_at", "-pk")
        found = (asked.filter(centre__certification_number=number) if number else asked).first()
        if found:
            return Example(str(found.centre), {**sample(), "centre": found.centre, "handover": found})
        centre = _centre(number)
        return Example(str(centre), {**sample(), "centre": centre}, ("die Übergabe",)) if centre else None

    return newest


def _centre(number: str) -> FamilyCentre | None:
    return FamilyCentre.objects.filter(certification_number=number).first() if number else None


def _deputy(key: str, title: str, occasion: str, why: str, *own: Placeholder) -> LetterKind:
    sample = _sample(why)
    return LetterKind(key, title, occasion, (*CENTRE, *own), sample, _newest_deputy(sample))


def _handover(key: str, title: str, occasion: str, *own: Placeholder) -> LetterKind:
    sample = _sample(WHY.get(key, ACTS_NOW))
    return LetterKind(key, title, occasion, (*CENTRE, *own), sample, _newest_handover(sample))


def _follows(context: Context) -> str:
    """What an accepted proposal means for the centre."""
    if context["proposal"].subject == Subject.KIND:
        return (
            "Eine andere Form bedeutet eine neue Zertifizierung mit neuer Zertifizierungsnummer. Bis dahin bleibt im "
            "Register alles, wie es ist. Was Sie jetzt tun: Sprechen Sie mit Ihrem Jugendamt; es meldet die "
            "Umstrukturierung an das Landesjugendamt."
        )
    return "Sie müssen nichts tun. Im Portal sehen Sie, was jetzt im Register steht."


def _sample_text() -> dict[str, Any]:
    text = LetterText(pk=0, letter=asking.QUESTION, number=1, author=User(name="Erika Muster"))
    return {"version": text, "why": WHY_ASKED}


def _newest_text(number: str) -> Example | None:
    """No centre has one: whatever the number, the newest that waits."""
    found = LetterText.objects.waiting().select_related("author").order_by("-written_at", "-pk").first()
    return Example(str(found), {**_sample_text(), "version": found}) if found else None


def _sample_proposal() -> dict[str, Any]:
    centre = FamilyCentre(pk=0, name="Familienzentrum Musterstraße", certification_number="0000000")
    proposal = Proposal(centre=centre, subject=Subject.NAME, old=centre.name, new="Familienzentrum am Park")
    return {"centre": centre, "proposal": proposal, "why": PROPOSED.format("2. Februar 2027")}


def _newest_proposal(number: str) -> Example | None:
    decided = Proposal.objects.exclude(decision="").select_related("centre").order_by("-decided_at", "-pk")
    found = (decided.filter(centre__certification_number=number) if number else decided).first()
    if found is None:
        return None
    return Example(str(found.centre), {**_sample_proposal(), "centre": found.centre, "proposal": found})


def _proposal(key: str, title: str, occasion: str, *own: Placeholder) -> LetterKind:
    about = Placeholder("Angabe", "was geändert werden sollte", lambda c: c["proposal"].get_subject_display())
    return LetterKind(key, title, occasion, (*CENTRE, about, *own), _sample_proposal, _newest_proposal)


declare(
    [
        LetterKind(
            ASKS,
            "Brieftext wartet auf Freigabe, an das Ministerium",
            "wenn jemand einen geänderten Brieftext zur Freigabe gibt",
            (
                Placeholder("Brief", "um welchen Brief es geht", lambda c: str(c["version"])),
                Placeholder("Person", "wer den Text geändert hat", lambda c: c["version"].author.name),
            ),
            _sample_text,
            _newest_text,
        ),
        _proposal(
            "proposal_accepted",
            "Vorschlag angenommen",
            "wenn das Ministerium eine vorgeschlagene Änderung annimmt",
            Placeholder("Folge", "was das für das Familienzentrum bedeutet", _follows, mandatory=True),
        ),
        _proposal(
            "proposal_declined",
            "Vorschlag abgelehnt",
            "wenn das Ministerium eine vorgeschlagene Änderung ablehnt",
        ),
        _deputy(
            "deputy_invited", "Vertretung eingetragen", "wenn jemand Vertretung wird", INVITED, INVITER, *SIGN_IN
        ),
        _deputy("deputy_ended", "Vertretung beendet", "wenn eine Vertretung endet", ENDED),
        _deputy(
            asking.QUESTION,
            "Stimmt Ihre Leitung noch?",
            "einmal im Jahr, wenn Briefe zurückkommen oder sich ein Jahr lang niemand angemeldet hat",
            asking.WHY,
            SIGN_IN[0],
            Placeholder("Rückmeldung", "Link zum Formular für Rückmeldungen", _page("feedback"), mandatory=True),
        ),
        _handover(
            "handover_asked",
            "Übergabe der Leitung beantragt",
            "wenn die Leitung eine Übergabe beantragt",
            ASKED_BY,
            SUCCESSOR,
            BEGIN,
            Placeholder("Bestätigungsweg", "wer die Übergabe bestätigt", _way, mandatory=True),
        ),
        _handover(
            "handover_provider",
            "Übergabe der Leitung, an den Träger",
            "wenn die Leitung eine Übergabe beantragt und die Adresse des Trägers bekannt ist",
            ASKED_BY,
            SUCCESSOR,
            BEGIN,
            Placeholder("Bestätigungslink", "Link, mit dem der Träger antwortet", _page("handover", "token"), True),
        ),
        _handover(
            "handover_refused", "Übergabe vom Träger abgelehnt", "wenn der Träger die Übergabe ablehnt", SUCCESSOR
        ),
        _handover(
            "handover_closed",
            "Übergabe nicht vollzogen",
            "wenn das Ministerium eine Übergabe ohne Wechsel beendet",
            SUCCESSOR,
        ),
        _handover(
            "handover_done",
            "Leitung übergeben, an die bisherige Leitung",
            "wenn eine Übergabe bestätigt ist",
            SUCCESSOR,
            BEGIN,
        ),
        _handover(
            "handover_successor",
            "Leitung übergeben, an die neue Leitung",
            "wenn eine Übergabe bestätigt ist",
            BEGIN,
            *SIGN_IN,
        ),
    ]
)
