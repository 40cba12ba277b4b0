"""Whether this installation is well: the answer to everyone who monitors it."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from redis import Redis, RedisError

from config import jobs

PATIENCE = 2  # seconds until a broker that does not answer counts as gone

logger = logging.getLogger(__name__)


@never_cache
@transaction.non_atomic_requests
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """200 only if database, broker and jobs are well. What is wrong is told to the log, not to strangers."""
    troubles = list(_troubles(timezone.now()))
    for trouble in troubles:
        logger.error("not well: %s", trouble)
    text, status = ("not well", 503) if troubles else ("ok", 200)
    return HttpResponse(text, content_type="text/plain", status=status)


def _troubles(at: datetime) -> Iterator[str]:
    try:
        yield from (f"{job.name} is silent" for job in jobs.silent(at=at, known_since=jobs.LOADED))
    except DatabaseError as error:
        yield f"the database does not answer: {error}"
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as broker:
            broker.ping()
    except RedisError as error:
        yield f"the broker does not answer: {error}"
