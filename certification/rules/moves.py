"""The legal moves of a case: one table, for code, permission, diagram and test (design.md § 4)."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    INVITED = "invited"
    REGISTERED = "registered"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    QUERIED = "queried"
    VISIT_AGREED = "visit_agreed"
    VISITED = "visited"
    RECOMMENDED = "recommended"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    State.INVITED: "eingeladen",
    State.REGISTERED: "angemeldet",
    State.SUBMITTED: "eingereicht",
    State.IN_REVIEW: "in Prüfung",
    State.QUERIED: "Rückfrage offen",
    State.VISIT_AGREED: "Begehung vereinbart",
    State.VISITED: "begangen",
    State.RECOMMENDED: "Ergebnis vorgeschlagen",
    State.AWARDED: "Gütesiegel verliehen",
    State.NOT_AWARDED: "nicht verliehen",
    State.WITHDRAWN: "zurückgetreten",
    State.MISSED: "nicht teilgenommen",
    State.SUPERSEDED: "abgelöst",
}

FINAL = frozenset({State.AWARDED, State.NOT_AWARDED, State.WITHDRAWN, State.MISSED, State.SUPERSEDED})
OPEN = frozenset(State) - FINAL


class Actor(StrEnum):
    """Who makes a move."""

    CENTRE = "centre"
    AUDITOR = "auditor"
    MINISTRY = "ministry"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Move:
    """An act by its name in `certification.workflow`, and where it leads from where.

    `letter` is the file under templates/letters that tells the centre; moves inside the house have none, since
    the centre learns nothing of a recommendation before its release. `after_visit` is True where the move needs a
    visit that was held, False where there must have been none: a fact of the case, which may have come back to the
    review since.
    """

    act: str
    sources: frozenset[State]
    target: State
    actors: frozenset[Actor]
    label: str
    needs_reason: bool = False
    letter: str = ""
    after_visit: bool | None = None

    def fits(self, *, visited: bool) -> bool:
        return self.after_visit in {None, visited}


def _move(
    act: str,
    sources: set[State] | frozenset[State],
    target: State,
    actors: set[Actor],
    label: str,
    *,
    needs_reason: bool = False,
    letter: str = "",
    after_visit: bool | None = None,
) -> Move:
    return Move(act, frozenset(sources), target, frozenset(actors), label, needs_reason, letter, after_visit)


_CENTRE, _AUDITOR, _MINISTRY = {Actor.CENTRE}, {Actor.AUDITOR}, {Actor.MINISTRY}
_BEFORE_RECOMMENDATION = {
    State.INVITED,
    State.REGISTERED,
    State.SUBMITTED,
    State.IN_REVIEW,
    State.QUERIED,
    State.VISIT_AGREED,
    State.VISITED,
}

MOVES = (
    _move("register", {State.INVITED}, State.REGISTERED, _CENTRE, "Teilnahme bestätigen", letter="case_registered"),
    _move("submit", {State.REGISTERED}, State.SUBMITTED, _CENTRE, "einreichen", letter="case_submitted"),
    _move("start_review", {State.SUBMITTED}, State.IN_REVIEW, _AUDITOR, "Prüfung beginnen", letter="case_in_review"),
    _move(
        "ask",
        {State.IN_REVIEW, State.QUERIED, State.VISITED},
        State.QUERIED,
        _AUDITOR,
        "Rückfrage stellen",
        letter="case_queried",
    ),
    _move("answer", {State.QUERIED}, State.IN_REVIEW, _CENTRE, "Rückfrage beantworten", letter="case_answered"),
    _move(
        "close_unanswered",
        {State.QUERIED},
        State.IN_REVIEW,
        {Actor.AUDITOR, Actor.CLOCK},
        "ohne Antwort weiterprüfen",
        letter="case_unanswered",
    ),
    _move(
        "agree_visit",
        {State.IN_REVIEW, State.VISITED},
        State.VISIT_AGREED,
        {Actor.CENTRE, Actor.AUDITOR},
        "Begehung vereinbaren",
        letter="visit_agreed",
    ),
    _move(
        "cancel_visit",
        {State.VISIT_AGREED},
        State.IN_REVIEW,
        _AUDITOR,
        "Begehung absagen",
        needs_reason=True,
        letter="visit_cancelled",
    ),
    _move(
        "record_visit", {State.VISIT_AGREED}, State.VISITED, _AUDITOR, "Begehung festhalten", letter="visit_recorded"
    ),
    # From the review again: after a visit the case may have been sent back, or have waited for an answer.
    _move(
        "recommend",
        {State.IN_REVIEW, State.VISITED},
        State.RECOMMENDED,
        _AUDITOR,
        "Ergebnis vorschlagen",
        after_visit=True,
    ),
    _move(
        "recommend_without_visit",
        {State.IN_REVIEW},
        State.RECOMMENDED,
        _AUDITOR,
        "Ergebnis ohne Begehung vorschlagen",
        needs_reason=True,
        after_visit=False,
    ),
    _move("send_back", {State.RECOMMENDED}, State.IN_REVIEW, _AUDITOR, "zurückgeben", needs_reason=True),
    # From "not awarded" only after a correction whose released outcome is eligible: the act asks for it.
    _move(
        "award",
        {State.RECOMMENDED, State.NOT_AWARDED},
        State.AWARDED,
        _MINISTRY,
        "Gütesiegel verleihen",
        letter="seal_awarded",
    ),
    _move("decline", {State.RECOMMENDED}, State.NOT_AWARDED, _MINISTRY, "nicht verleihen", letter="case_declined"),
    _move(
        "withdraw",
        _BEFORE_RECOMMENDATION,
        State.WITHDRAWN,
        {Actor.CENTRE, Actor.MINISTRY},
        "zurücktreten",
        needs_reason=True,
        letter="case_withdrawn",
    ),
    _move(
        "miss",
        {State.INVITED, State.REGISTERED},
        State.MISSED,
        {Actor.MINISTRY, Actor.CLOCK},
        "nicht teilgenommen",
        needs_reason=True,
        letter="case_missed",
    ),
    _move(
        "supersede",
        OPEN,
        State.SUPERSEDED,
        _MINISTRY,
        "durch neues Verfahren ablösen",
        needs_reason=True,
        letter="case_superseded",
    ),
)

BY_ACT = {move.act: move for move in MOVES}
