from events.models.attendance import AttendanceStep, Participant, ParticipantFile, Proof
from events.models.event import (
    Contribution,
    EventKind,
    EventMode,
    EventSeries,
    EventStep,
    InfoEvent,
    Question,
)
from events.models.feedback import FeedbackAnswer, FeedbackQuestion, FeedbackRight, FeedbackSheet
from events.models.invitation import Invitation, InvitationBatch
from events.models.mailing import Mailing, MailingGroup, MailingRecipient, MailingState
from events.models.material import Material
from events.models.registration import Registration, RegistrationAnswer, RegistrationStep

__all__ = [
    "AttendanceStep",
    "Contribution",
    "EventKind",
    "EventMode",
    "EventSeries",
    "EventStep",
    "FeedbackAnswer",
    "FeedbackQuestion",
    "FeedbackRight",
    "FeedbackSheet",
    "InfoEvent",
    "Invitation",
    "InvitationBatch",
    "Mailing",
    "MailingGroup",
    "MailingRecipient",
    "MailingState",
    "Material",
    "Participant",
    "ParticipantFile",
    "Proof",
    "Question",
    "Registration",
    "RegistrationAnswer",
    "RegistrationStep",
]
