"""Links that sign someone in: made with a code, good for 15 minutes and one use, on whichever device."""

import secrets
from datetime import datetime
from hashlib import sha256

from accounts.models import LINK_LIVES, SignInLink, User


def make(user: User, *, next_url: str, at: datetime) -> str:
    """The secret of a new link, which is in no other place than the letter; links of long ago are cleared away."""
    SignInLink.objects.filter(user=user, made_at__lte=at - LINK_LIVES).delete()
    token = secrets.token_urlsafe(32)
    fits = next_url if len(next_url) <= 500 else ""
    SignInLink.objects.create(user=user, email=user.email, token_hash=hashed(token), next_url=fits, made_at=at)
    return token


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find(token_hash: str, *, at: datetime) -> SignInLink | None:
    return SignInLink.objects.usable(at=at).select_related("user").filter(token_hash=token_hash).first()


def use(link: SignInLink, *, at: datetime) -> bool:
    """Whether this was the first use: of two clicks at once one wins."""
    return bool(SignInLink.objects.usable(at=at).filter(pk=link.pk).update(used_at=at))


def close_all(user: User, *, at: datetime) -> None:
    SignInLink.objects.filter(user=user, used_at=None).update(used_at=at)
