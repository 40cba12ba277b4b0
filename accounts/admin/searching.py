from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib import admin
from django.db.models import Func, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace
from django.http import HttpRequest

SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


class TolerantSearch(admin.ModelAdmin):
    """Finds by every word of the question in any of `search_fields`, whether written ä or ae, ß or ss."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = _spelled(search_term).split()
        if not words:
            return queryset, False
        names = {f"spelled_{place}": _spelled_column(field) for place, field in enumerate(self.search_fields)}
        matches = (reduce(or_, (Q(**{f"{name}__contains": word}) for name in names)) for word in words)
        return queryset.alias(**names).filter(reduce(and_, matches)), False


def _spelled(text: str) -> str:
    return reduce(lambda spelled, pair: spelled.replace(*pair), SPELLED.items(), text.lower())


def _spelled_column(field: str) -> Func:
    column: Func = Lower(field)
    for letter, spelled in SPELLED.items():
        column = Replace(column, Value(letter), Value(spelled))
    return column
