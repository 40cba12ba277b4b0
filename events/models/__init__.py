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
    "Question",
    "Registration",
    "RegistrationAnswer",
    "RegistrationStep",
]
