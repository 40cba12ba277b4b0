"""The history that database triggers wrote, as a person reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from pghistory.models import Events

from accounts.models import User

SYSTEM = "System"
KINDS = {"insert": "angelegt", "update": "geändert", "delete": "gelöscht"}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row was made, changed or deleted. `who` is the system where no signed-in person was at work."""

    at: datetime
    who: str
    what: str
    kind: str
    fields: tuple[Field, ...]


def events_of(obj: models.Model) -> models.QuerySet[Any]:
    """What happened to the object and to everything that belongs to it, newest first."""
    events: models.QuerySet[Any] = Events.objects.references(obj)  # type: ignore[no-untyped-call]
    return events.order_by("-pgh_created_at", "-pgh_id")


def changes_from(events: Iterable[Any]) -> list[Change]:
    """In a number of queries that does not grow with the events."""
    listed = list(events)
    names = _Names(listed)
    return [_change(event, names) for event in listed]


def _change(event: Any, names: _Names) -> Change:
    model = _tracked(event)
    return Change(
        at=event.pgh_created_at,
        who=names.person(event),
        what=str(model._meta.verbose_name),
        kind=KINDS.get(event.pgh_label, event.pgh_label),
        fields=tuple(_fields(event, model, names)),
    )


def _fields(event: Any, model: type[models.Model], names: _Names) -> Iterable[Field]:
    if event.pgh_label == "update":
        for column, (before, after) in (event.pgh_diff or {}).items():
            if field := _field(model, column):
                yield Field(_title(field), names.shown(field, before), names.shown(field, after))
        return
    for column, value in event.pgh_data.items():
        field = _field(model, column)
        if field and value not in (None, "", []):
            shown = names.shown(field, value)
            yield Field(_title(field), *((shown, NOTHING) if event.pgh_label == "delete" else (NOTHING, shown)))


class _Names:
    """What the keys in the events stand for: people and related objects, each kind read once."""

    def __init__(self, events: list[Any]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for event in events:
            wanted[User].add((event.pgh_context or {}).get("user"))
            for field, value in _related(event):
                wanted[field.related_model].add(value)
        self.found = {model: _in_bulk(model, keys - {None}) for model, keys in wanted.items()}

    def person(self, event: Any) -> str:
        key = (event.pgh_context or {}).get("user")
        person = self.found.get(User, {}).get(key)
        return person.name if isinstance(person, User) else SYSTEM

    def shown(self, field: models.Field[Any, Any], value: Any) -> str:
        if value in (None, "", []):
            return NOTHING
        if field.is_relation:
            known = self.found.get(_model(field), {}).get(value)
            return str(known) if known else f"Nr. {value} (nicht mehr vorhanden)"
        return _said(field, value)


def _said(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(localtime(moment), "j. F Y, H:i")
    if isinstance(field, models.DateField) and (day := _day(value)):
        return date_format(day, "j. F Y")
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value))


def _day(value: Any) -> date | None:
    return parse_date(str(value)[:10])


def _related(event: Any) -> Iterable[tuple[Any, Any]]:
    model = _tracked(event)
    changed: Mapping[str, Any] = event.pgh_diff or {}
    for column, value in event.pgh_data.items():
        field = _field(model, column)
        if field is not None and field.is_relation:
            yield from ((field, each) for each in {value, *(changed.get(column) or ())})


def _in_bulk(model: type[models.Model], keys: set[Any]) -> dict[Any, models.Model]:
    relations = [field.name for field in model._meta.fields if field.is_relation and not field.null]
    return {each.pk: each for each in model._default_manager.select_related(*relations).filter(pk__in=keys)}


def _tracked(event: Any) -> type[models.Model]:
    model: type[models.Model] = apps.get_model(event.pgh_obj_model)
    return model


def _field(model: type[models.Model], column: str) -> models.Field[Any, Any] | None:
    """The field people know; keys and what only serves searching are nobody's business."""
    try:
        field = model._meta.get_field(column.removesuffix("_id"))
    except FieldDoesNotExist:
        return None
    if not isinstance(field, models.Field) or field.primary_key or not field.editable:
        return None
    return field


def _model(field: models.Field[Any, Any]) -> Any:
    return field.related_model


def _title(field: models.Field[Any, Any]) -> str:
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]
