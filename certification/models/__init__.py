from certification.models.aftermath import AreaCorrection, Objection, ObjectionResult
from certification.models.assignment import Absence, Assignment, AssignmentBatch, SavedFilter
from certification.models.award import AwardBatch, AwardItem
from certification.models.case import Case, Step
from certification.models.catalogue import Area, Criterion, Edition, Part, PassRule
from certification.models.evidence import Evidence, EvidenceUse
from certification.models.independence import Exemption, IndependenceRule, Tie
from certification.models.paper import CaseNote, Quote, TextBlock
from certification.models.profile import QualityProfile
from certification.models.query import ChangeKind, DeadlineChange, ExtraHoliday, Query
from certification.models.receipt import Receipt
from certification.models.reminder import Chain, ReminderRule
from certification.models.review import Answer, AreaResult, Finding, Outcome, Verdict
from certification.models.round import Procedure, Round
from certification.models.seal import Certificate, LedgerKind, Seal, SealEntry
from certification.models.visit import SchoolHolidays, SiteVisit, SlotRequest, VisitMode, VisitMove, VisitSlot

__all__ = [
    "Absence",
    "Answer",
    "Area",
    "AreaCorrection",
    "AreaResult",
    "Assignment",
    "AssignmentBatch",
    "AwardBatch",
    "AwardItem",
    "Case",
    "CaseNote",
    "Certificate",
    "Chain",
    "ChangeKind",
    "Criterion",
    "DeadlineChange",
    "Edition",
    "Evidence",
    "EvidenceUse",
    "Exemption",
    "ExtraHoliday",
    "Finding",
    "IndependenceRule",
    "LedgerKind",
    "Objection",
    "ObjectionResult",
    "Outcome",
    "Part",
    "PassRule",
    "Procedure",
    "QualityProfile",
    "Query",
    "Quote",
    "Receipt",
    "ReminderRule",
    "Round",
    "SavedFilter",
    "SchoolHolidays",
    "Seal",
    "SealEntry",
    "SiteVisit",
    "SlotRequest",
    "Step",
    "TextBlock",
    "Tie",
    "Verdict",
    "VisitMode",
    "VisitMove",
    "VisitSlot",
]
