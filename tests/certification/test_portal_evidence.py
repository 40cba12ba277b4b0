"""The pages about evidence, as a lead meets them; and who may have a file."""

from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from centres.rules.file_types import DOCX
from certification.models import Case, Criterion, Evidence
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, deputy, lead, say
from tests.certification.test_evidence import criterion, earlier_case, hand_in, used
from tests.factories.accounts import UserFactory
from tests.factories.centres import MembershipFactory
from tests.factories.evidence import EvidenceFactory, docx, pdf, picture

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
SAID = {"kind": "training", "issued_on": "2025-03-10", "hours": "30", "title": "Erstberatung"}
GOOD, OTHER = ("Schein.pdf", pdf()), ("Foto.jpg", picture())
BAD = ("Kaputt.pdf", b"%PDF-1.7 kaputt")


@pytest.fixture
def case(client: Client) -> Case:
    """A case whose lead is signed in."""
    case = case_of()
    client.force_login(lead(case))
    return case


def at(case: Case, code: str = "1.1") -> str:
    return reverse("portal:criterion_evidence", args=[case.pk, criterion(case, code).pk])


def in_case(case: Case) -> str:
    return reverse("portal:case_evidence", args=[case.pk])


def box(case: Case) -> str:
    return reverse("portal:evidence", args=[case.centre_id])


def files(*named: tuple[str, bytes]) -> dict[str, Any]:
    return {"uploads": [SimpleUploadedFile(name, content) for name, content in named]}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_an_upload_at_a_criterion_lies_there(client: Client, case: Case) -> None:
    response = client.post(at(case), {**SAID, **files(GOOD), "criteria": [criterion(case).pk]})

    assert (response["Location"], said(response)) == (at(case), ["Der Nachweis ist gespeichert."])
    assert [str(use) for use in case.evidence_uses.all()] == ["Erstberatung bei 1.1"]
    assert "Verwendbar bis 10. März 2032" in client.get(at(case)).content.decode()


def test_several_files_and_a_photo_at_once(client: Client, case: Case) -> None:
    photo = {"photo": SimpleUploadedFile("IMG.jpg", picture(size=(80, 50)))}

    response = client.post(at(case), {**SAID, **files(GOOD, OTHER), **photo})

    assert said(response) == ["3 Nachweise sind gespeichert."]
    assert sorted(Evidence.objects.values_list("title", flat=True)) == [
        f"Erstberatung ({n} von 3)" for n in (1, 2, 3)
    ]


def test_a_bad_file_among_good_ones_loses_nothing(client: Client, case: Case) -> None:
    response = client.post(at(case), {**SAID, **files(GOOD, BAD, OTHER)})

    page, form = response.content.decode(), response.context["form"]
    assert "„Kaputt.pdf“ lässt sich nicht öffnen" in page
    assert (form["title"].value(), form["hours"].value()) == ("Erstberatung", "30")
    assert sorted(piece.name for piece in form.earlier) == ["Foto.jpg", "Schein.pdf"]
    assert set(Evidence.objects.values_list("kind", "issued_on")) == {("training", date(2025, 3, 10))}


def test_what_is_said_after_a_mistake_is_said_of_the_kept_files_too(client: Client, case: Case) -> None:
    first = client.post(at(case), {**SAID, **files(GOOD), "issued_on": "gestern", "criteria": [criterion(case).pk]})
    kept = Evidence.objects.get()
    assert "Bitte geben Sie das Datum so ein: 31.01.2027." in first.content.decode()
    assert (kept.issued_on, first.context["form"]["issued_on"].value()) == (None, "gestern")

    second = client.post(at(case), {**SAID, "stored": [kept.pk], "criteria": [criterion(case).pk]})

    kept.refresh_from_db()
    assert (said(second), kept.issued_on, kept.hours) == (["Der Nachweis ist gespeichert."], date(2025, 3, 10), 30)


def test_another_persons_pieces_cannot_be_sent_along(client: Client, case: Case) -> None:
    foreign, colleagues = (
        EvidenceFactory.create(),
        EvidenceFactory.create(centre=case.centre, uploaded_by=deputy(case)),
    )

    response = client.post(at(case), {**SAID, "stored": [foreign.pk, colleagues.pk, "quatsch"]})

    assert "Bitte wählen Sie eine Datei aus oder machen Sie ein Foto." in response.content.decode()
    assert set(Evidence.objects.values_list("title", flat=True)) == {foreign.title, colleagues.title}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "Bitte wählen Sie die Art des Nachweises."),
        ({"kind": "gedicht"}, "Bitte wählen Sie eine der Arten aus."),
        ({"issued_on": ""}, "Bitte geben Sie an, von wann der Nachweis ist."),
        ({"issued_on": "2026-02-03"}, "Dieses Datum liegt in der Zukunft."),
        ({"ends_on": "2025-03-09"}, "Der letzte Tag liegt vor dem Datum des Nachweises."),
        ({"hours": "viele"}, "Bitte geben Sie die Stunden als ganze Zahl von 1 bis 2000 ein"),
        ({"hours": "0"}, "Bitte geben Sie die Stunden als ganze Zahl von 1 bis 2000 ein"),
        ({"title": "x" * 151}, "Bitte kürzen Sie den Titel auf 150 Zeichen."),
        ({"criteria": ["0"]}, "Eines der Kriterien gibt es nicht mehr."),
    ],
)
def test_bad_input_is_said_beside_the_field_and_the_file_is_kept(
    client: Client, case: Case, wrong: dict[str, Any], sentence: str
) -> None:
    response = client.post(at(case), {**SAID, **files(GOOD), **wrong})

    assert response.content.decode().count(sentence) == 2  # in the summary and beside the field
    assert Evidence.objects.count() == 1


def test_more_files_than_go_at_once_are_named(client: Client, case: Case) -> None:
    many = [(f"{n}.pdf", pdf(n + 1)) for n in range(11)]

    response = client.post(at(case), {**SAID, **files(*many)})

    assert "„10.pdf“ ist noch nicht gespeichert: Auf einmal gehen 10 Dateien." in response.content.decode()
    assert Evidence.objects.count() == 10


def test_evidence_that_will_not_count_is_kept_with_a_warning(client: Client, case: Case) -> None:
    response = client.post(at(case), {**SAID, **files(GOOD), "issued_on": "2018-05-05"})

    assert said(response)[1].startswith("„Erstberatung“: Zu alt: Der Fortbildungsnachweis vom 5. Mai 2018")


def test_htmx_is_led_on(client: Client, case: Case) -> None:
    response = client.post(at(case), {**SAID, **files(GOOD)}, headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (200, at(case))


def test_the_button_in_the_questionnaire_saves_and_leads_to_the_evidence(client: Client, case: Case) -> None:
    area = reverse("portal:area", args=[case.pk, 1])

    response = client.post(area, {"nachweise": criterion(case).pk})

    assert response["Location"] == at(case)
    assert "Nachweis hinzufügen" in client.get(area).content.decode()


def test_the_questionnaire_shows_what_lies_at_each_criterion(client: Client, case: Case) -> None:
    piece = used(case).evidence
    used(case_of(edition=case.round.edition))

    page = client.get(reverse("portal:area", args=[case.pk, 1])).content.decode()

    assert page.count(reverse("evidence_file", args=[piece.public_id])) == 1
    assert page.count('class="evidence-line"') == 1


def test_last_times_piece_is_handed_in_again_with_one_click(client: Client, case: Case) -> None:
    piece = used(earlier_case(case)).evidence
    page = client.get(in_case(case)).content.decode()
    assert "Zuletzt eingereicht: " in page
    assert "Verwendbar bis 10. März 2032" in page

    response = client.post(in_case(case), {"wieder": f"{piece.pk}-{criterion(case).pk}"})

    assert said(response) == ["Ein Nachweis ist wieder eingereicht."]
    assert list(case.evidence_uses.values_list("evidence", "again")) == [(piece.pk, True)]


def test_all_that_is_still_usable_is_handed_in_again_at_once(client: Client, case: Case) -> None:
    last = earlier_case(case)
    used(last, "1.1")
    used(last, "5.1")
    used(last, "1.2", evidence=EvidenceFactory.create(centre=case.centre, issued_on=date(2017, 1, 1)))
    Evidence.criteria.through.objects.get_or_create(
        evidence=Evidence.objects.get(issued_on=date(2017, 1, 1)), criterion=criterion(case, "1.2")
    )
    page = client.get(in_case(case)).content.decode()
    assert "Alle noch gültigen wieder einreichen (2)" in page
    assert "Zu alt: " in page

    response = client.post(in_case(case), {"alle": "1"})

    assert said(response) == ["2 Nachweise sind wieder eingereicht."]
    assert set(case.evidence_uses.values_list("criterion__code", flat=True)) == {"1.1", "5.1"}


def test_what_is_not_offered_cannot_be_handed_in_again(client: Client, case: Case) -> None:
    foreign = EvidenceFactory.create()

    response = client.post(in_case(case), {"wieder": [f"{foreign.pk}-{criterion(case).pk}", "quatsch"]})

    assert said(response) == ["Es war nichts mehr zu übernehmen, was noch gilt."]


def test_a_piece_is_put_to_a_criterion_and_taken_away(client: Client, case: Case) -> None:
    piece = EvidenceFactory.create(centre=case.centre, criteria=[criterion(case)])

    put = client.post(at(case), {"dazu": piece.pk})
    taken = client.post(at(case), {"weg": piece.pk})

    assert (put["Location"], said(put)[0]) == (at(case), f"„{piece.title}“ liegt jetzt bei 1.1.")
    assert said(taken)[-1].startswith(f"„{piece.title}“ gehört nicht mehr zu 1.1.")
    assert not case.evidence_uses.exists()


@pytest.mark.parametrize("button", ["dazu", "weg"])
@pytest.mark.parametrize("value", ["foreign", "quatsch"])
def test_another_centres_piece_is_not_there(client: Client, case: Case, button: str, value: str) -> None:
    foreign = EvidenceFactory.create()

    assert client.post(at(case), {button: foreign.pk if value == "foreign" else value}).status_code == 404


def test_a_criterion_of_another_edition_is_not_there(client: Client, case: Case) -> None:
    other = Criterion.objects.filter(area__edition=case_of().round.edition).earliest("pk")

    assert client.get(reverse("portal:criterion_evidence", args=[case.pk, other.pk])).status_code == 404


def test_after_the_hand_in_the_pages_are_to_read(client: Client, case: Case) -> None:
    use = used(hand_in(case))
    pages = [client.get(page).content.decode() for page in (in_case(case), at(case))]

    refused = client.post(at(case), {"weg": use.evidence_id})
    client.post(at(case), {**SAID, **files(GOOD)})

    assert all("lassen sich nicht mehr ändern" in page and use.evidence.title in page for page in pages)
    assert not any("<form" in page.partition("<main")[2] for page in pages)
    assert said(refused) == ["Die Nachweise lassen sich nach dem Einreichen nicht mehr ändern."]
    assert Evidence.objects.get() == use.evidence


def test_the_collection_stays_open_between_cases(client: Client) -> None:
    case = case_of(State.AWARDED)
    client.force_login(lead(case))
    url = reverse("portal:evidence_add", args=[case.centre_id])

    response = client.post(url, {**SAID, **files(GOOD), "criteria": [criterion(case, "5.1").pk]})

    assert response["Location"] == box(case)
    page = client.get(box(case)).content.decode()
    assert page.index("5.1 Kriterium 5.1") < page.index("Erstberatung")


def test_the_collection_is_by_criterion_and_half_year_and_shows_only_ones_own(client: Client, case: Case) -> None:
    fields = {"centre": case.centre, "kind": "offer", "criteria": [criterion(case, "1.2")]}
    EvidenceFactory.create(title="Herbst", issued_on=date(2025, 10, 1), **fields)
    EvidenceFactory.create(title="Frühjahr", issued_on=date(2025, 3, 1), **fields)
    EvidenceFactory.create(title="Ohne", centre=case.centre)
    EvidenceFactory.create(title="Fremd", criteria=[criterion(case)])

    response = client.get(box(case))

    shelves = {shelf.label: [p.evidence.title for p in shelf.pieces] for shelf in response.context["shelves"]}
    assert shelves == {
        "Noch keinem Kriterium zugeordnet": ["Ohne"],
        "1.2 Kriterium 1.2": ["Frühjahr", "Herbst"],
    }
    assert "1. Halbjahr" in response.content.decode()


def test_between_cases_offers_stand_in_the_half_years_of_the_calendar(client: Client) -> None:
    centre = MembershipFactory.create().centre
    client.force_login(centre.memberships.get().user)
    for title, day in (("Herbst", date(2025, 10, 1)), ("Frühjahr", date(2025, 3, 1))):
        EvidenceFactory.create(title=title, centre=centre, kind="offer", issued_on=day)

    response = client.get(reverse("portal:evidence", args=[centre.pk]))

    (shelf,) = response.context["shelves"]
    assert [(each.evidence.title, each.halves) for each in shelf.pieces] == [
        ("Frühjahr", ("Februar bis Juli 2025",)),
        ("Herbst", ("August 2025 bis Januar 2026",)),
    ]


def test_details_are_changed_on_their_own_page(client: Client, case: Case) -> None:
    piece = EvidenceFactory.create(centre=case.centre, criteria=[criterion(case)])
    url = reverse("portal:evidence_piece", args=[piece.pk])
    form = client.get(url).context["form"]
    assert (form["title"].value(), form["criteria"].value()) == (piece.title, [criterion(case).pk])

    response = client.post(url, {"title": "Neu", "kind": "agreement", "issued_on": "2020-01-01", "renews": "on"})

    piece.refresh_from_db()
    assert (response["Location"], piece.title, piece.renews) == (box(case), "Neu", True)


def test_a_piece_that_was_handed_in_shows_its_story_and_no_form(client: Client, case: Case) -> None:
    use = used(hand_in(case))
    url = reverse("portal:evidence_piece", args=[use.evidence_id])

    page = client.get(url).content.decode()
    refused = client.post(url, SAID)

    assert f"{case.round.label}: 1.1 Kriterium 1.1" in page
    assert "Eingereicht, deshalb unveränderlich" in page
    assert said(refused)[0].startswith("Dieser Nachweis ist eingereicht.")


@pytest.mark.parametrize(("handed_in", "word"), [(False, "gelöscht"), (True, "aus Ihrer Sammlung entfernt")])
def test_a_piece_is_removed_after_a_question(client: Client, case: Case, handed_in: bool, word: str) -> None:
    piece = used(hand_in(case) if handed_in else case).evidence
    url = reverse("portal:evidence_remove", args=[piece.pk])
    assert "Was dann geschieht" in client.get(url).content.decode()

    response = client.post(url)

    assert (response["Location"], said(response)) == (box(case), [f"„{piece.title}“ ist {word}."])
    assert Evidence.objects.exists() == handed_in
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("page", ["box", "add", "case", "criterion", "piece", "area"])
def test_no_page_takes_more_than_twelve_queries(
    client: Client, case: Case, page: str, number: int, django_assert_max_num_queries: Any
) -> None:
    last = earlier_case(case)
    for _ in range(number):
        used(last)
        piece = used(case).evidence
    url = {
        "box": box(case),
        "add": reverse("portal:evidence_add", args=[case.centre_id]),
        "case": in_case(case),
        "criterion": at(case),
        "piece": reverse("portal:evidence_piece", args=[piece.pk]),
        "area": reverse("portal:area", args=[case.pk, 1]),
    }[page]

    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def file(piece: Evidence) -> str:
    return reverse("evidence_file", args=[piece.public_id])


def ask(client: Client, piece: Evidence, **query: str) -> Any:
    """The answer, read to its end."""
    response = client.get(file(piece), query)
    response.read = b"".join(response)
    return response


def test_a_file_is_shown_in_the_page_and_can_do_nothing_there(client: Client, case: Case) -> None:
    piece = EvidenceFactory.create(centre=case.centre, name="Übersicht.pdf")

    response = ask(client, piece)

    assert response.read.startswith(b"%PDF-1.7 no ")
    assert {name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "X-Frame-Options")} == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%C3%9Cbersicht.pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    assert response["Cache-Control"] == "private, no-store"


def test_what_browsers_do_not_show_is_a_download(client: Client, case: Case) -> None:
    word = EvidenceFactory.create(centre=case.centre, content=docx(), content_type=DOCX, name="Konzept.docx")
    piece = EvidenceFactory.create(centre=case.centre)

    answers = [ask(client, word), ask(client, piece, laden="1")]

    assert [a["Content-Disposition"].partition(";")[0] for a in answers] == ["attachment", "attachment"]
    assert [a["X-Frame-Options"] for a in answers] == ["DENY", "DENY"]


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("deputy", 200), ("auditor", 200), ("ministry", 200), ("service_office", 404), ("stranger", 404)],
)
def test_each_download_asks_who_may(client: Client, who: str, status: int) -> None:
    case = case_of(State.SUBMITTED)
    piece = used(case).evidence
    people: dict[str, Any] = {
        "lead": lambda: lead(case),
        "deputy": lambda: deputy(case),
        "stranger": lambda: MembershipFactory.create().user,
    }
    client.force_login(people.get(who, lambda: UserFactory.create(**{who: True}))())

    assert ask(client, piece).status_code == status


def test_nobody_gets_a_file_without_signing_in(client: Client) -> None:
    response = ask(client, EvidenceFactory.create())

    assert response["Location"].startswith("/konto/anmelden/")


def test_auditors_do_not_see_what_was_not_handed_in(client: Client) -> None:
    piece = used(case_of()).evidence
    client.force_login(UserFactory.create(auditor=True))

    assert ask(client, piece).status_code == 404


def test_files_are_only_read(client: Client, case: Case) -> None:
    assert client.post(file(EvidenceFactory.create(centre=case.centre))).status_code == 405


def test_before_the_hand_in_the_page_says_which_evidence_will_not_count(client: Client, case: Case) -> None:
    for code in ("1.1", "1.2", "5.1"):
        say(case, code)
    say(case, "1.3", "no")
    about = {"centre": case.centre, "criteria": [criterion(case)]}
    used(case)
    used(case, evidence=EvidenceFactory.create(title="Ohne Tag", issued_on=None, **about))
    used(case, "1.2", evidence=EvidenceFactory.create(title="Von früher", issued_on=date(2015, 3, 1), **about))

    response = client.get(reverse("portal:submit", args=[case.pk]))

    found = response.context["evidence"]
    assert found.counting == 1
    assert [each.piece.evidence.title for each in found.undated] == ["Ohne Tag"]
    assert [(each.criterion.code, each.piece.evidence.title) for each in found.too_old] == [("1.2", "Von früher")]
    assert [each.code for each in found.without] == ["5.1"]
    assert "Nachweise ohne Datum zählen nicht" in response.content.decode()


def test_before_the_hand_in_evidence_in_order_says_so(client: Client, case: Case) -> None:
    say(case, "1.1")
    used(case)

    assert "Alle Nachweise haben ein Datum" in client.get(reverse("portal:submit", args=[case.pk])).content.decode()
