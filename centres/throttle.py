"""How often one address on the net may try something. Nothing is kept that tells the address."""

import contextlib
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Throttle:
    """So many attempts within so many seconds, counted from the first."""

    name: str
    attempts: int
    window: int

    def is_over(self, request: HttpRequest) -> bool:
        return int(cache.get(self._key(request), 0)) >= self.attempts

    def count(self, request: HttpRequest) -> None:
        key = self._key(request)
        if not cache.add(key, 1, self.window):
            with contextlib.suppress(ValueError):  # the window closed in between
                cache.incr(key)

    def _key(self, request: HttpRequest) -> str:
        address = get_adapter().get_client_ip(request)
        return f"{self.name}-{salted_hmac(self.name, address).hexdigest()[:32]}"
