"""The acts on a case, and the only writers of `Case.state`.

Each act locks the case, checks the table of moves and its own guard, and writes fields, step and letter in one
transaction. Each returns the `Step`, whose `case` is the case as it stands now.
"""

from certification.workflow.acting import NotAllowedError
from certification.workflow.applying import register, submit
from certification.workflow.concluding import recommend, recommend_without_visit, release, send_back, start_review
from certification.workflow.ending import award, decline, miss, supersede, withdraw
from certification.workflow.querying import answer, ask
from certification.workflow.visiting import agree_visit, record_visit

__all__ = [
    "NotAllowedError",
    "agree_visit",
    "answer",
    "ask",
    "award",
    "decline",
    "miss",
    "recommend",
    "recommend_without_visit",
    "record_visit",
    "register",
    "release",
    "send_back",
    "start_review",
    "submit",
    "supersede",
    "withdraw",
]
