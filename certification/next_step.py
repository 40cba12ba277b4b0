"""The one next step of a centre: plain Python, from a situation and a day.

A situation holds only what the centre may know. Until an outcome is released, a case reads the same whether it is
being reviewed, was visited or waits for the second person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from certification.rules.moves import FINAL, State
from certification.rules.periods import in_words_left, long_date
from certification.rules.rounds import renewal_dates

FRESH_DAYS = 90  # so long a closed case stays in front; after that the page looks ahead
MINUTES_PER_CRITERION = 5
NOTHING = "Sie müssen gerade nichts tun"
BODY = "die Zertifizierungsstelle"
NOBODY = "niemand auf Sie"
ON_BODY = "Sie auf die Zertifizierungsstelle"
ON_MINISTRY = "Sie auf das Ministerium"
IN_REVIEW = {State.IN_REVIEW, State.VISITED, State.RECOMMENDED}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a centre knows of its case. `eligible` is None until an outcome is released."""

    state: State
    procedure: str
    registration_until: date
    submission_until: date
    audit_until: date
    results_until: date
    criteria: int = 0
    answered: int = 0
    submitted_on: date | None = None
    query_due: date | None = None
    queries: int = 0
    query_paused: bool = False
    offers: int = 0
    visit_on: date | None = None
    eligible: bool | None = None
    certificate_ready: bool = False

    @property
    def released(self) -> bool:
        return self.eligible is not None

    @property
    def under_review(self) -> bool:
        return self.state in IN_REVIEW and not self.released


@dataclass(frozen=True, slots=True)
class NextStep:
    """`link` is the name of the portal's page where it is done; empty where there is nothing to do there."""

    title: str
    text: str
    link: str = ""
    action: str = ""
    due: date | None = None
    effort: str = ""
    waiting: str = ""

    def due_in_words(self, today: date) -> str:
        return f"{long_date(self.due)}, {in_words_left(self.due, today)}" if self.due else ""


def shown_state(situation: Situation) -> tuple[str, str]:
    """The state as the centre may read it, and the tone of its badge."""
    if situation.under_review:
        return State.IN_REVIEW.label, "info"
    if situation.state == State.RECOMMENDED:
        return "Ergebnis liegt vor", "info"
    return situation.state.label, _TONES.get(situation.state, "info")


def next_step(situation: Situation, *, today: date) -> NextStep:
    state = situation.state
    if state in _ALWAYS:
        return _ALWAYS[state]
    return _BY_CASE[state](situation) if state in _BY_CASE else _BY_DAY[state](situation, today)


def step_without_case(seal_ends: date | None, *, today: date) -> NextStep:
    """No case is open: when the next one starts, by the last day of the seal."""
    if seal_ends is None or seal_ends < today:
        text = "Es gibt weder ein gültiges Gütesiegel noch einen offenen Fall. Wenn Sie zertifiziert werden möchten, "
        return NextStep("Sprechen Sie mit Ihrem Jugendamt", text + "wenden Sie sich bitte an Ihr Jugendamt.")
    dates = renewal_dates(seal_ends)
    text = (
        f"Zur Re-Zertifizierung laden wir Sie im Herbst {dates.registration_until.year} ein. Der Prüfzeitraum geht "
        f"dann vom {long_date(dates.audit_from)} bis zum {long_date(dates.audit_until)}. "
        "Nachweise über Fortbildungen und Vereinbarungen mit Partnern können Sie schon sammeln."
    )
    return NextStep(NOTHING, text, waiting=NOBODY)


def is_fresh(state: State, since: date, *, today: date) -> bool:
    """Whether the case still belongs in front: open ones always, closed ones for a while."""
    return state not in FINAL or today <= since + timedelta(days=FRESH_DAYS)


def may_withdraw(situation: Situation) -> bool:
    """Offered until a result is released, whatever stage the review has reached inside the house."""
    return situation.state not in FINAL and not situation.released


def _invited(s: Situation, today: date) -> NextStep:
    if today > s.submission_until:
        text = f"Die Anmeldung ist nicht mehr möglich, die Frist endete am {long_date(s.submission_until)}."
        return NextStep("Wenden Sie sich an die Zertifizierungsstelle", text)
    if today > s.registration_until:
        late = (
            f"Die Anmeldefrist endete am {long_date(s.registration_until)}. Sie können sich noch anmelden, "
            "aber bitte sofort."
        )
        return NextStep(
            "Teilnahme bestätigen", late, "register", "Jetzt bestätigen", s.submission_until, "5 Minuten", BODY
        )
    text = f"Ihr Familienzentrum ist zur {s.procedure} eingeladen. Bitte bestätigen Sie, dass Sie teilnehmen."
    return NextStep(
        "Teilnahme bestätigen", text, "register", "Teilnahme bestätigen", s.registration_until, "5 Minuten", BODY
    )


def _registered(s: Situation, today: date) -> NextStep:
    late = (
        "Die Frist ist vorbei. Bitte reichen Sie sofort ein; sonst gilt Ihr Familienzentrum als nicht teilgenommen. "
        if today > s.submission_until
        else ""
    )
    if s.answered < s.criteria:
        text = f"{_open_criteria(s)} Sie können jederzeit unterbrechen; was Sie speichern, bleibt erhalten."
        action = "Weiter ausfüllen" if s.answered else "Fragebogen beginnen"
        return NextStep(
            "Fragebogen ausfüllen", late + text, "questionnaire", action, s.submission_until, _effort(s), BODY
        )
    text = "Alle Kriterien sind beantwortet. Prüfen Sie Ihre Angaben noch einmal und reichen Sie sie dann ein."
    if today < s.audit_until:
        text += f" Bis zum {long_date(s.audit_until)} zählen auch weitere Angebote."
    return NextStep(
        "Unterlagen einreichen", late + text, "submit", "Einreichen", s.submission_until, "10 Minuten", BODY
    )


def _open_criteria(s: Situation) -> str:
    left = s.criteria - s.answered
    if not s.answered:
        return f"Beantworten Sie die {s.criteria} Kriterien."
    return f"Es {'fehlt' if left == 1 else 'fehlen'} noch {left} von {s.criteria} Kriterien."


def _effort(s: Situation) -> str:
    minutes = (s.criteria - s.answered) * MINUTES_PER_CRITERION
    if minutes < 60:
        return f"{minutes} Minuten"
    hours = round(minutes / 60)
    return "1 Stunde" if hours == 1 else f"{hours} Stunden, auch in Etappen"


def _submitted(s: Situation) -> NextStep:
    text = f"Ihre Unterlagen sind eingegangen. Das Ergebnis liegt spätestens am {long_date(s.results_until)} vor."
    return NextStep(NOTHING, text, waiting=ON_BODY)


def _in_review(s: Situation) -> NextStep:
    if s.released:
        return _RELEASED
    if s.offers:
        return _CHOOSE
    text = (
        "Die Zertifizierungsstelle prüft Ihre Unterlagen. Wenn sie etwas wissen möchte, schreiben wir Ihnen. "
        f"Das Ergebnis liegt spätestens am {long_date(s.results_until)} vor."
    )
    return NextStep(NOTHING, text, waiting=ON_BODY)


def _queried(s: Situation) -> NextStep:
    several = s.queries > 1
    asked = f"{s.queries} Rückfragen" if several else "eine Rückfrage"
    text = f"Die Zertifizierungsstelle hat {asked}. Die Prüfung geht weiter, sobald Sie geantwortet haben."
    if s.query_paused:
        text += " Die Frist ist zurzeit angehalten."
    what = "Rückfragen" if several else "Rückfrage"
    effort = f"{max(s.queries, 1) * 30} Minuten"
    return NextStep(f"{what} beantworten", text, "answer", f"{what} lesen", s.query_due, effort, BODY)


def _visit_agreed(s: Situation, today: date) -> NextStep:
    if s.visit_on and s.visit_on < today:
        return NextStep(NOTHING, "Die Begehung hat stattgefunden. Die Prüfung geht weiter.", waiting=ON_BODY)
    text = "Halten Sie den Termin frei und Ihre Unterlagen bereit. Wer das Gespräch führt, sollte Zeit haben."
    effort = "3 bis 4 Stunden am Tag der Begehung"
    return NextStep("Begehung vorbereiten", text, "visit", "Was Sie vorbereiten", s.visit_on, effort)


def _awarded(s: Situation) -> NextStep:
    text = "Herzlichen Glückwunsch! Das Gütesiegel ist verliehen."
    if s.certificate_ready:
        text += " Ihre Urkunde liegt bereit."
        return NextStep("Urkunde herunterladen", text, "result", "Zu Ergebnis und Urkunde", None, "5 Minuten")
    text += " Ihre Urkunde wird gerade erstellt und liegt in wenigen Minuten bereit."
    return NextStep("Ergebnis lesen", text, "result", "Ergebnis ansehen", None, "10 Minuten")


_RELEASED = NextStep(
    "Ergebnis lesen",
    "Das Ergebnis Ihrer Prüfung ist da. Über die Verleihung entscheidet als Nächstes das Ministerium.",
    "result",
    "Ergebnis ansehen",
    effort="10 Minuten",
    waiting=ON_MINISTRY,
)
_CHOOSE = NextStep(
    "Termin für die Begehung wählen",
    "Die Zertifizierungsstelle möchte Ihr Familienzentrum besuchen und bietet Ihnen Termine an. Wählen Sie den, der "
    "Ihnen passt, oder bitten Sie um andere.",
    "visit",
    "Termin wählen",
    effort="5 Minuten",
    waiting=BODY,
)
_NOT_AWARDED = NextStep(
    "Ergebnis lesen",
    "Das Gütesiegel wurde nicht verliehen. Die Gründe je Bereich stehen im Ergebnis. Sprechen Sie mit Ihrem Träger "
    "und Ihrem Jugendamt darüber, wie es weitergeht.",
    "result",
    "Ergebnis ansehen",
    effort="10 Minuten",
)
_WITHDRAWN = NextStep(
    "Dieses Verfahren ist beendet",
    "Sie sind von diesem Verfahren zurückgetreten. Fragen dazu beantworten Ihr Jugendamt und die "
    "Zertifizierungsstelle.",
)
_MISSED = NextStep(
    "Dieses Verfahren ist beendet",
    "Ihr Familienzentrum hat nicht teilgenommen. Wenn das ein Irrtum ist, melden Sie sich bitte sofort bei der "
    "Zertifizierungsstelle und bei Ihrem Jugendamt.",
)
_SUPERSEDED = NextStep(
    "Dieses Verfahren ist beendet",
    "Ein anderes Verfahren ist an seine Stelle getreten. Sie müssen nichts tun.",
)
_ALWAYS = {
    State.NOT_AWARDED: _NOT_AWARDED,
    State.WITHDRAWN: _WITHDRAWN,
    State.MISSED: _MISSED,
    State.SUPERSEDED: _SUPERSEDED,
}
_BY_CASE: dict[State, Callable[[Situation], NextStep]] = {
    State.SUBMITTED: _submitted,
    State.IN_REVIEW: _in_review,
    State.QUERIED: _queried,
    State.VISITED: _in_review,
    State.RECOMMENDED: _in_review,
    State.AWARDED: _awarded,
}
_BY_DAY: dict[State, Callable[[Situation, date], NextStep]] = {
    State.INVITED: _invited,
    State.REGISTERED: _registered,
    State.VISIT_AGREED: _visit_agreed,
}
_TONES = {
    State.INVITED: "warning",
    State.QUERIED: "warning",
    State.AWARDED: "success",
    State.NOT_AWARDED: "danger",
    State.WITHDRAWN: "",
    State.MISSED: "danger",
    State.SUPERSEDED: "",
}
