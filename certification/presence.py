"""Who else works on a case right now. Kept in the cache for some minutes: it helps people, no rule depends on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from accounts.models import User
from certification.models import Case

LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    where: str
    at: datetime


def note_presence(case: Case, user: User, *, where: str, at: datetime) -> list[Present]:
    """Say that the person is here; who else was within the last minutes, the last one first.

    Two people arriving in the same moment may miss each other until one of them saves or the page asks again.
    """
    key = f"presence/{case.pk}"
    here: dict[int, Present] = {pk: p for pk, p in cache.get(key, {}).items() if at - p.at < LASTS}
    here[user.pk] = Present(user.name, where, at)
    cache.set(key, here, timeout=LASTS.total_seconds())
    others = [present for pk, present in here.items() if pk != user.pk]
    return sorted(others, key=lambda present: present.at, reverse=True)
