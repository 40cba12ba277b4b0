"""From what the rules say to what the templates show."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from certification.dossier import Dossier
from certification.next_step import NextStep
from certification.questionnaire import Item, Questionnaire, Section
from certification.rules.periods import in_words_left, long_date
from certification.rules.scoring import Explained, Result


def link(name: str, pk: int) -> str:
    return reverse(f"portal:{name}", args=[pk]) if name else ""


def shown_step(step: NextStep, case: int | None, *, today: date) -> dict[str, str]:
    return {
        "title": step.title,
        "text": step.text,
        "url": link(step.link, case) if case else "",
        "action": step.action,
        "due": step.due_in_words(today),
        "effort": step.effort,
        "waiting": step.waiting,
    }


def shown_tasks(dossier: Dossier) -> list[dict[str, str]]:
    return [
        {"title": t.title, "status": t.status, "tone": t.tone, "hint": t.hint, "url": link(t.link, dossier.case.pk)}
        for t in dossier.tasks
    ]


def case_context(dossier: Dossier) -> dict[str, Any]:
    """What every page about a case shows."""
    label, tone = dossier.state
    return {
        "dossier": dossier,
        "case": dossier.case,
        "centre": dossier.case.centre,
        "state_label": label,
        "state_tone": tone,
        "step": shown_step(dossier.next_step, dossier.case.pk, today=dossier.today),
        "tasks": shown_tasks(dossier),
    }


@dataclass(frozen=True, slots=True)
class Open:
    """A criterion that does not count yet, with the reason as a tree where it was answered."""

    section: Section
    item: Item
    why: str
    tree: Explained | None


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of passing: which criteria count for it already, by number, and which do not yet."""

    explained: Explained
    counts: list[str]
    open: list[Open]


def checks(questionnaire: Questionnaire, result: Result) -> list[Check]:
    """What the answers amount to so far, rule by rule."""
    by_code = {item.criterion.code: (section, item) for section in questionnaire.sections for item in section.items}
    return [
        Check(
            rule,
            [criterion.title for criterion in rule.children if criterion.met],
            [_open(*by_code[criterion.title], criterion) for criterion in rule.children if not criterion.met],
        )
        for rule in result.tree.children
    ]


def _open(section: Section, item: Item, explained: Explained) -> Open:
    if not item.answered:
        return Open(section, item, "noch nicht beantwortet", None)
    return Open(section, item, "beantwortet, zählt aber noch nicht", explained)


def round_facts(dossier: Dossier) -> list[tuple[str, str]]:
    """The dates of the procedure."""
    round_, today = dossier.case.round, dossier.today
    return [
        ("Verfahren", round_.get_procedure_display()),
        ("Runde", round_.label),
        ("Kriterien", str(round_.edition)),
        ("Prüfzeitraum", f"{long_date(round_.audit_from)} bis {long_date(round_.audit_until)}"),
        ("Anmeldung bis", _dated(round_.registration_until, today)),
        ("Einreichung bis", _dated(round_.submission_until, today)),
        ("Begehungen", f"{long_date(round_.visits_from)} bis {long_date(round_.visits_until)}"),
        ("Ergebnis spätestens", _dated(round_.results_until, today)),
    ]


def _dated(day: date, today: date) -> str:
    return f"{long_date(day)} ({in_words_left(day, today)})" if day >= today else long_date(day)
