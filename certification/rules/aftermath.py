"""What may follow where no seal is awarded, and what a correction means for a seal: sentences, never decisions.

Sources: domain.md § 3.5. Known is only that the grant may be paid for one more kindergarten year after a failed first
certification (§ 43 (2) KiBiz); what follows a failed renewal and how long one may object is not known, and said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certification.rules.periods import long_date


@dataclass(frozen=True, slots=True)
class MayFollow:
    """`certain` is False for what is at somebody's discretion or not settled."""

    sentence: str
    source: str
    certain: bool = False


_TALK = MayFollow(
    "Sprechen Sie mit Ihrem Träger und Ihrem Jugendamt darüber, wie es weitergeht.",
    "Hinweise der Zertifizierungsstelle",
    certain=True,
)
_OBJECT = MayFollow(
    "Gegen das Ergebnis können Sie Einwände erheben; Form und Frist nennt der Bescheid.",
    "Form und Frist sind hier nicht hinterlegt",
)
AFTER_REFUSAL = {
    "initial": (
        _TALK,
        MayFollow(
            "Im Einzelfall kann die Förderung für ein weiteres Kindergartenjahr gewährt werden; "
            "in dieser Zeit ist eine neue Zertifizierung möglich. Darüber entscheidet das Jugendamt.",
            "§ 43 Absatz 2 KiBiz",
        ),
        _OBJECT,
    ),
    "renewal": (
        _TALK,
        MayFollow(
            "Ob und wann eine neue Re-Zertifizierung möglich ist, ist hier nicht hinterlegt; "
            "bitte fragen Sie die Zertifizierungsstelle.",
            "Regelung nicht bekannt",
        ),
        _OBJECT,
    ),
}


def after_refusal(procedure: str) -> tuple[MayFollow, ...]:
    """What may follow where the seal was not awarded in this procedure."""
    return AFTER_REFUSAL[procedure]


def of_correction(state: str, *, eligible: bool, was_eligible: bool, seal_through: date | None) -> str:
    """What a correction of the outcome would bring about for case and seal, for whoever proposes or releases it."""
    if eligible == was_eligible:
        return "Am Ergebnis ändert sich nichts, nur an Bewertungen oder Texten; ein Gütesiegel bleibt unberührt."
    if state == "awarded" and seal_through:
        return (
            f"Das Gütesiegel ist schon verliehen und gilt bis zum {long_date(seal_through)}. Die Berichtigung ändert "
            "daran nichts: Ob es entzogen wird, entscheidet das Ministerium."
        )
    if state == "not_awarded":
        return (
            "Das Gütesiegel ist nicht verliehen. Nach der Freigabe kann das Ministerium es auf das berichtigte "
            "Ergebnis hin verleihen; von selbst geschieht das nicht."
        )
    return "Das Ministerium hat noch nicht entschieden. Es entscheidet dann über das berichtigte Ergebnis."
