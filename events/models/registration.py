from datetime import date, datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.history import tracked
from accounts.models import Role, User
from centres.models import FamilyCentre
from centres.models.periods import on_day
from events.models.event import EventMode, InfoEvent, Question, public_id
from events.rules.bookings import ACTIVE, ENDS, LABELS, TAKEN, Booking

STATES = [(state.value, label) for state, label in LABELS.items()]


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """The service office and the ministry see all; a centre's people those of their centres and their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role in {Role.SERVICE_OFFICE, Role.MINISTRY}:
            return self.all()
        if user.role == Role.CENTRE:
            centres = FamilyCentre.objects.filter(Q(memberships__user=user) & on_day(on, "memberships__"))
            return self.filter(Q(user=user) | Q(centre__in=centres.values("pk")))
        return self.none()

    def active(self) -> Self:
        return self.filter(state__in=ACTIVE)

    def taken(self) -> Self:
        return self.filter(state__in=TAKEN)

    def waiting(self) -> Self:
        return self.filter(state=Booking.WAITING)

    def confirmed(self) -> Self:
        """Without those whose address somebody typed and its owner never knew of, or does not yet."""
        return self.exclude(state__in=[Booking.PENDING, Booking.EXPIRED])

    def told(self) -> Self:
        """Who hears of a change: whoever has a seat or waits, but no address that nobody has confirmed."""
        return self.active().confirmed()

    def late(self, *, at: datetime) -> Self:
        """Seats that were offered or are to be confirmed, and the time for it is over or the event has begun."""
        offered = Q(state=Booking.OFFERED) & Q(offered_until__lte=at)
        pending = Q(state=Booking.PENDING) & Q(confirm_until__lte=at)
        begun = Q(state__in=sorted(ENDS), event__starts_at__lte=at)  # moved to an earlier hour meanwhile
        return self.filter(offered | pending | begun)


@tracked()
class Registration(models.Model):
    """One person and one event. `state` is written by `events.registration` alone.

    `scope` says within what one booking per person is enough. `waiting_since` gives the order of the waiting list.
    """

    event = models.ForeignKey(InfoEvent, models.PROTECT, related_name="registrations", verbose_name="Veranstaltung")
    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    scope = models.CharField(max_length=30, editable=False)
    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, null=True, related_name="registrations", verbose_name="Familienzentrum"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    name = models.CharField("Name", max_length=150)
    email = models.EmailField("E-Mail-Adresse", blank=True)
    attends = models.CharField("Teilnahme", max_length=8, choices=EventMode)
    state = models.CharField("Stand", max_length=10, choices=STATES)
    registered_at = models.DateTimeField("angemeldet am")
    waiting_since = models.DateTimeField("wartet seit", null=True)
    priority = models.PositiveSmallIntegerField("Vorrang", default=0)
    priority_reason = models.CharField("Grund des Vorrangs", max_length=250, blank=True)
    offered_until = models.DateTimeField("Angebot gilt bis", null=True)
    confirm_until = models.DateTimeField("zu bestätigen bis", null=True)
    attended = models.BooleanField("war da", null=True)
    attendance_at = models.DateTimeField("Teilnahme festgehalten", null=True)
    attendance_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="festgehalten von"
    )
    feedback_asked = models.BooleanField("um Rückmeldung gebeten", default=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        indexes = [models.Index("event", "state", name="registration_of_event")]
        constraints = [
            models.UniqueConstraint(
                "scope",
                Lower("email"),
                condition=Q(state__in=sorted(ACTIVE)),
                name="registered_once",
                violation_error_message="Diese Person ist schon angemeldet.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(LABELS)),
                name="registration_state_known",
                violation_error_message="Diesen Stand einer Anmeldung gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=Q(attends__in=["online", "on_site"]),
                name="registration_attends_one_way",
                violation_error_message="Bitte wählen Sie: vor Ort oder online.",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offered_until__isnull=False) | ~Q(state="offered"),
                name="registration_offer_has_end",
                violation_error_message="Ein angebotener Platz hat eine Frist.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["pending", "expired"]) | Q(confirm_until__isnull=False),
                name="registration_confirmation_has_end",
                violation_error_message="Eine unbestätigte Anmeldung hat eine Frist.",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_since__isnull=False),
                name="registration_waits_since",
                violation_error_message="Wer wartet, wartet seit einem Zeitpunkt.",
            ),
            models.CheckConstraint(
                condition=Q(priority=0, priority_reason="") | (Q(priority__gte=1) & ~Q(priority_reason="")),
                name="registration_priority_with_reason",
                violation_error_message="Ein Vorrang auf der Warteliste braucht einen Grund.",
            ),
            models.CheckConstraint(
                condition=~Q(email="") | Q(state="walk_in"),
                name="registration_has_address",
                violation_error_message="Eine Anmeldung braucht eine E-Mail-Adresse.",
            ),
            models.UniqueConstraint(
                "event",
                Lower("email"),
                condition=Q(state="walk_in") & ~Q(email=""),
                name="walked_in_once",
                violation_error_message="Diese Person ist schon eingetragen.",
            ),
            models.CheckConstraint(
                condition=Q(attended=None, attendance_at=None)
                | Q(attended__isnull=False, attendance_at__isnull=False),
                name="registration_attendance_with_moment",
                violation_error_message="Eine festgehaltene Teilnahme hat einen Zeitpunkt.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_one_too_many",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "event_id", "centre_id"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__state__in=sorted(TAKEN)),
                func="PERFORM events_check_seats(NEW.event_id); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.event}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE


class RegistrationStep(models.Model):
    """One change of a registration: who, when, from where to where, why. Written once, never changed."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="steps", verbose_name="Anmeldung")
    act = models.CharField("Schritt", max_length=20)
    old = models.CharField("von", max_length=10, choices=STATES, blank=True)
    new = models.CharField("nach", max_length=10, choices=STATES)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="Person")
    at = models.DateTimeField("wann")
    reason = models.CharField("Begründung", max_length=250, blank=True)

    class Meta:
        verbose_name = "Schritt einer Anmeldung"
        verbose_name_plural = "Schritte von Anmeldungen"
        indexes = [models.Index("registration", "at", name="registration_step")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.act}: {self.registration}"


class RegistrationAnswer(models.Model):
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers", verbose_name="Anmeldung")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name="Frage")
    text = models.CharField("Antwort", max_length=500)

    class Meta:
        verbose_name = "Angabe zur Anmeldung"
        verbose_name_plural = "Angaben zur Anmeldung"
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                name="registration_question_once",
                violation_error_message="Diese Frage ist schon beantwortet.",
            ),
        ]

    def __str__(self) -> str:
        return self.text
