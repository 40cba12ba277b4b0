"""How the centre was reminded of open questions, and when the review goes on without an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from centres.models import Letter, LetterState
from certification import unanswered
from certification.calendars import work_calendar
from certification.models import Case, Query
from certification.rules.moves import State
from certification.rules.periods import long_date

TONES = {LetterState.SENT: "success", LetterState.FAILED: "danger"}
BEFORE = (
    f"Nach dem Ende der Frist wird noch einmal erinnert. {unanswered.GRACE} Arbeitstage, nachdem diese Erinnerung "
    "wirklich zugestellt ist, geht die Prüfung von selbst ohne Antwort weiter."
)
NOT_DELIVERED = (
    "Nach dem Ende der Frist ist noch keine Erinnerung zugestellt. Von selbst geht die Prüfung erst weiter, wenn "
    "eine angekommen ist; bitte rufen Sie das Zentrum an, wenn das nicht gelingt."
)
PAUSED = "Die Frist ist angehalten: Es wird nicht erinnert, und von selbst geschieht nichts."


@dataclass(frozen=True, slots=True)
class Reminded:
    """One reminder to one person, and what became of it."""

    letter: Letter

    @property
    def label(self) -> str:
        return "zugestellt" if self.letter.state == LetterState.SENT else self.letter.get_state_display()

    @property
    def tone(self) -> str:
        return TONES.get(LetterState(self.letter.state), "warning")

    @property
    def what(self) -> str:
        late = self.letter.template == unanswered.OVERDUE
        return "nach Ablauf der Frist" if late else "vor Ablauf der Frist"

    @property
    def when(self) -> str:
        moment = self.letter.sent_at or self.letter.written_at
        return f"{'versandt' if self.letter.sent_at else 'geschrieben'} am {long_date(timezone.localdate(moment))}"


@dataclass(frozen=True, slots=True)
class Reminding:
    reminders: Sequence[Reminded]
    goes_on: str


def reminding(case: Case, queries: Sequence[Query], *, today: date) -> Reminding | None:
    """Of a case that waits for answers. Two queries at most."""
    waiting = [query for query in queries if query.is_open]
    if case.state != State.QUERIED or not waiting:
        return None
    letters = list(unanswered.reminders_of(case))
    return Reminding([Reminded(letter) for letter in letters], _goes_on(waiting, letters, today))


def _goes_on(waiting: Sequence[Query], letters: Sequence[Letter], today: date) -> str:
    running = [query.due_on for query in waiting if not query.paused_on]
    if len(running) < len(waiting):
        return PAUSED
    if max(running) >= today:
        return BEFORE
    delivered = unanswered.first_delivery(letters, max(running))
    if delivered is None:
        return NOT_DELIVERED
    last = unanswered.grace_after(delivered, work_calendar())
    return (
        f"Die Erinnerung ist seit dem {long_date(delivered)} zugestellt; von da an zählen {unanswered.GRACE} "
        f"Arbeitstage. Ohne Antwort geht die Prüfung nach dem {long_date(last)} von selbst weiter."
    )
