from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.history import tracked
from accounts.models import User
from centres.models.centre import FamilyCentre
from centres.models.periods import in_order, never_overlapping, on_day


class MembershipRole(models.TextChoices):
    LEAD = "lead", "Leitung"
    DEPUTY = "deputy", "Vertretung"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on_day(self, day: date) -> Self:
        return self.filter(on_day(day))


@tracked()
class Membership(models.Model):
    """A person may act for a centre, from a first day through a last day."""

    centre = models.ForeignKey(
        FamilyCentre, models.PROTECT, related_name="memberships", verbose_name="Familienzentrum"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="Person")
    role = models.CharField("Aufgabe", max_length=10, choices=MembershipRole, default=MembershipRole.LEAD)
    starts_on = models.DateField("ab")
    ends_on = models.DateField("letzter Tag", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Zuständigkeit"
        verbose_name_plural = "Zuständigkeiten"
        constraints = [
            in_order(name="membership_in_order"),
            models.CheckConstraint(
                condition=Q(role__in=MembershipRole.values),
                name="membership_role_known",
                violation_error_message="Die Aufgabe ist entweder Leitung oder Vertretung.",
            ),
            never_overlapping(
                "centre_id",
                "user_id",
                name="person_once_per_centre",
                message="Diese Person ist in dieser Zeit schon für das Familienzentrum zuständig.",
            ),
            never_overlapping(
                "centre_id",
                name="one_lead_per_centre",
                condition=Q(role="lead"),
                message="Ein Familienzentrum hat zu jeder Zeit nur eine Leitung. "
                "Beenden Sie zuerst die bisherige Zuständigkeit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()}, {self.centre}"
