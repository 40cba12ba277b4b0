"""What somebody has chosen to see, read from an address."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from certification.models import Case
from certification.worklist.columns import DEFAULT_ORDER, ordered
from certification.worklist.lists import Tab, at_work, rows, tab_named
from certification.worklist.narrowing import WorklistFilter

WORDS = ("liste", *WorklistFilter.base_filters)


@dataclass(frozen=True, slots=True)
class Selection:
    """A list, narrowed and in an order. `cases` is what the page pages through and an export holds."""

    tab: Tab
    narrowing: WorklistFilter
    order: str
    cases: QuerySet[Case]
    narrowed: bool
    filtered: bool


def selection_of(query: QueryDict, *, user: User, today: date) -> Selection:
    narrowing = WorklistFilter(query, at_work(Case.objects.visible_to(user, on=today)), today=today)
    tab = tab_named(query.get("liste"))
    given = dict(narrowing.form.cleaned_data) if narrowing.form.is_valid() else {}
    order = given.pop("sortierung", "") or DEFAULT_ORDER
    cases = ordered(rows(narrowing.qs, tab, user=user, today=today), order)
    filtered = any(value for name, value in given.items() if name != "suche")
    return Selection(tab, narrowing, order, cases, any(given.values()), filtered)


def chosen(query: QueryDict, *, user: User, today: date) -> list[Case]:
    """The ticked cases of the list, or with `alle` every one of it, in its order."""
    cases = selection_of(query, user=user, today=today).cases
    if "alle" not in query:
        ticked = [int(number) for number in query.getlist("fall") if number.isdecimal()]
        cases = cases.filter(pk__in=ticked)
    return list(cases)


def kept(query: QueryDict) -> str:
    """The address of a selection without what does not belong to it."""
    words = QueryDict(mutable=True)
    for name in WORDS:
        if value := query.get(name):
            words[name] = value
    return words.urlencode()
