"""What saves by itself while she types: the same rules as the button, but nothing of hers is ever decided by it."""

from typing import Any

import pytest
from django.test import Client

from certification.answers import Said
from certification.models import Case
from certification.rules.moves import State
from tests.certification.portal_cases import AT, case_of, deputy, lead, part_of, say
from tests.certification.test_portal_questionnaire import area, filled, stored

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]


@pytest.fixture
def case(client: Client) -> Case:
    case = case_of()
    client.force_login(lead(case))
    return case


def by_itself(client: Client, case: Case, data: dict[str, Any]) -> Any:
    return client.post(area(case), data, headers={"HX-Request": "true"})


def test_saving_by_itself_answers_with_what_changed_and_no_field(client: Client, case: Case) -> None:
    text = by_itself(client, case, filled(case, "1.1", value="yes", text="Treff")).content.decode()

    assert stored(case, "1.1") == Said("yes", "Treff")
    assert "Zuletzt gespeichert am 2. Februar 2026 um 10:30 Uhr" in text
    assert f'-stamp" value="{Said("yes", "Treff").stamp}"' in text
    assert not any(each in text for each in ["<html", "<textarea", 'type="radio"'])


def test_saving_by_itself_never_overwrites_somebody_else(client: Client, case: Case) -> None:
    say(case, "1.1", "no", saved_by=deputy(case))
    mine = filled(case, "1.1", value="yes")
    text = by_itself(client, case, mine).content.decode()
    assert all(each in text for each in ["Jemand hat gleichzeitig geändert.", "Meine Fassung gilt"])

    by_itself(client, case, mine | {f"teil{part_of(case, '1.1').pk}-seen": Said("no").stamp})

    assert stored(case, "1.1") == Said("no")


def test_saving_by_itself_shows_what_somebody_else_did_elsewhere_on_the_page(client: Client, case: Case) -> None:
    theirs = say(case, "1.2", "no", text="Von nebenan", saved_by=deputy(case))

    text = by_itself(client, case, filled(case, "1.1", value="yes") | filled(case, "1.2")).content.decode()

    assert all(each in text for each in [theirs.saved_by.name, "Von nebenan", "Diese Fassung anzeigen"])
    assert (stored(case, "1.1"), stored(case, "1.2")) == (Said("yes"), Said("no", "Von nebenan"))


def test_a_mistake_is_told_beside_the_field_and_below(client: Client, case: Case) -> None:
    text = by_itself(client, case, filled(case, "1.3", value="yes", first_half="zwei")).content.decode()

    assert text.count("Bitte geben Sie bei 1.3 eine ganze Zahl von 0 bis 999 ein") == 1
    assert "Noch nicht alles ist gespeichert." in text


def test_after_the_hand_in_saving_by_itself_says_so(client: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=State.SUBMITTED, submitted_at=AT)

    response = by_itself(client, case, filled(case, "1.1", value="yes"))

    assert "Die Antworten lassen sich nach dem Einreichen nicht mehr ändern." in response.content.decode()
    assert stored(case, "1.1") == Said()


def test_saving_by_itself_takes_few_queries(client: Client, case: Case, django_assert_max_num_queries: Any) -> None:
    data = filled(case, "1.1", value="yes") | filled(case, "1.2", value="no") | filled(case, "1.3", value="yes")

    with django_assert_max_num_queries(20):  # reads and writes
        by_itself(client, case, data)
