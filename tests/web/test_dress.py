"""The frame around every page, the form template pack and the components, as a person's browser gets them."""

from datetime import timedelta

import lxml.html  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.asserts import assertContains, assertRedirects

from centres.models import Letter
from config.feedback import MOST_PER_HOUR
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PUBLIC = [
    "/",
    "/barrierefreiheit/",
    "/datenschutz/",
    "/impressum/",
    "/feedback/",
    "/feedback/danke/",
    "/konto/anmelden/",
    "/konto/anmelden/code/",
    "/konto/anlegen/",
    "/konto/gesperrt/",
    "/konto/passwort/vergessen/",
    "/gibt/es/nicht/",
]
PERSONAL = ["/konto/abmelden/", "/konto/passwort/", "/konto/sicherheit/", "/konto/bestaetigen/"]


@pytest.fixture
def showcase(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.web.showcase"


def page(client: Client, path: str, data: dict[str, str] | None = None) -> lxml.html.HtmlElement:
    response = client.get(path) if data is None else client.post(path, data)
    return lxml.html.fromstring(response.content.decode())


def controls(form: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return form.xpath(".//input[not(@type='hidden')] | .//select | .//textarea")  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_in_the_dress(client: Client, path: str) -> None:
    html = page(client, path)

    assert html.get("lang") == "de"
    assert len(html.xpath("//h1")) == 1
    assert html.xpath("//a[@class='skip-link']/@href") == ["#inhalt"]
    footer = html.xpath("//footer//a/text()")
    assert footer == ["Barrierefreiheit", "Feedback und Barriere melden", "Datenschutz", "Impressum"]


@pytest.mark.parametrize("path", PERSONAL)
def test_page_of_the_own_account_is_in_the_dress(client: Client, path: str) -> None:
    client.force_login(UserFactory.create(service_office=True))

    html = page(client, path)

    assert len(html.xpath("//h1")) == 1
    assert "Familienzentrum NRW" in html.findtext(".//title")


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL])
def test_page_brings_nothing_that_the_policy_refuses(client: Client, path: str) -> None:
    if path in PERSONAL:
        client.force_login(UserFactory.create(service_office=True))

    html = page(client, path)

    assert not html.xpath("//style | //script[not(@src)] | //*[@style] | //@*[starts-with(name(), 'on')]")
    assert not html.xpath("//@src[starts-with(., 'http')] | //link/@href[starts-with(., 'http')]")


def test_policy_allows_only_ourselves(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_heading_and_title_say_the_same(client: Client) -> None:
    html = page(client, "/impressum/")

    assert html.findtext(".//title") == "Impressum – Familienzentrum NRW"
    assert html.findtext(".//h1") == "Impressum"


def test_menu_marks_where_one_is(client: Client) -> None:
    client.force_login(UserFactory.create(service_office=True))

    marked = page(client, "/servicestelle/").xpath("//nav[@aria-label='Hauptmenü']//a[@aria-current='page']")

    assert {link.text for link in marked} == {"Servicestelle"}


def test_who_acts_in_a_place_of_another_role_is_told_so(client: Client) -> None:
    person = UserFactory.create(service_office=True)
    client.force_login(person)

    response = client.post("/portal/faelle/1/teilnahme/")

    assertContains(response, f"Sie sind angemeldet als {person.email}", status_code=403)


def test_place_of_a_role_asks_visitors_to_sign_in(client: Client) -> None:
    assertRedirects(client.get("/servicestelle/"), "/konto/anmelden/?next=/servicestelle/")


def test_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/feedback/", {"message": "x"})

    assertContains(response, "Das Formular ist abgelaufen", status_code=403)


def test_error_page_needs_neither_database_nor_context(client: Client, showcase: None) -> None:
    client.raise_request_exception = False

    response = client.get("/kaputt/")

    assertContains(response, "Auf unserer Seite ist ein Fehler aufgetreten", status_code=500)


def test_field_has_a_label(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/")

    for control in controls(html.xpath("//main//form")[0]):
        assert html.xpath(f"//label[@for='{control.get('id')}']") or control.xpath("ancestor::label"), control.name


def test_failed_field_points_to_its_hint_and_error(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/", {})

    field = html.get_element_by_id("id_name")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "id_name_helptext id_name_error"
    for target in field.get("aria-describedby").split():
        assert html.get_element_by_id(target) is not None


def test_failed_group_points_to_its_hint_and_error(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/", {})

    group = html.get_element_by_id("div_id_one")
    assert group.tag == "fieldset"
    assert group.findtext("legend").strip() == "Ist das erfüllt?"
    assert group.get("aria-describedby") == "id_one_helptext id_one_error"


def test_failed_form_is_summed_up_on_top(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/", {})

    summary = html.xpath("//*[@role='alert'][@tabindex='-1'][@autofocus]")[0]
    assert summary.findtext(".//h2") == "Bitte prüfen Sie Ihre Angaben"
    targets = [link.get("href")[1:] for link in summary.iter("a")]
    assert len(targets) == len(set(targets)) == 11
    assert {html.get_element_by_id(target).tag for target in targets} <= {"input", "select", "textarea"}


def test_failed_form_is_announced_in_the_title(client: Client, showcase: None) -> None:
    assert page(client, "/bausteine/", {}).findtext(".//title").startswith("Fehler: ")


def test_optional_field_says_so_and_required_field_does_not(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/")

    assert "freiwillig" in html.xpath("string(//label[@for='id_story'])")
    assert "freiwillig" not in html.xpath("string(//label[@for='id_name'])")
    assert html.get_element_by_id("id_name").get("required") is not None


def test_layout_of_a_form_becomes_groups_and_buttons(client: Client, showcase: None) -> None:
    html = page(client, "/formular/")

    form = html.xpath("//main//form")[0]
    assert form.get("hx-post") == "/anders/"
    assert form.xpath(".//fieldset/legend/text()") == ["Anschrift"]
    assert form.xpath(".//*[@class='form__row']//input/@name") == ["street", "town"]
    assert form.xpath("string(.//button[@type='submit'])") == "Speichern"
    assert form.xpath(".//input[@name='csrfmiddlewaretoken']")


def test_formset_has_one_summary_for_all_its_forms(client: Client, showcase: None) -> None:
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-street": "Am Wall 1", "form-1-town": "Unna"}
    html = page(client, "/liste/", sent)

    assert html.xpath("//*[@role='alert']//a/@href") == ["#id_form-0-town", "#id_form-1-street"]


def test_pagination_keeps_the_question(client: Client, showcase: None) -> None:
    html = page(client, "/bausteine/?ort=Köln&seite=7")

    assert html.xpath("//a[@rel='next']/@href") == ["?ort=K%C3%B6ln&seite=8"]
    assert html.xpath("normalize-space(//*[@class='pagination']//*[@aria-current='page'])") == "Seite 7"


def test_facts_show_zero_as_a_value_and_nothing_as_a_dash(client: Client, showcase: None) -> None:
    values = page(client, "/bausteine/").xpath("//dl[@class='kern-description-list']//dd/text()")

    assert values == ["AWO Kreisverband", "0", "–", "–"]


def test_feedback_reaches_the_ministry_as_a_letter(client: Client) -> None:
    person = UserFactory.create(ministry=True)

    response = client.post("/feedback/", {"page": "/siegel/", "message": "Der Kontrast reicht nicht."})

    assertRedirects(response, "/feedback/danke/")
    letter = Letter.objects.get()
    assert letter.to == person.email
    assert "Der Kontrast reicht nicht." in letter.body


def test_feedback_knows_the_page_one_comes_from(client: Client) -> None:
    assert page(client, "/feedback/?seite=/siegel/").get_element_by_id("id_page").get("value") == "/siegel/"


def test_feedback_is_refused_when_far_too_much_arrives(client: Client) -> None:
    UserFactory.create(ministry=True)
    for _ in range(MOST_PER_HOUR):
        client.post("/feedback/", {"message": "Kauft Uhren"})

    response = client.post("/feedback/", {"message": "Eine echte Barriere"})

    assertContains(response, "Bitte versuchen Sie es später noch einmal.")
    assert Letter.objects.count() == MOST_PER_HOUR


def test_feedback_is_taken_again_an_hour_later(client: Client) -> None:
    UserFactory.create(ministry=True)
    for _ in range(MOST_PER_HOUR):
        client.post("/feedback/", {"message": "Kauft Uhren"})
    Letter.objects.update(written_at=timezone.now() - timedelta(hours=2))

    assertRedirects(client.post("/feedback/", {"message": "Eine echte Barriere"}), "/feedback/danke/")
