"""The main job in one run: from the register to the seal, through all roles, in a browser, with a worker."""

import hashlib
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from centres.models import FamilyCentre, Letter, LetterState
from centres.rules.kindergarten_year import KindergartenYear
from certification.models import Case, Certificate, Seal
from certification.rules.periods import plus_years
from tests.browser.accessibility import violations
from tests.browser.people import follow, press, sign_in, staff
from tests.factories.centres import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

OFFICES = "AGS;Jugendamt;Landesjugendamt;Einwohner\n05911;Jugendamt Bochum;LWL;365742\n"
HEADINGS = (
    "Zertifizierungsnummer;Familienzentrum;Form;Einrichtungsnummer;Einrichtung;Träger;Jugendamt;Straße;PLZ;Ort;"
    "E-Mail;Zuschussempfänger;Kontakteinrichtung;Gütesiegel verliehen am\n"
)


def register(last_award: date) -> str:
    awarded = f"{last_award:%d.%m.%Y}"
    return HEADINGS + (
        f"0004711;Familienzentrum Sonnenblume;Verbund;1001;Kita Sonnenblume;AWO Unterbezirk Ruhr;Jugendamt Bochum;"
        f"Hattinger Straße 12;44789;Bochum;sonnenblume@example.org;ja;nein;{awarded}\n"
        f"0004711;Familienzentrum Sonnenblume;Verbund;1002;Kita Wiesengrund;AWO Unterbezirk Ruhr;Jugendamt Bochum;"
        f"Wasserstraße 3;44803;Bochum;wiesengrund@example.org;nein;ja;{awarded}\n"
        f"0004712;Kita Rappelkiste;Einzel;1003;Kita Rappelkiste;Stadt Bochum;Jugendamt Bochum;"
        f"Königsallee 8;44789;Bochum;rappelkiste@example.org;ja;ja;30.09.2024\n"
    )


def test_from_the_register_to_the_seal(page: Page, site: str, worker: Path, tmp_path: Path) -> None:
    people = staff()
    call_command("load_catalogue")
    today = timezone.localdate()
    ending = KindergartenYear.of(today + timedelta(days=200)).last_day  # its papers are due in the coming February
    seen: list[str] = []

    sign_in(page, site, people["ministry"])
    import_registers(page, site, tmp_path, register(date(ending.year - 4, 5, 5)))
    open_round(page, site, ending)
    lead = MembershipFactory.create(centre=FamilyCentre.objects.get(name="Familienzentrum Sonnenblume")).user

    sign_in(page, site, lead)
    take_part_and_hand_in(page, site, seen)

    sign_in(page, site, people["auditor"])
    review_and_recommend(page, site, seen)

    sign_in(page, site, people["second"])
    release(page, site, seen)

    sign_in(page, site, people["ministry"])
    award(page, site)
    certificate = check_certificate(page, site, lead, tmp_path, seen)
    reminders_go_out_once(worker)
    assert certificate.seal.valid_from == date(ending.year, 8, 1)
    assert certificate.seal.valid_through == KindergartenYear.of(plus_years(today, 4)).last_day
    assert seen == []


def scanned(paper: Path) -> str:
    """What a telephone reads from the QR code."""
    picture = pypdfium2.PdfDocument(paper)[0].render(scale=3).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    return str(code.text)


def wait_until(true: Callable[[], bool], seconds: int = 60) -> None:
    """Workers need their time."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.2)


def import_registers(page: Page, site: str, folder: Path, centres: str) -> None:
    for model, text in (("youthoffice", OFFICES), ("familycentre", centres)):
        file = folder / f"{model}.csv"
        file.write_text(text, encoding="cp1252")
        page.goto(f"{site}/admin/centres/{model}/einlesen/")
        page.locator("input[type=file]").set_input_files(file)
        page.locator("input[type=submit]").first.click()
        page.locator("input[type=submit].default").click()
    assert FamilyCentre.objects.count() == 2
    assert Seal.objects.count() == 2


def open_round(page: Page, site: str, ending: date) -> None:
    page.goto(f"{site}/admin/certification/round/add/")
    page.get_by_label("Verfahren").select_option("renewal")
    page.get_by_label("Bezeichnung").fill("Re-Zertifizierung der Probe")
    page.get_by_label("Kriterien").select_option(index=1)
    page.get_by_label("Gütesiegel enden am").fill(ending.isoformat())
    press(page, "Sichern")
    follow(page, "Runde eröffnen")
    expect(page.get_by_text("0004711")).to_be_visible()
    page.locator("input[type=submit].default").click()
    expect(page.get_by_text("Die Runde ist seit")).to_be_visible()


def take_part_and_hand_in(page: Page, site: str, seen: list[str]) -> None:
    page.goto(f"{site}/portal/")
    seen += violations(page)
    page.locator(".next-step a").first.click()
    seen += violations(page)
    page.locator("main form button[type=submit]").first.click()
    for number in range(1, 9):
        page.goto(re.sub(r"(/faelle/\d+/).*", rf"\1fragebogen/{number}/", page.url))
        for radio in page.locator("input[type=radio][value=yes]").all():
            radio.check()
        for count in page.locator("main input[inputmode=numeric]").all():
            count.fill("4")
        page.locator(".criterion__end button").click()
        seen += violations(page)
    page.goto(re.sub(r"(/faelle/\d+/).*", r"\1einreichen/", page.url))
    seen += violations(page)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name=re.compile("Eingereicht am"))).to_be_visible()


def review_and_recommend(page: Page, site: str, seen: list[str]) -> None:
    page.goto(f"{site}/pruefung/?liste=alle")
    seen += violations(page)
    follow(page, "Familienzentrum Sonnenblume")
    case = page.url
    follow(page, "Prüfung beginnen")
    page.locator("main form button[type=submit]").first.click()
    for number in range(1, 9):
        page.goto(f"{case}bereich/{number}/")
        for radio in page.locator("input[type=radio][value=met]").all():
            radio.check()
        page.locator("input[type=radio][value=good]").check()
        press(page, "Speichern")
        seen += violations(page)
    page.goto(f"{case}vorschlag/")
    seen += violations(page)

    page.locator("input[type=radio][value=ja]").check()
    page.get_by_label("Warum ist keine Begehung nötig?").fill(
        "Alle Belege liegen vor, und die Begehung von 2023 war ohne Befund."
    )
    press(page, "Ergebnis vorschlagen")
    expect(page.get_by_text("Eine zweite Person gibt es frei").first).to_be_visible()


def release(page: Page, site: str, seen: list[str]) -> None:
    page.goto(f"{site}/pruefung/{Case.objects.get().pk}/freigabe/")
    seen += violations(page)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    press(page, "Ergebnis freigeben")
    expect(page.get_by_role("heading", name="Das Ergebnis ist freigegeben")).to_be_visible()


def award(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/certification/case/{Case.objects.get().pk}/change/")
    press(page, "Gütesiegel verleihen")
    page.get_by_role("button", name="1 Gütesiegel verleihen").click()
    expect(page.get_by_text("verliehen, gültig vom").first).to_be_visible()


def check_certificate(page: Page, site: str, lead: User, folder: Path, seen: list[str]) -> Certificate:
    """The lead downloads it; the QR code on the paper leads to a page that says the same."""
    case = Case.objects.get()
    wait_until(lambda: Certificate.objects.issued().exists())
    sign_in(page, site, lead)
    page.goto(f"{site}/portal/faelle/{case.pk}/ergebnis/")
    seen += violations(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Urkunde")).first.click()
    paper = folder / "urkunde.pdf"
    download.value.save_as(paper)
    certificate = Certificate.objects.get()
    assert hashlib.sha256(paper.read_bytes()).hexdigest() == certificate.sha256
    page.context.clear_cookies()
    page.goto(scanned(paper))
    seen += violations(page)
    expect(page.locator("main")).to_contain_text("Familienzentrum Sonnenblume")
    expect(page.locator("main")).to_contain_text(certificate.number)
    return certificate


def reminders_go_out_once(mail: Path) -> None:
    quiet = Seal.objects.get(centre__name="Kita Rappelkiste")
    on = (quiet.valid_through - timedelta(days=20)).isoformat()
    before = Letter.objects.count()

    for _ in range(2):
        call_command("write_reminders", "--on", on)

    wait_until(lambda: not Letter.objects.exclude(state=LetterState.SENT).exists())
    assert Letter.objects.count() == before + 1
    assert "".join(file.read_text() for file in mail.iterdir()).count(f"To: {quiet.centre.email}") == 1
