"""Every page in a real browser: what axe finds, what the content security policy refuses.

The admin is asked which pages it has, so a new one is looked at without being named here.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.test import RequestFactory
from django.urls import URLPattern, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from centres.models import CentreKind, FamilyCentre, Letter, LetterState, YouthOffice
from certification import awarding, forecast
from certification.models import AwardBatch, Case, Certificate, Objection, Outcome
from certification.rules.moves import State
from config.demo.fates import LEAST
from config.demo.loading import Wanted, load
from events import letters
from events.models import EventKind, InfoEvent, Invitation, ParticipantFile, Registration
from events.rules.opening import EventState
from tests.browser.accessibility import violations
from tests.browser.people import sign_in
from tests.centres.files import csv_of, row
from tests.factories.certification import EditionFactory, RoundFactory, SealFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

SIGN_IN = [
    "konto/anmelden/",
    "konto/anmelden/code/",
    "konto/anmelden/link/",
    "konto/passwort/vergessen/",
    "konto/anlegen/",
    "konto/gesperrt/",
]
FOOTER = ["barrierefreiheit/", "datenschutz/", "impressum/", "feedback/", "feedback/danke/"]
PUBLIC = ["", "familienzentren/", "familienzentren/?q=koeln", "familienzentren/?q=gibtesnicht", "veranstaltungen/",
          "siegel/", "siegel/?nummer=quatsch", "siegel/AAAAAAAAAAAAAAAAAAAAAA/", "gibt-es-nicht/"]  # fmt: skip
ACCOUNT = [
    "konto/briefe/",
    "konto/passwort/",
    "konto/passkey/",
    "konto/sicherheit/",
    "konto/sicherheit/app/einrichten/",
    "konto/abmelden/",
]
ACTS = {
    State.SUBMITTED: ["", "beginnen/", "zustaendigkeit/"],
    State.IN_REVIEW: ["", "bereich/1/", "rueckfrage/", "termine/", "begehung/", "vorschlag/"],
    State.QUERIED: ["", "bereich/5/", "rueckfrage/", "rueckfrage/frist/", "rueckfrage/ohne-antwort/", "termine/"],
    State.VISIT_AGREED: ["", "niederschrift/", "termine/zurueckziehen/", "begehung/verlegen/", "begehung/absagen/"],
    State.VISITED: ["", "vorschlag/"],
    State.RECOMMENDED: [""],
    State.AWARDED: ["", "bereich/8/", "berichtigung/"],
}
LISTS = [
    "?liste=alle&suche=kita",
    "?liste=alle&sortierung=-frist",
    "verteilen/?liste=alle&alle=ja&an=1&vorschau=ja",
    "bindungen/",
    "abwesenheit/",
    "auswahl/",
    "urteile/",
    "auswahl/?suche=kita",
]
NOT_HERE = (
    *("_autocomplete", "_file", "_import_rejects"),  # answers to scripts, and downloads
    *("_reminderrule_draft", "_reminderrule_hold"),  # of one expected letter; below
    *("_import_preview", "_history", "_delete"),  # the same page for each model; once, below
)


@pytest.fixture(autouse=True)
def world() -> None:
    load(Wanted(LEAST, 1, timezone.localdate(), timezone.now()))


def person(mailbox: str) -> User:
    return User.objects.get(email=f"{mailbox}@example.org")


def complaints(page: Page, site: str, addresses: Iterable[str]) -> str:
    """One line for each flaw of each page; empty where all is well."""
    seen: list[str] = []
    for address in addresses:
        answer = page.goto(f"{site}/{address.removeprefix('/')}")
        assert answer
        if answer.status >= 500 or (answer.status >= 400 and address != "gibt-es-nicht/"):
            seen.append(f"{page.url} answers with {answer.status}")
        if "/anmelden/" in page.url and "anmelden/" not in address:
            seen.append(f"{address} asks to sign in")
        seen += violations(page)
    return "\n".join(seen)


def admin_pages(user: User) -> Iterator[str]:
    """Each list, form, question and preview of each model in the admin."""
    request = RequestFactory().get("/admin/")
    request.user = user
    for model, pages in admin.site._registry.items():
        first = model._default_manager.order_by("pk").first()
        for url in pages.get_urls():
            if isinstance(url, URLPattern) and url.name and not url.name.endswith(NOT_HERE):
                yield from addresses(url, pages, first, request)


def addresses(url: URLPattern, pages: ModelAdmin, first: Model | None, request: Any) -> list[str]:
    names = set(url.pattern.converters)
    if not names:
        return [] if refused(url, pages, request) else [reverse(f"admin:{url.name}")]
    if "brief" in names:
        return [reverse(f"admin:{url.name}", kwargs={"brief": "reminder_seal"})]
    if first is None:  # nothing of the kind in the data of the demo: only its list can be looked at
        return []
    (key, *_) = names & {"object_id", "pk"}
    acts = [{"name": act.name} for act in getattr(pages, "acts", ())] if "name" in names else [{}]
    return [reverse(f"admin:{url.name}", kwargs={key: first.pk, **act}) for act in acts]


def refused(url: URLPattern, pages: ModelAdmin, request: Any) -> bool:
    return url.name.endswith("_add") and not pages.has_add_permission(request)


def first_of(state: State, **known: Any) -> Case:
    case = Case.objects.filter(state=state, **known).order_by("pk").first()
    assert case, f"The test's data have no case that is {state}."
    return case


def changes(*objects: Model) -> list[str]:
    names = (f"admin:{each._meta.app_label}_{each._meta.model_name}_change" for each in objects)
    return [reverse(name, args=[each.pk]) for name, each in zip(names, objects, strict=True)]


def test_public_pages(page: Page, site: str) -> None:
    centre = FamilyCentre.objects.earliest("pk")
    entry = reverse("register_entry", args=[centre.certification_number])
    answers = [f"siegel/{each.public_id}/" for each in Certificate.objects.order_by("pk")[:2]]

    assert complaints(page, site, [*PUBLIC, *FOOTER, *SIGN_IN, entry, *answers]) == ""


def test_pages_of_events_for_everybody_and_for_whoever_has_a_link(page: Page, site: str) -> None:
    events = [reverse("event", args=[each.public_id]) for each in InfoEvent.objects.public()]
    fair = InfoEvent.objects.get(kind=EventKind.OPEN, state=EventState.PUBLISHED)
    forms = [reverse(name, args=[fair.public_id]) for name in ("event_register", "event_received")]
    first = {each.state: each for each in Registration.objects.select_related("event")}
    links = [path(letters.manage_url(each)) for each in first.values()]
    acts = [f"{links[0]}absagen/", f"{path(letters.manage_url(first['offered']))}annehmen/"]
    invited = path(letters.invitation_url(Invitation.objects.earliest("-pk")))

    addresses = [
        *events,
        *forms,
        *links,
        *acts,
        invited,
        "veranstaltungen/?vergangen",
        "veranstaltungen/?art=initial",
    ]

    assert complaints(page, site, addresses) == ""


def path(url: str) -> str:
    return urlsplit(url).path


def test_sign_in_with_a_code(page: Page, site: str) -> None:
    page.goto(f"{site}/konto/anmelden/code/")
    page.get_by_label("E-Mail-Adresse").fill("leitung@example.org")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_label("Code aus der E-Mail")).to_be_visible()

    assert violations(page) == []


def test_admin_has_no_page_with_a_flaw(page: Page, site: str) -> None:
    someone, now = person("ministerium"), timezone.now()
    awarding.prepare(Case.objects.filter(state=State.RECOMMENDED), by=someone, at=now, on=timezone.localdate())
    sign_in(page, site, someone)

    assert complaints(page, site, ["admin/", *admin_pages(someone)]) == ""


def test_admin_in_its_other_states(page: Page, site: str) -> None:
    sign_in(page, site, person("ministerium"))

    assert complaints(page, site, [*other_states(), *searches(), *expected(), *ACCOUNT]) == ""


def other_states() -> list[str]:
    """An award and a round under way, centres of another kind, cases in every state; a history, a question."""
    draft = RoundFactory.create(edition=EditionFactory.create())
    network = FamilyCentre.objects.filter(kind=CentreKind.NETWORK).earliest("pk")
    ended = FamilyCentre.objects.exclude(ended_on=None).earliest("pk")
    failed = Letter.objects.filter(state=LetterState.FAILED).earliest("pk")
    cases = [first_of(state) for state in State]
    once = [(ended, "history"), (draft, "delete")]
    return [
        *changes(running_award(), draft, draft.edition, network, ended, *cases),
        *(
            reverse(f"admin:{each._meta.app_label}_{each._meta.model_name}_{name}", args=[each.pk])
            for each, name in once
        ),
        reverse("admin:certification_round_open", args=[draft.pk]),
        *(reverse("admin:centres_letter_settle", query={"brief": number}) for number in (failed.pk, 0)),
    ]


def expected() -> list[str]:
    """A reminder of the next weeks: to read, and to hold with its rule or alone."""
    today = timezone.localdate()
    SealFactory.create(awarded_on=today - timedelta(days=1400), valid_through=today + timedelta(days=40))
    day, (due, *_) = next((day, dues) for day, dues in forecast.upcoming(today, days=30).items() if dues)
    one = urlencode({"tag": day, "anlass": due.occasion.key})
    page = reverse("admin:certification_reminderrule_preview")
    return [f"{page}{rest}" for rest in (f"brief/?{one}", f"anhalten/?{one}", f"anhalten/?regel={due.occasion.rule}")]


def running_award() -> AwardBatch:
    someone, now = person("ministerium"), timezone.now()
    cases = Case.objects.filter(state=State.RECOMMENDED)
    batch = awarding.prepare(cases, by=someone, at=now, on=timezone.localdate())
    batch.confirmed_at, batch.confirmed_by = now, someone
    batch.save()
    return batch


def searches() -> list[str]:
    lists = ["centres_familycentre", "centres_letter", "certification_seal"]
    return [f"{reverse(f'admin:{name}_changelist')}?q={word}" for name in lists for word in ("koeln", "gibtesnicht")]


def test_import_with_and_without_problems(page: Page, site: str, tmp_path: Path) -> None:
    office = YouthOffice.objects.earliest("pk").name
    good, wrong = row(Jugendamt=office), row(number="2", facility="2", PLZ="123", Jugendamt=office)
    sign_in(page, site, person("ministerium"))
    seen: list[str] = []

    for rows in ([good], [good, wrong]):
        file = tmp_path / "register.csv"
        file.write_bytes(csv_of(*rows, encoding="cp1252"))
        page.goto(f"{site}/admin/centres/familycentre/einlesen/")
        page.locator("input[type=file]").set_input_files(file)
        page.locator("input[type=submit].default").click()
        expect(page.get_by_text("Das würde die Datei ändern.")).to_be_visible()
        seen += violations(page)
    assert seen == []


def test_auditors_pages_and_place_of_the_service_office(page: Page, site: str) -> None:
    auditor, second = person("pruefung"), person("freigabe")
    own_states = [state for state in ACTS if state != State.SUBMITTED]
    cases: dict[State, int] = {state: first_of(state, auditor=auditor).pk for state in own_states}
    cases[State.SUBMITTED] = first_of(State.SUBMITTED).pk
    release = [f"pruefung/{cases[State.RECOMMENDED]}/{act}" for act in ["", "freigabe/", "rueckgabe/"]]
    sign_in(page, site, auditor)
    lists = ["pruefung/", *(f"pruefung/{page}" for page in LISTS), *ACCOUNT]
    own = [f"pruefung/{cases[state]}/{act}" for state, acts in ACTS.items() for act in acts]
    corrected = Outcome.objects.pending_corrections().earliest("pk").case_id
    objected = Objection.objects.filter(decided_on=None).earliest("pk").case_id
    own += [f"pruefung/{corrected}/berichtigung/{act}" for act in ("freigabe/", "rueckgabe/")]
    own.append(f"pruefung/{objected}/")
    release += [f"pruefung/{each}/widerspruch/" for each in (objected, cases[State.AWARDED])]

    seen = complaints(page, site, [*lists, *own])
    sign_in(page, site, second)

    tasks = [f"pruefung/{cases[State.SUBMITTED]}/{act}" for act in ["ausnahme/", "zustaendigkeit/"]]

    assert (seen, complaints(page, site, ["pruefung/team/", *release, *tasks])) == ("", "")
    sign_in(page, site, person("servicestelle"))
    held = InfoEvent.objects.filter(state=EventState.HELD).order_by("starts_at")
    doors = [f"servicestelle/{each.pk}/anwesenheit/" for each in held]
    listed = ParticipantFile.objects.get()
    lists = [f"servicestelle/{listed.event_id}/teilnehmerlisten/{end}" for end in ("", f"{listed.pk}/")]
    assert complaints(page, site, ["servicestelle/", *doors, *lists]) == ""
