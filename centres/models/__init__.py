from centres.models.bounce import Bounce
from centres.models.calendar_feed import CalendarFeed
from centres.models.centre import CentreKind, Facility, FamilyCentre, NetworkMembership
from centres.models.fact import CentreFact, FactKind
from centres.models.handover import Handover, HandoverState
from centres.models.hold import Hold
from centres.models.job import JobRun
from centres.models.letter import Letter, LetterState
from centres.models.offices import Provider, RegionalYouthOffice, YouthOffice
from centres.models.opt_out import OptOut
from centres.models.person import Membership, MembershipRole
from centres.models.proposal import Decision, Proposal, Subject
from centres.models.settlement import Settlement
from centres.models.text import LetterText, TextState

__all__ = [
    "Bounce",
    "CalendarFeed",
    "CentreFact",
    "CentreKind",
    "Decision",
    "Facility",
    "FactKind",
    "FamilyCentre",
    "Handover",
    "HandoverState",
    "Hold",
    "JobRun",
    "Letter",
    "LetterState",
    "LetterText",
    "Membership",
    "MembershipRole",
    "NetworkMembership",
    "OptOut",
    "Proposal",
    "Provider",
    "RegionalYouthOffice",
    "Settlement",
    "Subject",
    "TextState",
    "YouthOffice",
]
