"""What papers have in common that are written once: first the facts, then the file with its hash, then a successor.

Functions and no abstract model: the columns stay where they are, and no trigger of the history is built anew.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Model, Q

Paper = TypeVar("Paper", bound=Model)


class IssuedQuerySet(models.QuerySet[Paper]):
    def unissued(self) -> Self:
        return self.filter(issued_at=None)

    def issued(self) -> Self:
        return self.exclude(issued_at=None)

    def current(self) -> Self:
        return self.filter(replaced_at=None)


def differs(*columns: str) -> pgtrigger.Q:
    """For a trigger on UPDATE: whether one of these columns would be another."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in columns))


def with_file_from(moment: str, *, name: str, message: str) -> CheckConstraint:
    """From this moment on the paper has a file and its hash, before it has neither."""
    before = Q(**{moment: None, "file": "", "sha256": ""})
    after = Q(**{f"{moment}__isnull": False}) & ~Q(file="") & Q(sha256__regex="^[0-9a-f]{64}$")
    return CheckConstraint(condition=before | after, name=name, violation_error_message=message)


def replaced_with_reason(*, name: str, message: str) -> CheckConstraint:
    """Only what was issued is replaced, with moment and reason."""
    stands = Q(replaced_at=None, replaced_reason="")
    gone = Q(replaced_at__isnull=False, issued_at__isnull=False) & ~Q(replaced_reason="")
    return CheckConstraint(condition=stands | gone, name=name, violation_error_message=message)


def written_once(fixed: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Never deleted; what it says is fixed with the order, the file with the issue."""
    issued = pgtrigger.Q(old__issued_at__isnull=False)
    return [
        pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        pgtrigger.Protect(name="said_once", operation=pgtrigger.Update, condition=differs(*fixed)),
        pgtrigger.Protect(
            name="issued_once", operation=pgtrigger.Update, condition=issued & differs("issued_at", "file", "sha256")
        ),
    ]
