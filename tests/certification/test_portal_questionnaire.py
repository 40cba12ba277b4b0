from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from certification.answers import Said
from certification.models import Answer, Area, Case, Criterion, Part
from certification.questionnaire import progress_of, questionnaire_of, times_met
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, deputy, lead, part_of, say

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


@pytest.fixture
def case(client: Client) -> Case:
    """A case whose lead is signed in."""
    case = case_of()
    client.force_login(lead(case))
    return case


def area(case: Case, number: int = 1) -> str:
    return reverse("portal:area", args=[case.pk, number])


def filled(case: Case, code: str, shown: Said | None = None, **given: Any) -> dict[str, Any]:
    """What the form sends for one part; `shown` is what the page had shown."""
    key = f"teil{part_of(case, code).pk}"
    return {f"{key}-stamp": (shown or Said()).stamp, **{f"{key}-{name}": value for name, value in given.items()}}


def stored(case: Case, code: str) -> Said:
    return Said.by(Answer.objects.filter(case=case, part=part_of(case, code)).first())


def test_area_shows_groups_and_the_half_years_with_their_dates(client: Client, case: Case) -> None:
    text = client.get(area(case)).content.decode()

    assert text.count("Eines davon genügt</p>") == 1
    assert (text.count("<span>oder</span>"), text.count("<span>und</span>")) == (1, 1)
    assert "1. Januar 2025 bis 31. Juli 2025" in text
    assert "1. August 2025 bis 31. Januar 2026" in text
    assert "Mindestens 1-mal je Halbjahr" in text


def test_saving_keeps_all_of_it_and_stays_at_the_place(client: Client, case: Case) -> None:
    anchor = f"kriterium-{part_of(case, '1.3').criterion_id}"
    data = filled(case, "1.3", value="yes", text=" Treffen\r\nim Garten ", first_half="2", second_half="0")

    response = client.post(area(case), data | {"speichern": anchor})

    assert response["Location"] == f"{area(case)}#{anchor}"
    assert stored(case, "1.3") == Said("yes", "Treffen\nim Garten", 2, 0)
    assert [str(m) for m in get_messages(response.wsgi_request)] == ["Gespeichert um 10:30 Uhr."]


def test_saving_tells_how_far_a_count_has_got(client: Client, case: Case) -> None:
    say(case, "1.3", first_half=1)
    say(case, "1.3.1")

    text = client.get(area(case)).content.decode()

    assert "(gespeichert: 1 von 2 Halbjahren)" in text
    assert "Zählt noch nicht" in text


@pytest.mark.parametrize(
    ("number", "button", "name"), [(1, "weiter", "area"), (5, "weiter", ""), (5, "uebersicht", "")]
)
def test_saving_leads_on(client: Client, case: Case, number: int, button: str, name: str) -> None:
    response = client.post(area(case, number), {button: ""})

    assert response["Location"] == (area(case, 5) if name else reverse("portal:questionnaire", args=[case.pk]))


def test_a_place_that_is_none_of_the_page_is_not_followed(client: Client, case: Case) -> None:
    assert client.post(area(case), {"speichern": "//example.org"})["Location"] == area(case)


@pytest.mark.parametrize("wrong", ["zwei", "-1", "1000", "1,5"])
def test_a_wrong_count_holds_back_its_own_part_alone(client: Client, case: Case, wrong: str) -> None:
    data = filled(case, "1.3", value="yes", text="Treffen", first_half=wrong) | filled(case, "1.1", value="no")

    response = client.post(area(case), data)

    text = response.content.decode()
    assert "Bitte geben Sie bei 1.3 eine ganze Zahl von 0 bis 999 ein, zum Beispiel 2." in text
    assert all(each in text for each in [f'value="{wrong}"', ">\nTreffen</textarea>"])
    assert (stored(case, "1.1"), stored(case, "1.3")) == (Said("no"), Said())


def test_too_long_a_text_is_kept_on_the_page(client: Client, case: Case) -> None:
    response = client.post(area(case), filled(case, "1.1", text="x" * 5001))

    assert "Bitte kürzen Sie den Text bei 1.1 auf 5000 Zeichen." in response.content.decode()
    assert "x" * 5001 in response.content.decode()


def test_an_answer_that_is_none_is_refused(client: Client, case: Case) -> None:
    response = client.post(area(case), filled(case, "1.1", value="vielleicht"))

    assert "Bitte wählen Sie bei 1.1 Ja, Teilweise oder Nein." in response.content.decode()


def test_what_somebody_else_saved_meanwhile_is_shown_beside_hers(client: Client, case: Case) -> None:
    theirs = say(case, "1.1", "no", text="Von nebenan", saved_by=deputy(case))

    response = client.post(
        area(case), filled(case, "1.1", value="yes", text="Von mir") | filled(case, "1.2", value="no")
    )

    text = response.content.decode()
    assert f"{theirs.saved_by.name} hat um 10:30 Uhr gespeichert:" in text
    assert all(each in text for each in ["Von nebenan", "Von mir", "Eine Antwort ist deshalb nicht gespeichert."])
    assert (stored(case, "1.1"), stored(case, "1.2")) == (Said("no", "Von nebenan"), Said("no"))


def test_saving_again_after_a_conflict_is_meant(client: Client, case: Case) -> None:
    say(case, "1.1", "no", saved_by=deputy(case))
    mine = filled(case, "1.1", value="yes")
    text = client.post(area(case), mine).content.decode()
    key = f"teil{part_of(case, '1.1').pk}"
    assert f'name="{key}-stamp" value="{Said().stamp}"' in text
    assert f'name="{key}-seen" value="{Said("no").stamp}"' in text

    client.post(area(case), mine | {f"{key}-seen": Said("no").stamp})

    assert stored(case, "1.1") == Said("yes")


def test_a_third_version_meanwhile_is_shown_as_well(client: Client, case: Case) -> None:
    say(case, "1.1", "partly", saved_by=deputy(case))
    seen = {f"teil{part_of(case, '1.1').pk}-seen": Said("no").stamp}

    response = client.post(area(case), filled(case, "1.1", value="yes") | seen)

    assert "Jemand hat gleichzeitig geändert" in response.content.decode()
    assert stored(case, "1.1") == Said("partly")


def test_what_she_left_alone_stays_theirs_when_the_page_comes_again(client: Client, case: Case) -> None:
    say(case, "1.1", "no", saved_by=deputy(case))
    data = filled(case, "1.1") | filled(case, "1.3", first_half="zwei")
    text = client.post(area(case), data).content.decode()
    assert f'name="teil{part_of(case, "1.1").pk}-stamp" value="{Said().stamp}"' in text

    client.post(area(case), filled(case, "1.1") | filled(case, "1.3", first_half="2"))

    assert (stored(case, "1.1"), stored(case, "1.3")) == (Said("no"), Said(first_half=2))


def test_the_version_of_the_other_can_be_chosen(client: Client, case: Case) -> None:
    theirs = say(case, "1.1", "no", saved_by=deputy(case))

    data = filled(case, "1.1", value="yes") | filled(case, "1.2", value="yes")
    response = client.post(area(case), data | {"uebernehmen": theirs.part_id})

    assert response["Location"] == f"{area(case)}#kriterium-{theirs.part.criterion_id}"
    assert (stored(case, "1.1"), stored(case, "1.2")) == (Said("no"), Said("yes"))


def test_dates_count_for_their_half_year(client: Client, case: Case) -> None:
    data = filled(case, "1.3", value="yes", offers=["2025-09-12", "14.3.2025", "", "2025-03-14"])

    client.post(area(case), data)

    assert stored(case, "1.3") == Said("yes", offers=(date(2025, 3, 14), date(2025, 9, 12)))
    assert "(gespeichert: 2 von 2 Halbjahren)" in client.get(area(case)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("im März", "„im März“ ist bei 1.3 kein Datum. Bitte schreiben Sie es so: 12.3.2025."),
        ("2024-03-01", "Bei 1.3 liegt nicht im Prüfzeitraum: 1. März 2024. Es zählen Angebote vom 1. Januar 2025"),
    ],
)
def test_a_wrong_date_says_what_to_do(client: Client, case: Case, wrong: str, sentence: str) -> None:
    text = client.post(area(case), filled(case, "1.3", value="yes", offers=[wrong])).content.decode()

    assert sentence in text
    assert f'value="{wrong}"' in text
    assert stored(case, "1.3") == Said()


def test_too_many_dates_are_refused(client: Client, case: Case) -> None:
    days = [f"{day}.{month}.2025" for month in (3, 4, 5) for day in range(1, 31)]

    text = client.post(area(case), filled(case, "1.3", offers=days)).content.decode()

    assert "Bitte nennen Sie bei 1.3 höchstens 60 Daten" in text


def test_a_form_from_before_the_hand_in_is_refused(client: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.SUBMITTED, submitted_at=AT)

    response = client.post(area(case), filled(case, "1.1", value="yes"))

    assert response["Location"] == reverse("portal:answers", args=[case.pk])
    assert [str(m) for m in get_messages(response.wsgi_request)] == [
        "Die Antworten lassen sich nach dem Einreichen nicht mehr ändern."
    ]
    assert stored(case, "1.1") == Said()


def test_an_area_that_does_not_exist_is_not_there(client: Client, case: Case) -> None:
    assert client.get(area(case, 9)).status_code == 404


def test_overview_counts_progress_for_each_area(client: Client, case: Case) -> None:
    say(case, "1.2.1")
    say(case, "5.1", "no")

    response = client.get(reverse("portal:questionnaire", args=[case.pk]))

    sections = response.context["questionnaire"].sections
    assert [(s.area.number, s.answered, s.total) for s in sections] == [(1, 1, 3), (5, 1, 1)]
    assert "Muster, nicht amtlich" in response.content.decode()


def test_progress_counts_what_the_questionnaire_counts(case: Case) -> None:
    for code in ["1.2", "1.3", "5.1"]:  # of 1.3 the second group is still open
        say(case, code)
    found = questionnaire_of(case)

    assert progress_of([case]) == {case.pk: (found.answered, found.total)} == {case.pk: (2, 4)}


def test_a_yearly_count_is_told_over_both_half_years(case: Case) -> None:
    Part.objects.filter(pk=part_of(case, "1.3").pk).update(times=3, per="year")
    answer = say(case, "1.3", first_half=1, second_half=1)

    assert times_met(part_of(case, "1.3"), answer, questionnaire_of(case).halves) == "2 von 3 im Jahr"


def test_answers_can_be_read_and_printed_after_the_hand_in(client: Client, case: Case) -> None:
    say(case, "1.3", text="Jeden Freitag", first_half=2)
    Case.objects.filter(pk=case.pk).update(state=State.SUBMITTED, submitted_at=AT)

    text = client.get(reverse("portal:answers", args=[case.pk])).content.decode()

    assert all(each in text for each in ["Jeden Freitag", "1. Halbjahr: 2", "2. Halbjahr: –", "Keine Angabe"])
    assert "bearbeiten" not in text


@pytest.mark.parametrize("criteria", [1, 3])
@pytest.mark.parametrize("name", ["area", "questionnaire", "answers", "submit"])
def test_pages_take_the_same_queries_for_any_number_of_criteria(
    client: Client, case: Case, name: str, criteria: int, django_assert_max_num_queries: Any
) -> None:
    found = Area.objects.get(edition=case.round.edition, number=1)
    for n in range(criteria):
        criterion = Criterion.objects.create(area=found, code=f"1.{n}9", position=9 + n, tier="basic", title="Mehr")
        Part.objects.create(criterion=criterion, code=criterion.code, text="Mehr")
        say(case, criterion.code)
    address = area(case) if name == "area" else reverse(f"portal:{name}", args=[case.pk])

    with django_assert_max_num_queries(12):
        client.get(address)
