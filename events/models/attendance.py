"""Who was there: each mark a row, what a video system wrote down, and the proof people take home."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.history import tracked
from accounts.models import User
from events.models.event import InfoEvent
from events.models.registration import Registration

FIXED_BY_ORDER = ("registration_id", "facts", "requested_at", "replaces_id")
FIXED_BY_ISSUE = ("issued_at", "file", "sha256")


def _differs(*fields: str) -> pgtrigger.Q:
    """True where an update changes one of the fields."""
    changes = pgtrigger.Q()
    for field in fields:
        changes |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    return changes


class AttendanceStep(models.Model):
    """One change of whether somebody was there: who recorded it, when, how and why. Written once, never changed.

    `old` and `new` are None where nothing is recorded. `minutes`: as long as the video system says.
    """

    class How(models.TextChoices):
        LIST = "list", "abgehakt"
        FILE = "file", "aus der Teilnehmerliste"
        CLOSING = "closing", "beim Abschluss"
        CORRECTION = "correction", "berichtigt"

    registration = models.ForeignKey(
        Registration, models.PROTECT, related_name="attendance_steps", verbose_name="Anmeldung"
    )
    old = models.BooleanField("vorher", null=True)
    new = models.BooleanField("nachher", null=True)
    how = models.CharField("wie", max_length=10, choices=How)
    minutes = models.PositiveIntegerField("Minuten", null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")
    reason = models.CharField("Begründung", max_length=250, blank=True)

    class Meta:
        verbose_name = "Vermerk zur Teilnahme"
        verbose_name_plural = "Vermerke zur Teilnahme"
        indexes = [models.Index("registration", "at", name="attendance_step")]
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=["list", "file", "closing", "correction"]),
                name="attendance_step_how_known",
                violation_error_message="So lässt sich eine Teilnahme nicht vermerken.",
            ),
            models.CheckConstraint(
                condition=~Q(how="correction") | ~Q(reason=""),
                name="attendance_correction_with_reason",
                violation_error_message="Eine Berichtigung der Teilnahme braucht einen Grund.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.registration}: {self.title}"

    @property
    def title(self) -> str:
        words = {True: "war da", False: "war nicht da", None: "Vermerk zurückgenommen"}
        return words[self.new]


class ParticipantFile(models.Model):
    """The list of participants a video system wrote. The file itself is not kept; its hash knows it again.

    `least`: whoever was there for fewer minutes was not there.
    """

    event = models.ForeignKey(
        InfoEvent, models.PROTECT, related_name="participant_files", verbose_name="Veranstaltung"
    )
    name = models.CharField("Datei", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    least = models.PositiveSmallIntegerField("Mindestdauer in Minuten")
    added_at = models.DateTimeField("eingelesen")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="eingelesen von")

    class Meta:
        verbose_name = "Teilnehmerliste eines Videosystems"
        verbose_name_plural = "Teilnehmerlisten der Videosysteme"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "sha256"],
                name="participant_file_once",
                violation_error_message="Diese Datei ist zu dieser Veranstaltung schon eingelesen.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def undecided(self) -> Self:
        """Long enough there, and nobody has said yet who it is."""
        return self.filter(outcome="", minutes__gte=F("file__least"))


class Participant(models.Model):
    """One person of such a list, and what became of it. Goes with its file."""

    class Outcome(models.TextChoices):
        MATCHED = "matched", "zugeordnet"
        CHOSEN = "chosen", "von Hand zugeordnet"
        WALK_IN = "walk_in", "ohne Anmeldung eingetragen"
        IGNORED = "ignored", "nicht übernommen"

    file = models.ForeignKey(
        ParticipantFile, models.CASCADE, related_name="participants", verbose_name="Teilnehmerliste"
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")
    name = models.CharField("Name", max_length=200, blank=True)
    email = models.CharField("E-Mail-Adresse", max_length=254, blank=True)
    minutes = models.PositiveIntegerField("Minuten")
    outcome = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True)
    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, related_name="+", verbose_name="Anmeldung"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="entschieden von")
    decided_at = models.DateTimeField("entschieden", null=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = "Teilnehmer laut Videosystem"
        verbose_name_plural = "Teilnehmer laut Videosystem"
        constraints = [
            models.UniqueConstraint(
                fields=["file", "position"],
                name="participant_once",
                violation_error_message="An dieser Stelle der Liste steht schon jemand.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", registration=None, decided_by=None, decided_at=None)
                | Q(outcome="ignored", registration=None, decided_by__isnull=False, decided_at__isnull=False)
                | Q(
                    outcome__in=["matched", "chosen", "walk_in"],
                    registration__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="participant_decided_whole",
                violation_error_message="Eine Zuordnung nennt Anmeldung, Person und Zeitpunkt.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class ProofQuerySet(models.QuerySet["Proof"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Whoever may see the registration."""
        return self.filter(registration__in=Registration.objects.visible_to(user, on=on))

    def unissued(self) -> Self:
        return self.filter(issued_at=None)

    def issued(self) -> Self:
        return self.exclude(issued_at=None)

    def current(self) -> Self:
        return self.filter(withdrawn_at=None)


@tracked(exclude=["facts"])
class Proof(models.Model):
    """The proof that somebody was there, printed once from frozen facts and stored with its hash.

    One that turns out wrong is withdrawn with a reason and stays; a right one may replace it.
    """

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="proofs", verbose_name="Anmeldung")
    facts = models.JSONField("was die Bescheinigung sagt")
    requested_at = models.DateTimeField("bestellt")
    issued_at = models.DateTimeField("ausgestellt", null=True)
    file = models.FileField("Datei", upload_to="proofs/%Y/", blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="ersetzt"
    )
    withdrawn_at = models.DateTimeField("zurückgezogen am", null=True)
    withdrawn_reason = models.CharField("Grund der Rücknahme", max_length=250, blank=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = "Teilnahmebescheinigung"
        verbose_name_plural = "Teilnahmebescheinigungen"
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(withdrawn_at=None),
                name="one_current_proof",
                violation_error_message="Zu dieser Anmeldung gibt es schon eine gültige Bescheinigung.",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None, file="", sha256="")
                | (Q(issued_at__isnull=False) & ~Q(file="") & Q(sha256__regex="^[0-9a-f]{64}$")),
                name="proof_issued_whole",
                violation_error_message="Eine ausgestellte Bescheinigung hat Datei, Zeitpunkt und Prüfsumme.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="proof_withdrawn_with_reason",
                violation_error_message="Wer eine Bescheinigung zurückzieht, nennt den Grund.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="said_once", operation=pgtrigger.Update, condition=_differs(*FIXED_BY_ORDER)),
            pgtrigger.Protect(
                name="issued_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=False) & _differs(*FIXED_BY_ISSUE),
            ),
            pgtrigger.Protect(
                name="withdrawn_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False) & _differs("withdrawn_at", "withdrawn_reason"),
            ),
        ]

    def __str__(self) -> str:
        return f"Teilnahmebescheinigung, {self.registration}"

    @property
    def file_name(self) -> str:
        return f"Teilnahmebescheinigung {self.facts['name']} {self.facts['on']}.pdf"
