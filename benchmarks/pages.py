"""Pages through the WSGI callable in this process, against pages of Django's stock parts in the same run."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.models import Count
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from benchmarks import _stage, _table
from benchmarks._full_case import CRITERIA, PIECES, full_case
from centres.models import FamilyCentre
from certification.models import Case
from certification.models.case import OPEN_STATES
from certification.rules.moves import State
from events.models import InfoEvent, Registration

MINISTRY, AUDITOR, LEAD = "ministerium@example.org", "pruefung@example.org", "leitung@example.org"
OFFICE = "servicestelle@example.org"
Page = Callable[[], int]


def run() -> None:
    _stage.demo()
    settings.ROOT_URLCONF = "benchmarks._stock"
    _table.head()
    site = Site()
    case_page(site)
    centre_list(site)
    register(site)
    situation(site)
    full_pages(site)
    registrations(site)
    worklist(site)


class Site:
    def __init__(self) -> None:
        self.application: WSGIHandler = get_wsgi_application()

    def page(self, address: str, email: str = "") -> Page:
        """Asks for the page and returns the length of the answer."""
        cookie = _session(email) if email else ""
        return lambda: self._get(address, cookie)

    def _get(self, address: str, cookie: str) -> int:
        request = RequestFactory(headers={"cookie": cookie}).get(address, headers={"host": "127.0.0.1"})
        answered: list[Any] = []
        response = self.application(request.environ, lambda *said: answered.append(said[0]))
        body = b"".join(response)
        response.close()
        assert answered == ["200 OK"], (address, answered)
        return len(body)


def _session(email: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def compare(what: str, ours: Page, anchor: Page, *, goal: float, queries: int) -> None:
    _table.ratio(what, *_table.fastest(ours, anchor), goal=goal)
    _table.number("  queries", _number_of_queries(ours), goal=queries)


def _number_of_queries(page: Page) -> int:
    with _stage.queries() as captured:
        page()
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)


def case_page(site: Site) -> None:
    case = Case.objects.filter(centre__memberships__user__email=LEAD).annotate(n=Count("steps")).latest("n")
    ours = site.page(reverse("portal:case", args=[case.pk]), LEAD)
    compare("portal, page of a case / logged-in page of 4 queries", ours, _stock_case(site, case), goal=2, queries=12)


def _stock_case(site: Site, case: Case, *, email: str = LEAD) -> Page:
    anchor = site.page(f"/stock/case/{case.pk}/", email)
    assert _number_of_queries(anchor) == 4
    return anchor


def centre_list(site: Site) -> None:
    ours = site.page(reverse("admin:centres_familycentre_changelist"), MINISTRY)
    anchor = site.page("/stock/admin/centres/familycentre/", MINISTRY)
    compare("ministry, list of 100 centres / stock admin, same rows and filters", ours, anchor, goal=0.5, queries=10)
    found = site.page(reverse("admin:centres_familycentre_changelist") + "?q=evangelisch", MINISTRY)
    anchor = site.page("/stock/admin/centres/familycentre/?q=evangelisch", MINISTRY)
    compare("  the same with a search", found, anchor, goal=0.5, queries=10)


def register(site: Site) -> None:
    anchor = site.page("/stock/centres/")
    compare(
        "public register, first page / bare list of 50 rows",
        site.page(reverse("register")),
        anchor,
        goal=1.3,
        queries=10,
    )
    found = site.page(reverse("register") + "?q=evangelisch")
    compare("  the same with a search", found, anchor, goal=1.3, queries=10)


def situation(site: Site) -> None:
    """The anchor sends the same statements again and reads all their rows."""
    page = site.page(reverse("admin:index"), MINISTRY)
    page()
    with _stage.queries() as captured:
        page()
    statements = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    ours, raw = _table.fastest(page, lambda: _send(statements))
    _table.ratio("situation page / the raw SQL behind it", ours, raw, goal=3)
    _table.limit("  the whole of it", ours, goal=0.3)
    _table.number("  queries", len(statements))


def _send(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def full_pages(site: Site) -> None:
    """The pages an auditor works on, of a case that has all a case can have, and of its most crowded area."""
    crowded = 4
    case = full_case(User.objects.get(email=AUDITOR), crowded=crowded)
    _stage.settle()
    anchor = _stock_case(site, case, email=AUDITOR)
    print(f"  {CRITERIA} criteria, {PIECES} pieces of evidence, for an auditor / logged-in page of 4 queries:")
    pages = {"case": (reverse("review:case", args=[case.pk]), 4.0)}
    pages["area of 16 criteria"] = (reverse("review:area", args=[case.pk, crowded]), 10.0)
    for name, (address, goal) in pages.items():
        page = site.page(address, AUDITOR)
        ours, stock = _table.fastest(page, anchor)
        _table.ratio(f"  {name}", ours, stock, goal=goal)
        _table.limit("    the whole of it", ours, goal=0.3)
        _table.number("    queries", _number_of_queries(page), goal=24)


MANY, FEW = 870, 10


def worklist(site: Site) -> None:
    """The last act: it closes cases."""
    page, anchor = site.page(reverse("review:home") + "?liste=alle", AUDITOR), site.page("/stock/centres/", AUDITOR)
    _leave_open(MANY)
    compare(f"auditors' worklist, {MANY} open cases / bare list of 50 rows", page, anchor, goal=4, queries=12)
    many, stock = _table.fastest(page, anchor)
    _leave_open(FEW)
    few, stock_again = _table.fastest(page, anchor)
    _table.ratio(f"  the same / {FEW} open cases, by that list", many, few * stock / stock_again, goal=1.2)


def _leave_open(number: int) -> None:
    """So many cases are open, by closing others or reopening one of a centre that has none."""
    now_open = list(Case.objects.open().order_by("pk").values_list("pk", flat=True))
    closed = Case.objects.exclude(centre__cases__state__in=OPEN_STATES).order_by("centre", "pk").distinct("centre")
    _set(State.WITHDRAWN, now_open[number:])
    _set(State.IN_REVIEW, list(closed.values_list("pk", flat=True)[: max(0, number - len(now_open))]))


def _set(state: State, cases: list[int]) -> None:
    _stage.filled("UPDATE certification_case SET state = %(state)s WHERE id = ANY(%(ids)s)", state=state, ids=cases)


def registrations(site: Site) -> None:
    """The anchor is the same page of an event with ten; a page shows a hundred."""
    many, few = (site.page(reverse("office:registrations", args=[_booked(n)]), OFFICE) for n in (500, 10))
    compare("service office, list of 500 registrations / of 10", many, few, goal=5, queries=12)


def _booked(number: int) -> int:
    event = InfoEvent.objects.earliest("pk")
    event.pk, event.public_id, event.capacity = None, f"bench-{number}", number
    event.save(force_insert=True)
    centres = FamilyCentre.objects.order_by("pk").values_list("pk", flat=True)[:number]
    Registration.objects.bulk_create(
        Registration(
            event=event,
            scope=event.scope,
            centre_id=centre,
            name=f"Gast {n}",
            email=f"gast-{n}@example.org",
            attends="online",
            state="booked",
            registered_at=event.starts_at,
        )
        for n, centre in enumerate(centres)
    )
    return int(event.pk)
