"""What the texts of the letters may speak of, and the cases their previews are made from."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from centres.models import FamilyCentre
from centres.texts.book import Context, Example, LetterKind, Placeholder
from certification import unanswered
from certification.models import (
    Case,
    ChangeKind,
    DeadlineChange,
    Objection,
    Procedure,
    Query,
    Round,
    Seal,
    SiteVisit,
    Step,
    VisitMode,
    VisitMove,
)
from certification.rules.moves import BY_ACT
from certification.rules.periods import long_date
from certification.rules.validity import validity
from certification.rules.visiting import LONGEST

# What a preview says is made up where the case has not got it.
FACTS = {
    "step": "der Schritt des Falles",
    "query": "die Rückfrage",
    "visit": "die Begehung",
    "seal": "das Gütesiegel",
    "objection": "der Widerspruch",
    "day": "die Frist",
    "left": "die Zeit bis dahin",
}


def _round_day(name: str) -> Callable[[Context], str]:
    return lambda context: long_date(getattr(context["case"].round, name))


def _span(first: str, last: str) -> Callable[[Context], str]:
    def of(context: Context) -> str:
        round_ = context["case"].round
        return f"{long_date(getattr(round_, first))} bis {long_date(getattr(round_, last))}"

    return of


def _moment(moment: datetime, words: str) -> str:
    return date_format(timezone.localtime(moment), words)


def running_case(context: Context) -> str:
    """What a centre does whose seal runs out, with a case under way or without one."""
    case: Case | None = context.get("case")
    if case:
        return (
            f"Ihr Fall in der Runde „{case.round.label}“ läuft bereits. "
            "Was Sie jetzt tun: Sehen Sie im Portal nach, was als Nächstes ansteht."
        )
    return (
        "Was Sie jetzt tun: noch nichts. Zur Re-Zertifizierung bekommen Sie rechtzeitig eine Einladung. "
        "Nachweise können Sie schon sammeln."
    )


def case_after_the_end(context: Context) -> str:
    case: Case | None = context.get("case")
    if case:
        return f"Ihr Fall in der Runde „{case.round.label}“ ist noch nicht abgeschlossen; sein Stand steht im Portal."
    return "Es gibt keinen offenen Fall zur Re-Zertifizierung."


def _visit_ends(visit: SiteVisit) -> str:
    return _moment(visit.ends_at or visit.starts_at + LONGEST, r"H:i \U\h\r")


def _asked(context: Context) -> str:
    number = context.get("number", 1)
    return "eine Rückfrage" if number == 1 else f"{number} Rückfragen"


def _offered(context: Context) -> str:
    return "einen Termin" if context["number"] == 1 else f"{context['number']} Termine"


def _ends(context: Context) -> str:
    change: DeadlineChange = context["change"]
    return "angehalten" if change.kind == ChangeKind.PAUSED else long_date(change.new_due_on)


def _what_to_do_by_then(context: Context) -> str:
    change: DeadlineChange = context["change"]
    if change.kind == ChangeKind.PAUSED:
        return (
            "Sie ist zurzeit angehalten. Was Sie jetzt tun: nichts. Wir schreiben Ihnen, sobald sie weiterläuft. "
            "Antworten können Sie jederzeit."
        )
    because = " Grund ist ein Feiertag, der neu im Kalender steht." if change.kind == ChangeKind.CALENDAR else ""
    day = long_date(change.new_due_on)
    return (
        f"Sie endet am {day}, bisher am {long_date(change.old_due_on)}.{because} "
        f"Was Sie jetzt tun: Antworten Sie im Portal bis zum {day}."
    )


CENTRE = (
    Placeholder("Familienzentrum", "Name des Familienzentrums", lambda c: c["centre"].name),
    Placeholder(
        "Zertifizierungsnummer",
        "Nummer, unter der es zertifiziert ist",
        lambda c: c["centre"].certification_number,
    ),
)
CASE = (
    *CENTRE,
    Placeholder("Runde", "Bezeichnung der Runde", lambda c: c["case"].round.label),
    Placeholder(
        "Verfahren", "Erst-Zertifizierung oder Re-Zertifizierung", lambda c: c["case"].round.get_procedure_display()
    ),
    Placeholder("Prüfzeitraum", "erster bis letzter Tag des Prüfzeitraums", _span("audit_from", "audit_until")),
    Placeholder("Anmeldeschluss", "letzter Tag, die Teilnahme zu bestätigen", _round_day("registration_until")),
    Placeholder("Einreichungsschluss", "letzter Tag, die Unterlagen einzureichen", _round_day("submission_until")),
    Placeholder("Begehungszeitraum", "erster bis letzter Tag der Begehungen", _span("visits_from", "visits_until")),
    Placeholder("Ergebnistermin", "Tag, bis zu dem das Ergebnis vorliegt", _round_day("results_until")),
)
REASON = Placeholder("Begründung", "Begründung, die im Fall eingetragen ist", lambda c: c["step"].reason, True)
DEADLINE = Placeholder("Frist", "Tag, um den es geht", lambda c: long_date(c["day"]), True)
LEFT = Placeholder("Restzeit", "wie lange es noch ist, zum Beispiel „noch 14 Tage“", lambda c: c["left"])
QUERY_DUE = Placeholder(
    "Antwortfrist", "Tag, bis zu dem die Antwort erwartet wird", lambda c: long_date(c["query"].due_on), True
)
ASKED = Placeholder("Rückfragen", "wie viele Rückfragen, zum Beispiel „eine Rückfrage“", _asked)
OFFERED = Placeholder("Termine", "wie viele Termine, zum Beispiel „3 Termine“", _offered)
GRACE = Placeholder("Nachfrist", "wie lange danach noch gewartet wird", lambda _: f"{unanswered.GRACE} Arbeitstagen")
PERIOD = (
    Placeholder("Fristende", "neuer letzter Tag, oder dass die Frist angehalten ist", _ends),
    Placeholder("Fristhinweis", "was sich geändert hat und bis wann zu antworten ist", _what_to_do_by_then, True),
)
MOVED_FROM = Placeholder(
    "Bisher", "Tag und Uhrzeit, die entfallen", lambda c: _moment(c["move"].old_starts_at, r"j. F Y, H:i \U\h\r")
)
WHAT = Placeholder("Vorgang", "vereinbart, verlegt oder abgesagt", lambda c: c["what"])
SUBMITTED = Placeholder(
    "Eingang", "Tag und Uhrzeit des Eingangs", lambda c: _moment(c["step"].at, r"j. F Y \u\m H:i \U\h\r"), True
)
OBJECTED = Placeholder(
    "Widerspruchseingang",
    "Tag, an dem der Widerspruch einging",
    lambda c: long_date(c["objection"].received_on),
    True,
)
VISIT = (
    Placeholder(
        "Termin", "Tag und Uhrzeit der Begehung", lambda c: _moment(c["visit"].starts_at, r"j. F Y, H:i \U\h\r"), True
    ),
    Placeholder("Terminende", "Uhrzeit, zu der sie endet", lambda c: _visit_ends(c["visit"])),
    Placeholder("Wochentag", "Wochentag der Begehung", lambda c: _moment(c["visit"].starts_at, "l")),
    Placeholder("Begehungsart", "vor Ort oder per Video", lambda c: c["visit"].get_mode_display()),
)
SEAL = (
    Placeholder("Verleihungstag", "Tag der Verleihung", lambda c: long_date(c["seal"].awarded_on), True),
    Placeholder("Gültigkeitsbeginn", "erster gültiger Tag", lambda c: long_date(c["seal"].valid_from), True),
    Placeholder("Gültigkeitsende", "letzter gültiger Tag", lambda c: long_date(c["seal"].valid_through), True),
    Placeholder(
        "Erklärung",
        "warum das Gütesiegel an diesem Tag endet, ein Satz je Zeile",
        lambda c: "\n".join(f"- {sentence}" for sentence in c["seal"].explanation),
        True,
    ),
)


def sample() -> dict[str, Any]:
    """A centre, its case and all that may be said of it, made up and stored nowhere."""
    centre = FamilyCentre(name="Familienzentrum Musterstraße", certification_number="0000000")
    round_ = Round(
        procedure=Procedure.RENEWAL,
        label="Muster-Runde",
        audit_from=date(2026, 1, 1),
        audit_until=date(2027, 1, 31),
        registration_until=date(2026, 3, 31),
        submission_until=date(2027, 1, 31),
        visits_from=date(2027, 2, 15),
        visits_until=date(2027, 5, 31),
        results_until=date(2027, 7, 15),
    )
    case = Case(pk=0, centre=centre, round=round_)
    at = datetime(2027, 1, 20, 10, 30, tzinfo=timezone.get_default_timezone())
    dates = validity(date(2027, 7, 1))
    return {
        "centre": centre,
        "case": case,
        "step": Step(case=case, at=at, reason="Hier steht die Begründung."),
        "query": Query(case=case, due_on=date(2027, 3, 1)),
        "visit": SiteVisit(case=case, starts_at=at.replace(month=4), mode=VisitMode.ON_SITE),
        "seal": Seal(
            centre=centre,
            awarded_on=dates.awarded_on,
            valid_from=dates.valid_from,
            valid_through=dates.valid_through,
            explanation=list(dates.sentences),
        ),
        "number": 2,
        "change": DeadlineChange(kind=ChangeKind.EXTENDED, old_due_on=date(2027, 3, 1), new_due_on=date(2027, 3, 15)),
        "move": VisitMove(old_starts_at=at.replace(month=3)),
        "what": "vereinbart",
        "objection": Objection(case=case, received_on=date(2027, 7, 20)),
        "day": date(2027, 7, 31),
        "left": "noch 14 Tage",
    }


def _of_case(case: Case, needed: tuple[str, ...], **facts: Any) -> Example:
    """What is known of the case, and of what is needed besides, the sample's."""
    known = {"case": case, "centre": case.centre, **facts}
    known |= {name: found for name, found in _stored(case, needed) if found}
    if "query" in known:
        known["day"] = known["query"].due_on
    made_up = tuple(FACTS[name] for name in needed if name not in known)
    return Example(f"{case.centre}, {case.round}", {**sample(), **known}, made_up)


def _stored(case: Case, needed: tuple[str, ...]) -> list[tuple[str, Any]]:
    stored = {
        "query": Query.objects.filter(case=case).order_by("-asked_at"),
        "visit": SiteVisit.objects.filter(case=case).order_by("-starts_at"),
        "objection": Objection.objects.filter(case=case).order_by("-received_on"),
        "seal": Seal.objects.filter(case=case).order_by("-valid_through"),
    }
    return [(name, stored[name].first()) for name in needed if name in stored]


def newest_step(act: str, needed: tuple[str, ...]) -> Callable[[str], Example | None]:
    """The case that made this step last; of a centre named by its number else its newest case."""

    def newest(number: str) -> Example | None:
        steps = Step.objects.filter(act=act).select_related("case__centre", "case__round").order_by("-at", "-pk")
        step = (steps.filter(case__centre__certification_number=number) if number else steps).first()
        if step:
            return _of_case(step.case, needed, step=step)
        return _newest_case(number, needed)

    return newest


def _newest_case(number: str, needed: tuple[str, ...], **facts: Any) -> Example | None:
    cases = Case.objects.select_related("centre", "round").order_by("-state_since", "-pk")
    case = (cases.filter(centre__certification_number=number) if number else cases).first()
    return _of_case(case, needed, **facts) if case else None


def _newest_deadline(anchor: str) -> Callable[[str], Example | None]:
    def newest(number: str) -> Example | None:
        found = _newest_case(number, ("day", "left"))
        if found is None:
            return None
        day = getattr(found.context["case"].round, anchor)
        return Example(found.of, {**found.context, "day": day}, (FACTS["left"],))

    return newest


def newest_seal(number: str) -> Example | None:
    """The seal that decides about the centre; without a number the one that ends next."""
    seals = Seal.objects.latest_per_centre().filter(centre__ended_on=None).select_related("centre")
    found = seals.filter(centre__certification_number=number) if number else seals
    seal = found.order_by("valid_through", "pk").first()
    if seal is None:
        return None
    case = Case.objects.open().filter(centre=seal.centre).select_related("round").first()
    known = {"centre": seal.centre, "seal": seal, "day": seal.valid_through, "case": case}
    return Example(str(seal.centre), {**sample(), **known}, (FACTS["left"],))


def of_act(
    key: str, title: str, occasion: str, *own: Placeholder, act: str, needs: tuple[str, ...] = ()
) -> LetterKind:
    return LetterKind(key, title, occasion, (*CASE, *own), sample, newest_step(act, needs))


def of_move(act: str, title: str, *own: Placeholder, needs: tuple[str, ...] = ()) -> LetterKind:
    """The letter the table of moves names for an act."""
    move = BY_ACT[act]
    occasion = f"nach dem Schritt „{move.label}“"
    return of_act(move.letter, title, occasion, *own, act=act, needs=needs)


def reminder(chain: str, title: str, occasion: str) -> LetterKind:
    newest = _newest_deadline(f"{chain}_until")
    return LetterKind(f"reminder_{chain}", title, occasion, (*CASE, DEADLINE, LEFT), sample, newest)
