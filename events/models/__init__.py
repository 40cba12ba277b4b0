from events.models.attendance import AttendanceStep, Participant, ParticipantFile, Proof
from events.models.event import (
    Contribution,
    EventKind,
    EventMode,
    EventSeries,
    EventStep,
    InfoEvent,
    Material,
    Question,
)
from events.models.invitation import Invitation, InvitationBatch
from events.models.mailing import Mailing, MailingGroup, MailingRecipient, MailingState
from events.models.registration import Registration, RegistrationAnswer, RegistrationStep

__all__ = [
    "AttendanceStep",
    "Contribution",
    "EventKind",
    "EventMode",
    "EventSeries",
    "EventStep",
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
