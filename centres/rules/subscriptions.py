"""Which letters a person may do without. Everything else is mandatory: it tells of a duty, a date or a decision."""

EARLY = "early-reminders"
EVENTS = "event-reminders"
MAILINGS = "mailings"

# Each kind with its name, as it completes "Sie bekommen keine … mehr". Keys are stored: they stay.
KINDS = {
    EARLY: "frühen Erinnerungen an das Ende des Gütesiegels",
    EVENTS: "Erinnerungen an Veranstaltungen",
    MAILINGS: "Rundbriefe",
}

# By the name of the reminder rule. At 22 months nothing is to be done yet and four reminders are still to come.
KIND_OF_RULE = {"seal/22-months": EARLY}


def kind_of(rule: str) -> str:
    """What somebody ends who ends the letters of this rule."""
    room = rule.partition("/")[0]
    return KIND_OF_RULE.get(rule) or {"event": EVENTS}.get(room, MAILINGS)


def is_mandatory(rule: str) -> bool:
    """Reminders of the certification are, but for those named above."""
    return rule not in KIND_OF_RULE
