"""The acts on a case, and the only writers of `Case.state`.

Each act locks the case, checks the table of moves and its own guard, and writes fields, step and letter in one
transaction. Each returns the `Step`, whose `case` is the case as it stands now.
"""

from certification.workflow.acting import NotAllowedError
from certification.workflow.applying import register, submit
from certification.workflow.assigning import assign, exempt, sentences
from certification.workflow.concluding import recommend, recommend_without_visit, release, send_back, start_review
from certification.workflow.correcting import AreaChange, correct_outcome, release_correction, send_back_correction
from certification.workflow.ending import award, decline, miss, supersede, withdraw
from certification.workflow.objecting import decide_objection, record_objection
from certification.workflow.querying import (
    Question,
    answer,
    ask,
    close_unanswered,
    extend_deadline,
    follow_calendar,
    follow_calendar_everywhere,
    pause_deadline,
    resume_deadline,
    save_drafts,
)
from certification.workflow.visiting import (
    Offer,
    agree_visit,
    ask_for_other_slots,
    cancel_visit,
    move_visit,
    offer_slots,
    record_visit,
    withdraw_slots,
)

__all__ = [
    "AreaChange",
    "NotAllowedError",
    "Offer",
    "Question",
    "agree_visit",
    "answer",
    "ask",
    "ask_for_other_slots",
    "assign",
    "award",
    "cancel_visit",
    "close_unanswered",
    "correct_outcome",
    "decide_objection",
    "decline",
    "exempt",
    "extend_deadline",
    "follow_calendar",
    "follow_calendar_everywhere",
    "miss",
    "move_visit",
    "offer_slots",
    "pause_deadline",
    "recommend",
    "recommend_without_visit",
    "record_objection",
    "record_visit",
    "register",
    "release",
    "release_correction",
    "resume_deadline",
    "save_drafts",
    "send_back",
    "send_back_correction",
    "sentences",
    "start_review",
    "submit",
    "supersede",
    "withdraw",
    "withdraw_slots",
]
