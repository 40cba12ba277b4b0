import secrets
from datetime import date, datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre
from events.rules.bookings import TAKEN, Booking
from events.rules.opening import LABELS, EventState, Window

STATES = [(state.value, label) for state, label in LABELS.items()]
ACTS = {
    "change": "geändert",
    "attendance": "Teilnahme abgeschlossen",
    "programme": "Programm geändert",
    "questions": "Fragen zur Anmeldung geändert",
    "materials": "Unterlagen geändert",
    "feedback": "Fragen zur Rückmeldung geändert",
    "series": "in eine Reihe aufgenommen",
    "forgotten": "Angaben und Listen gelöscht",
}
OFFER_HOURS = 48  # how long a place of the waiting list is kept, unless the event says otherwise (assumption)


def public_id() -> str:
    """Cannot be guessed or counted through: people open these addresses without an account."""
    return secrets.token_urlsafe(9)


class EventKind(models.TextChoices):
    INITIAL = "initial", "Erst-Zertifizierung"
    RENEWAL = "renewal", "Re-Zertifizierung"
    OPEN = "open", "offen für alle"


class EventMode(models.TextChoices):
    ONLINE = "online", "online"
    ON_SITE = "on_site", "vor Ort"
    BOTH = "both", "vor Ort und online"


class EventSeries(models.Model):
    """The same event on several days: one booking per person is enough."""

    label = models.CharField(
        "Reihe",
        max_length=150,
        unique=True,
        error_messages={"unique": "Eine Reihe dieses Namens gibt es schon."},
    )

    class Meta:
        verbose_name = "Veranstaltungsreihe"
        verbose_name_plural = "Veranstaltungsreihen"

    def __str__(self) -> str:
        return self.label


class InfoEventQuerySet(models.QuerySet["InfoEvent"]):
    def visible_to(self, user: User) -> Self:
        """The service office and the ministry see every event, everybody else what is or was published."""
        if user.is_authenticated and user.is_active and user.role in {Role.SERVICE_OFFICE, Role.MINISTRY}:
            return self.all()
        return self.public()

    def public(self) -> Self:
        return self.exclude(state=EventState.DRAFT)

    def upcoming(self, *, at: datetime) -> Self:
        return self.filter(state=EventState.PUBLISHED, starts_at__gt=at)

    def with_seats(self) -> Self:
        """Adds `taken`, the seats booked or offered, and `waiting`, how many people wait."""
        state = "registrations__state"
        taken = Count("registrations", filter=Q(**{f"{state}__in": sorted(TAKEN)}))
        return self.annotate(taken=taken, waiting=Count("registrations", filter=Q(**{state: Booking.WAITING})))

    def past(self, *, at: datetime) -> Self:
        return self.filter(starts_at__lte=at)


@tracked()
class InfoEvent(models.Model):
    """An information event (domain.md § 6). `state` is written by `events.planning` alone.

    `sequence` rises with each change that people's calendars must hear of (RFC 5545).
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    title = models.CharField("Titel", max_length=200)
    kind = models.CharField("Art", max_length=10, choices=EventKind)
    mode = models.CharField("Form", max_length=8, choices=EventMode)
    series = models.ForeignKey(
        EventSeries, models.PROTECT, null=True, blank=True, related_name="events", verbose_name="Reihe"
    )
    starts_at = models.DateTimeField("Beginn")
    ends_at = models.DateTimeField("Ende")
    place = models.CharField("Ort", max_length=250, blank=True)
    join_link = models.URLField("Zugang zur Videokonferenz", max_length=500, blank=True)
    capacity = models.PositiveIntegerField("Plätze insgesamt")
    per_centre = models.PositiveSmallIntegerField("Plätze je Familienzentrum", null=True, blank=True)
    registration_from = models.DateField("Anmeldung ab")
    registration_until = models.DateField("Anmeldung bis")
    offer_hours = models.PositiveSmallIntegerField("Frist für angebotene Plätze in Stunden", default=OFFER_HOURS)
    hosts = models.CharField("Veranstalter", max_length=250)
    description = models.TextField("Beschreibung", blank=True)
    state = models.CharField("Stand", max_length=10, choices=STATES, default=EventState.DRAFT.value, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = InfoEventQuerySet.as_manager()

    class Meta:
        verbose_name = "Veranstaltung"
        verbose_name_plural = "Veranstaltungen"
        indexes = [models.Index("state", "starts_at", name="event_calendar")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message="Das Ende liegt vor dem Beginn. Bitte prüfen Sie beide Zeiten.",
            ),
            models.CheckConstraint(
                condition=Q(registration_until__gte=F("registration_from")),
                name="event_registration_in_order",
                violation_error_message="Die Anmeldung endet, bevor sie beginnt. Bitte prüfen Sie beide Tage.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(LABELS)),
                name="event_state_known",
                violation_error_message="Diesen Stand einer Veranstaltung gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(mode="online") | ~Q(place=""),
                name="event_on_site_has_place",
                violation_error_message="Eine Veranstaltung vor Ort braucht einen Ort.",
            ),
            models.CheckConstraint(
                condition=Q(per_centre=None) | Q(per_centre__gte=1),
                name="event_per_centre_positive",
                violation_error_message="Je Familienzentrum gibt es mindestens einen Platz oder keine Grenze.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="seats_never_below_taken",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("capacity", "per_centre"),  # type: ignore[no-untyped-call]
                func="PERFORM events_check_seats(NEW.id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {timezone.localtime(self.starts_at):%d.%m.%Y}"

    def lacks_link(self, *, at: datetime) -> bool:
        """Whether people may register to meet online and nobody has said where, while there is time for it."""
        ahead = self.state == EventState.PUBLISHED and at < self.starts_at
        return ahead and self.mode != EventMode.ON_SITE and not self.join_link

    @property
    def window(self) -> Window:
        state = EventState(self.state)
        return Window(state, self.registration_from, self.registration_until, timezone.localtime(self.starts_at))

    @property
    def scope(self) -> str:
        """Within which one booking per person is enough."""
        return f"series-{self.series_id}" if self.series_id else f"event-{self.pk}"

    @property
    def day(self) -> date:
        return timezone.localdate(self.starts_at)

    @property
    def uid(self) -> str:
        """Names the event in every calendar for good (RFC 5545)."""
        return f"event-{self.public_id}@familienzentrum-nrw"


class EventStep(models.Model):
    """One change of an event that others hear of: who, when, what, why. Written once, never changed."""

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="steps", verbose_name="Veranstaltung")
    act = models.CharField("Schritt", max_length=20)
    old = models.CharField("von", max_length=10, choices=STATES, blank=True)
    new = models.CharField("nach", max_length=10, choices=STATES)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")
    reason = models.TextField("Begründung", blank=True)

    class Meta:
        verbose_name = "Schritt einer Veranstaltung"
        verbose_name_plural = "Schritte von Veranstaltungen"
        indexes = [models.Index("event", "at", name="event_step")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.act}: {self.event}"

    @property
    def title(self) -> str:
        """What was done, in words."""
        return ACTS.get(self.act) or str(self.get_new_display())


class Contribution(models.Model):
    """A part of the programme: who speaks, for which centre, and whether it is a best-practice talk."""

    event = models.ForeignKey(InfoEvent, models.CASCADE, related_name="contributions", verbose_name="Veranstaltung")
    position = models.PositiveSmallIntegerField("Reihenfolge")
    title = models.CharField("Beitrag", max_length=200)
    speaker = models.CharField("wer", max_length=150, blank=True)
    centre = models.ForeignKey(
        FamilyCentre,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contributions",
        verbose_name="Familienzentrum",
    )
    best_practice = models.BooleanField("Beispiel guter Praxis", default=False)
    minutes = models.PositiveSmallIntegerField("Dauer in Minuten", null=True, blank=True)

    class Meta:
        verbose_name = "Beitrag"
        verbose_name_plural = "Beiträge"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "position"],
                name="contribution_position_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="An dieser Stelle des Programms steht schon ein Beitrag.",
            ),
            models.CheckConstraint(
                condition=Q(best_practice=False) | Q(centre__isnull=False),
                name="best_practice_names_centre",
                violation_error_message="Ein Beispiel guter Praxis nennt das Familienzentrum.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """What an event asks at registration, for example access needs or the session chosen."""

    event = models.ForeignKey(InfoEvent, models.CASCADE, related_name="questions", verbose_name="Veranstaltung")
    position = models.PositiveSmallIntegerField("Reihenfolge")
    text = models.CharField("Frage", max_length=200)
    choices = models.TextField("Auswahl", blank=True, help_text="Eine Möglichkeit je Zeile; leer heißt freier Text.")
    required = models.BooleanField("Pflichtangabe", default=False)

    class Meta:
        verbose_name = "Frage zur Anmeldung"
        verbose_name_plural = "Fragen zur Anmeldung"

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]
