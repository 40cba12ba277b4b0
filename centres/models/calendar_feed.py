import secrets
from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models

from accounts.models import User

SALT = "centres.calendar-feed"


def new_key() -> str:
    return secrets.token_urlsafe(16)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def with_token(self, token: str) -> Self:
        """The feed this address was given to, while its owner may sign in."""
        try:
            return self.filter(key=Signer(salt=SALT).unsign(token), user__is_active=True)
        except BadSignature:
            return self.none()


class CalendarFeed(models.Model):
    """A person's private address for calendar programs, which cannot sign in.

    Stored is half of the secret: the address is the key with a signature of the installation's own, so that a copy
    of the database opens no calendar, and its owner can read the address again. A new key makes the old address void.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed", verbose_name="Person")
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    made_at = models.DateTimeField("eingerichtet")

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "Kalender-Abonnement"
        verbose_name_plural = "Kalender-Abonnements"

    def __str__(self) -> str:
        return f"Kalender von {self.user}"

    @property
    def token(self) -> str:
        return Signer(salt=SALT).sign(self.key)
