from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower

from accounts.history import tracked

LINK_LIVES = timedelta(minutes=15)


class Role(models.TextChoices):
    MINISTRY = "ministry", "Ministerium"
    AUDITOR = "auditor", "Zertifizierungsstelle"
    SERVICE_OFFICE = "service_office", "Servicestelle"
    CENTRE = "centre", "Familienzentrum"


class UserManager(BaseUserManager["User"]):
    """Django's sign-in asks for these two methods by name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=Role.MINISTRY, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@tracked(
    fields=[
        "email",
        "name",
        "role",
        "is_active",
        "team_lead",
        "is_superuser",
    ],  # never the password, nor when they signed in
    name="UserEvent",
)
class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(
        "E-Mail-Adresse",
        unique=True,
        error_messages={"unique": "Zu dieser E-Mail-Adresse gibt es schon ein Konto."},
    )
    name = models.CharField("Name", max_length=150)
    role = models.CharField("Rolle", max_length=20, choices=Role, default=Role.CENTRE)
    is_active = models.BooleanField(
        "aktiv", default=True, help_text="Statt ein Konto zu löschen, nehmen Sie diesen Haken weg."
    )
    team_lead = models.BooleanField(
        "Teamleitung",
        default=False,
        help_text="Nur in der Zertifizierungsstelle: sieht das Team, trägt für andere ein, lässt Ausnahmen zu.",
    )
    joined_at = models.DateTimeField("angelegt am", auto_now_add=True)
    sign_ins = models.PositiveIntegerField("Anmeldungen", default=0, editable=False)
    passkey_offered_at = models.DateTimeField("Passkey angeboten", null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Zu dieser E-Mail-Adresse gibt es schon ein Konto.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="user_role_known",
                violation_error_message="Diese Rolle gibt es nicht.",
            ),
            models.CheckConstraint(
                condition=models.Q(team_lead=False) | models.Q(role=Role.AUDITOR),
                name="user_team_lead_audits",
                violation_error_message="Teamleitung gibt es nur in der Zertifizierungsstelle. Bitte wählen Sie "
                "diese Rolle oder nehmen Sie den Haken bei „Teamleitung“ weg.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    @property
    def is_staff(self) -> bool:
        """The admin belongs to the ministry."""
        return self.is_ministry

    @property
    def is_ministry(self) -> bool:
        return self.role == Role.MINISTRY

    @property
    def is_auditor(self) -> bool:
        return self.role == Role.AUDITOR

    @property
    def is_team_lead(self) -> bool:
        return self.is_auditor and self.team_lead

    @property
    def is_service_office(self) -> bool:
        return self.role == Role.SERVICE_OFFICE

    def get_full_name(self) -> str:
        return self.name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Ministry staff may do in the admin whatever the admin offers; nobody else may enter it."""
        return self.is_active and self.is_ministry

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_ministry


class Draft(models.Model):
    """What somebody had typed when the session was over, see `accounts.drafts`. The token is in the browser."""

    token_hash = models.CharField("Prüfsumme des Tokens", max_length=64)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="Person")
    path = models.CharField("Seite", max_length=500)
    data = models.JSONField("Eingaben")
    kept_at = models.DateTimeField("aufgehoben", db_index=True)

    class Meta:
        verbose_name = "aufgehobene Eingabe"
        verbose_name_plural = "aufgehobene Eingaben"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "token_hash", "path"],
                name="draft_once",
                violation_error_message="Zu dieser Seite ist schon etwas aufgehoben.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.path}"


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    def usable(self, *, at: datetime) -> Self:
        """Not used, not too old, of someone who may sign in and still has the address it was sent to."""
        fresh = self.filter(used_at=None, made_at__gt=at - LINK_LIVES, user__is_active=True)
        return fresh.filter(user__email__iexact=F("email"))


class SignInLink(models.Model):
    """The second way in that a letter with a code brings. Stored is a hash: a copy of the rows signs nobody in."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    next_url = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Anmeldelink"
        verbose_name_plural = "Anmeldelinks"

    def __str__(self) -> str:
        return f"Anmeldelink für {self.email}"
