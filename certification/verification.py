"""What the verification page answers. Computed at each look from the certificate, its seal and the day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from certification.models import Certificate
from certification.models.seal import CertificateQuerySet
from certification.rules.facts import ROWS, Facts
from certification.rules.numbers import normal_number
from certification.rules.periods import long_date
from certification.rules.status import SealStatus


class Verdict(StrEnum):
    VALID = "valid"
    RUNNING_OUT = "running_out"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"
    NOT_YET_VALID = "not_yet_valid"
    UNKNOWN = "unknown"


HEADLINES = {
    Verdict.VALID: "Echt und gültig",
    Verdict.RUNNING_OUT: "Echt und gültig, läuft aus",
    Verdict.ENDED: "Echt, aber abgelaufen",
    Verdict.WITHDRAWN: "Echt, aber entzogen",
    Verdict.SUPERSEDED: "Echt, aber abgelöst",
    Verdict.REPLACED: "Echt, aber ersetzt",
    Verdict.NOT_YET_VALID: "Echt, aber noch nicht gültig",
    Verdict.UNKNOWN: "Unbekannt",
}
TONES = {Verdict.VALID: "success", Verdict.RUNNING_OUT: "success", Verdict.NOT_YET_VALID: "warning"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer for paper, page and day; `rows` is what the paper must say, with dashes where nothing is known."""

    verdict: Verdict
    sentence: str
    rows: list[tuple[str, str]]
    advice: str = ""
    notes: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        return HEADLINES[self.verdict]

    @property
    def tone(self) -> str:
        return TONES.get(self.verdict, "danger")

    @property
    def known(self) -> bool:
        return self.verdict != Verdict.UNKNOWN


UNKNOWN = Answer(
    Verdict.UNKNOWN,
    "Unter dieser Adresse oder Nummer wurde keine Urkunde ausgestellt.",
    [(label, "–") for label in ROWS],
    "Bitte vergleichen Sie jedes Zeichen mit dem Papier. Stimmt alles überein, ist das Papier nicht echt.",
)


def by_public_id(public_id: str, *, today: date) -> Answer:
    """Known or not, it costs one query."""
    return _answer(_issued().filter(public_id=public_id).first(), today)


def by_number(text: str, *, today: date) -> Answer:
    return _answer(_issued().filter(number=normal_number(text)).first(), today)


def _issued() -> CertificateQuerySet:
    """What was only ordered is on no paper yet."""
    return Certificate.objects.issued().select_related("seal", "replaced_by")


def _answer(certificate: Certificate | None, today: date) -> Answer:
    if certificate is None:
        return UNKNOWN
    facts = Facts.read(certificate.facts)
    verdict = _verdict(certificate, today)
    advice = _advice(certificate) if verdict == Verdict.REPLACED else ""
    return Answer(verdict, _sentence(verdict, certificate), facts.rows, advice, tuple(_notes(certificate, facts)))


def _verdict(certificate: Certificate, today: date) -> Verdict:
    """A withdrawn seal weighs more than a replaced paper; a replaced paper more than what its seal is."""
    status = certificate.seal.status(today)
    if certificate.replaced_at is not None and status != SealStatus.WITHDRAWN:
        return Verdict.REPLACED
    return Verdict(status.value)


def _sentence(verdict: Verdict, certificate: Certificate) -> str:
    seal = certificate.seal
    through = long_date(seal.valid_through)
    void_from = long_date(seal.void_from) if seal.void_from else ""
    return {
        Verdict.VALID: f"Das Gütesiegel gilt heute und bis einschließlich {through}.",
        Verdict.RUNNING_OUT: f"Das Gütesiegel gilt heute und noch bis einschließlich {through}.",
        Verdict.ENDED: f"Das Gütesiegel galt bis einschließlich {through}. Heute gilt es nicht mehr.",
        Verdict.WITHDRAWN: f"Das Gütesiegel wurde entzogen. Seit dem {void_from} gilt es nicht mehr.",
        Verdict.SUPERSEDED: f"Das Gütesiegel wurde am {void_from} durch ein anderes abgelöst und gilt nicht mehr.",
        Verdict.REPLACED: _replaced(certificate),
        Verdict.NOT_YET_VALID: f"Das Gütesiegel gilt erst ab dem {long_date(seal.valid_from)}.",
    }[verdict]


def _replaced(certificate: Certificate) -> str:
    if certificate.replaced_at is None:
        return ""
    day = long_date(timezone.localdate(certificate.replaced_at))
    return f"Diese Urkunde wurde am {day} durch eine neue ersetzt."


def _advice(certificate: Certificate) -> str:
    new = certificate.replaced_by.number
    return f"Bitte verwenden Sie sie nicht mehr. Die neue trägt die Nummer {new}; prüfen Sie bitte diese."


def _notes(certificate: Certificate, facts: Facts) -> list[str]:
    notes = []
    if certificate.seal.valid_through != facts.valid_through:
        notes.append(
            "Nach dem Druck der Urkunde wurde das Ende des Gütesiegels geändert. Auf dem Papier steht "
            f"{long_date(facts.valid_through)}; es gilt {long_date(certificate.seal.valid_through)}."
        )
    if facts.sample:
        notes.append("Die Urkunde ist ein Muster und nicht amtlich. Auch das steht auf dem Papier.")
    return notes
