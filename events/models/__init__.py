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
from events.models.invitation import Invitation
from events.models.registration import Registration, RegistrationAnswer, RegistrationStep

__all__ = [
    "Contribution",
    "EventKind",
    "EventMode",
    "EventSeries",
    "EventStep",
    "InfoEvent",
    "Invitation",
    "Material",
    "Question",
    "Registration",
    "RegistrationAnswer",
    "RegistrationStep",
]
