"""What a case asks for from the invitation to the certificate, each task with its state on a day: plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certification.next_step import Situation
from certification.rules.moves import State
from certification.rules.periods import in_words_left, long_date

STILL_OPEN = {State.INVITED, State.REGISTERED}
DONE, LATER, NEVER = ("Erledigt", "success"), ("Später", ""), ("Entfällt", "")


@dataclass(frozen=True, slots=True)
class Task:
    """`link` is the name of the portal's page where it is done; empty while there is nothing to do."""

    title: str
    status: str
    tone: str = ""
    hint: str = ""
    link: str = ""


def tasks(situation: Situation, *, today: date) -> list[Task]:
    return [
        _register_task(situation, today),
        _answer_task(situation, today),
        _submit_task(situation, today),
        _review_task(situation, today),
        _visit_task(situation, today),
        _result_task(situation),
        _certificate_task(situation),
    ]


def _now(due: date | None, today: date) -> tuple[str, str]:
    return ("Überfällig", "danger") if due and due < today else ("Jetzt", "info")


def _until(day: date, today: date) -> str:
    return f"bis {long_date(day)}, {in_words_left(day, today)}"


def _register_task(s: Situation, today: date) -> Task:
    title = "Teilnahme bestätigen"
    if s.state == State.INVITED:
        link = "register" if today <= s.submission_until else ""
        return Task(title, *_now(s.registration_until, today), _until(s.registration_until, today), link)
    return Task(title, *(NEVER if _ended_early(s) and s.submitted_on is None else DONE))


def _answer_task(s: Situation, today: date) -> Task:
    title, hint = "Fragebogen ausfüllen", f"{s.answered} von {s.criteria} Kriterien beantwortet"
    if s.state in STILL_OPEN:
        if s.criteria and s.answered == s.criteria:
            return Task(title, *DONE, hint, "questionnaire")
        status = _now(s.submission_until, today) if s.state == State.REGISTERED else ("Möglich", "")
        return Task(title, *status, hint, "questionnaire")
    if s.submitted_on is None:
        return Task(title, *NEVER)
    return Task(title, *DONE, "Ihre Antworten lesen und drucken", "answers")


def _submit_task(s: Situation, today: date) -> Task:
    title = "Unterlagen einreichen"
    if s.submitted_on:
        return Task(title, *DONE, f"eingereicht am {long_date(s.submitted_on)}")
    if s.state not in STILL_OPEN:
        return Task(title, *NEVER)
    if s.state == State.INVITED:
        return Task(title, *LATER, _until(s.submission_until, today))
    overdue = s.submission_until < today
    status = _now(s.submission_until, today) if overdue or s.answered == s.criteria else ("Möglich", "")
    return Task(title, *status, _until(s.submission_until, today), "submit")


def _review_task(s: Situation, today: date) -> Task:
    title = "Prüfung durch die Zertifizierungsstelle"
    if s.state == State.QUERIED and s.query_due:
        hint = f"Rückfrage: Antwort {_until(s.query_due, today)}"
        return Task(title, *_now(s.query_due, today), hint, "answer")
    if s.state == State.QUERIED:
        return Task(title, *_now(None, today), "Rückfrage: die Frist ist angehalten", "answer")
    if s.released:
        return Task(title, *DONE)
    if _ended_early(s):
        return Task(title, *NEVER)
    if s.submitted_on and s.state not in STILL_OPEN:
        return Task(title, "Läuft", "info", "Es wartet: Sie auf die Zertifizierungsstelle")
    return Task(title, *LATER)


def _visit_task(s: Situation, today: date) -> Task:
    title = "Begehung"
    if s.visit_on:
        past = s.visit_on < today or s.state != State.VISIT_AGREED
        return Task(title, *(DONE if past else ("Vereinbart", "info")), f"am {long_date(s.visit_on)}", "visit")
    if s.released or _ended_early(s):
        return Task(title, *NEVER)
    if s.offers and not s.released:
        return Task(title, *_now(None, today), "Bitte wählen Sie einen Termin", "visit")
    return Task(title, *LATER, "Den Termin stimmen wir mit Ihnen ab, falls eine Begehung nötig ist.")


def _result_task(s: Situation) -> Task:
    title = "Ergebnis"
    if s.released:
        return Task(title, "Liegt vor", "success", link="result")
    if _ended_early(s):
        return Task(title, *NEVER)
    return Task(title, *LATER, f"spätestens am {long_date(s.results_until)}")


def _certificate_task(s: Situation) -> Task:
    title = "Gütesiegel und Urkunde"
    if s.state == State.AWARDED:
        status = ("Liegt bereit", "success") if s.certificate_ready else ("Wird erstellt", "info")
        return Task(title, *status, link="result")
    if s.eligible is False or _ended_early(s):
        return Task(title, *NEVER)
    return Task(title, *LATER, "Darüber entscheidet das Ministerium." if s.released else "")


def _ended_early(s: Situation) -> bool:
    return s.state in {State.WITHDRAWN, State.MISSED, State.SUPERSEDED}
