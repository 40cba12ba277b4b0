"""Loading an edition of the criteria from a file, whole and once."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from django.core.exceptions import ValidationError
from django.db import models, transaction

from certification.models import Area, Criterion, Edition, Part, PassRule

SAMPLE = Path(__file__).parent / "catalogues" / "muster-2020.toml"


class CatalogueError(Exception):
    """The file cannot be loaded. Each problem is a German sentence that may be shown to the person."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class PartRow:
    code: str
    text: str
    alternative: int = 1
    times: int | None = None
    per: str = ""
    partly_counts: bool = False


@dataclass(frozen=True, slots=True)
class CriterionRow:
    code: str
    tier: str
    title: str
    parts: tuple[PartRow, ...]
    help: str = ""


@dataclass(frozen=True, slots=True)
class AreaRow:
    number: int
    name: str
    group: str
    criteria: tuple[CriterionRow, ...]


@dataclass(frozen=True, slots=True)
class PassRuleRow:
    tier: str
    group: str
    at_least: int
    procedure: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An edition as its file says it: the form in which file and database are compared."""

    key: str
    label: str
    official: bool
    areas: tuple[AreaRow, ...]
    pass_rules: tuple[PassRuleRow, ...]


Shape = TypeVar("Shape", PartRow, CriterionRow, AreaRow, PassRuleRow, Catalogue)
KINDS: dict[Any, str] = {str: "einen Text", int: "eine Zahl", int | None: "eine Zahl", bool: "true oder false"}


def load_catalogue(path: Path = SAMPLE) -> tuple[Edition, bool]:
    """The edition of this file, and whether the database had to change for it.

    All or nothing, and the same file twice changes nothing. An edition in use by a round never changes.
    Raises CatalogueError.
    """
    catalogue = read_catalogue(path)
    with transaction.atomic():
        edition, is_new = Edition.objects.select_for_update().get_or_create(
            key=catalogue.key, defaults={"label": catalogue.label, "official": catalogue.official}
        )
        if not is_new and stored_catalogue(edition) == catalogue:
            return edition, False
        if edition.rounds.exists():
            raise CatalogueError(
                f"Die Ausgabe „{edition.label}“ ({edition.key}) wird schon in einer Runde verwendet und darf sich "
                "nicht mehr ändern. Bitte geben Sie der neuen Fassung ein eigenes Kürzel (key)."
            )
        _replace(edition, catalogue)
    return edition, True


def read_catalogue(path: Path) -> Catalogue:
    """The file as a catalogue that can be stored. Raises CatalogueError with every problem found."""
    try:
        catalogue = _catalogue(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise CatalogueError(f"Die Datei {path} lässt sich nicht lesen: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"Die Datei {path} ist nicht in UTF-8 gespeichert.") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"Die Datei {path} ist kein gültiges TOML: {error}.") from error
    if problems := [*_doubles(catalogue), *_unreachable(catalogue), *_refused(catalogue)]:
        raise CatalogueError(*problems)
    return catalogue


def stored_catalogue(edition: Edition) -> Catalogue:
    criteria = Criterion.objects.order_by("position").prefetch_related(
        models.Prefetch("parts", Part.objects.order_by("pk"))
    )
    areas = edition.areas.order_by("number").prefetch_related(models.Prefetch("criteria", criteria))
    return _stored(
        Catalogue,
        edition,
        areas=tuple(_stored_area(area) for area in areas),
        pass_rules=tuple(_stored(PassRuleRow, rule) for rule in edition.pass_rules.order_by("pk")),
    )


def _stored_area(area: Area) -> AreaRow:
    return _stored(AreaRow, area, criteria=tuple(_stored_criterion(each) for each in area.criteria.all()))


def _stored_criterion(criterion: Criterion) -> CriterionRow:
    return _stored(CriterionRow, criterion, parts=tuple(_stored(PartRow, part) for part in criterion.parts.all()))


def _catalogue(data: Mapping[str, Any]) -> Catalogue:
    areas = tuple(_area(table, f"areas[{n}]") for n, table in enumerate(_tables(data, "areas", "die Datei"), 1))
    rules = _tables(data, "pass_rules", "die Datei")
    return _row(
        Catalogue,
        {"official": False, **data},
        "die Datei",
        areas=areas,
        pass_rules=tuple(_row(PassRuleRow, table, f"pass_rules[{n}]") for n, table in enumerate(rules, 1)),
    )


def _area(table: Mapping[str, Any], where: str) -> AreaRow:
    where = f"Bereich {table.get('number', where)}"
    criteria = tuple(_criterion(each, where) for each in _tables(table, "criteria", where))
    return _row(AreaRow, table, where, criteria=criteria)


def _criterion(table: Mapping[str, Any], where: str) -> CriterionRow:
    code = table.get("code", "")
    where = f"Kriterium {code}" if code else f"ein Kriterium in {where}"
    parts = tuple(_row(PartRow, {"code": code, **each}, where) for each in _tables(table, "parts", where))
    return _row(CriterionRow, table, where, parts=parts)


def _tables(table: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    tables = table.get(name)
    if not tables or not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise CatalogueError(f"In „{where}“ fehlt die Liste „{name}“.")
    return tables


def _stored(shape: type[Shape], row: models.Model, **made: Any) -> Shape:
    names = (field.name for field in fields(shape) if field.name not in made)
    return shape(**{name: getattr(row, name) for name in names}, **made)


def _row(shape: type[Shape], table: Mapping[str, Any], where: str, **made: Any) -> Shape:
    """The table as a row, its own lists replaced by the rows made of them. Raises CatalogueError."""
    known = {field.name: field for field in fields(shape)}
    needed = {name for name, field in known.items() if field.default is MISSING}
    if unknown := sorted(set(table) - set(known)):
        raise CatalogueError(
            f"{where}: Die Angabe „{unknown[0]}“ ist nicht bekannt. Bitte prüfen Sie die Schreibweise."
        )
    if missing := sorted(needed - set(table) - set(made)):
        raise CatalogueError(f"{where}: Es fehlt die Angabe „{missing[0]}“.")
    for name, value in table.items():
        kind: Any = known[name].type
        if name not in made and type(value) not in {kind, *get_args(kind)}:
            raise CatalogueError(f"{where}: „{name}“ muss {KINDS[kind]} sein, nicht „{value}“.")
    return shape(**{**table, **made})


def _doubles(catalogue: Catalogue) -> Iterator[str]:
    """Numbers that stand for two things; within an edition a criterion is found by its number alone."""
    criteria = [criterion for area in catalogue.areas for criterion in area.criteria]
    numbers = {
        "Der Bereich": [str(area.number) for area in catalogue.areas],
        "Das Kriterium": [criterion.code for criterion in criteria],
        "Der Teil": [part.code for criterion in criteria for part in criterion.parts],
        "Die Mindestanforderung": [" ".join(_values(rule)) for rule in catalogue.pass_rules],
    }
    for what, found in numbers.items():
        yield from (f"{what} „{number}“ kommt mehrfach vor." for number, n in Counter(found).items() if n > 1)


def _values(rule: PassRuleRow) -> list[str]:
    return [value for value in (rule.tier, rule.group, rule.procedure, rule.kind) if value]


def _unreachable(catalogue: Catalogue) -> Iterator[str]:
    there = Counter((c.tier, area.group) for area in catalogue.areas for c in area.criteria)
    for rule in catalogue.pass_rules:
        count = there[rule.tier, rule.group]
        if rule.at_least > count:
            yield (
                f"Verlangt werden {rule.at_least} Kriterien ({rule.tier}, {rule.group}), "
                f"die Datei enthält aber nur {count}."
            )


def _refused(catalogue: Catalogue) -> Iterator[str]:
    """What the database would not take: choices, lengths, half a frequency."""
    yield from _problems(Edition(key=catalogue.key, label=catalogue.label), "die Datei", "key")
    for rule in catalogue.pass_rules:
        yield from _problems(PassRule(**asdict(rule)), "pass_rules", "edition")
    for area in catalogue.areas:
        yield from _problems(_area_of(area), f"Bereich {area.number}", "edition")
        for position, criterion in enumerate(area.criteria, 1):
            where = f"Kriterium {criterion.code}"
            yield from _problems(_criterion_of(criterion, position), where, "area")
            for part in criterion.parts:
                yield from _problems(Part(**asdict(part)), where, "criterion")


def _problems(row: models.Model, where: str, *unknown_yet: str) -> Iterator[str]:
    try:
        row.clean_fields(exclude=unknown_yet)
        row.validate_constraints(exclude=unknown_yet)
    except ValidationError as error:
        yield from (f"{where}: {sentence}" for sentence in error.messages)


def _replace(edition: Edition, catalogue: Catalogue) -> None:
    """Write the edition anew; nothing points at the criteria of an edition that no round uses."""
    Criterion.objects.filter(area__edition=edition).delete()
    edition.areas.all().delete()
    edition.pass_rules.all().delete()
    edition.label, edition.official = catalogue.label, catalogue.official
    edition.save()
    PassRule.objects.bulk_create(PassRule(edition=edition, **asdict(rule)) for rule in catalogue.pass_rules)
    for row in catalogue.areas:
        area = _area_of(row)
        area.edition = edition
        area.save()
        for position, criterion in enumerate(row.criteria, 1):
            _write_criterion(area, criterion, position)


def _write_criterion(area: Area, row: CriterionRow, position: int) -> None:
    criterion = _criterion_of(row, position)
    criterion.area = area
    criterion.save()
    Part.objects.bulk_create(Part(criterion=criterion, **asdict(part)) for part in row.parts)


def _area_of(row: AreaRow) -> Area:
    return Area(number=row.number, name=row.name, group=row.group)


def _criterion_of(row: CriterionRow, position: int) -> Criterion:
    return Criterion(position=position, code=row.code, tier=row.tier, title=row.title, help=row.help)
