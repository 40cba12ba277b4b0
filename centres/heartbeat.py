"""Each job leaves a heartbeat: when it began, when it ended, how much it did, or what went wrong."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from django.utils import timezone

from centres.models import JobRun

KEPT = timedelta(days=14)
P = ParamSpec("P")


def heartbeat(job: Callable[P, int]) -> Callable[P, int]:
    """Record each run of `job`, which returns how much it did.

    The row is written before the job begins and is no part of the job's transaction: a job that fails or is killed
    leaves its trace. The clock is read here, at the edge.
    """
    name = f"{job.__module__}.{job.__name__}"

    @wraps(job)
    def recorded(*args: P.args, **kwargs: P.kwargs) -> int:
        run = JobRun.objects.create(job=name, started_at=timezone.now())
        try:
            run.wrote = job(*args, **kwargs)
        except Exception as error:
            run.error = _said(error)
            raise
        finally:
            _finish(run)
        return run.wrote

    return recorded


def _finish(run: JobRun) -> None:
    """An end by a signal counts as an end only where something is known of it; the rest stays open."""
    if run.wrote is None and not run.error:
        return
    run.finished_at = max(timezone.now(), run.started_at)  # a clock set back is no reason to fail
    run.save(update_fields=["finished_at", "wrote", "error"])
    JobRun.objects.filter(started_at__lt=run.started_at - KEPT).delete()


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
