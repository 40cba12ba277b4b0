from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from centres import facts
from centres.models import FactKind
from certification.rules.evidence import EvidenceKind
from certification.rules.moves import State
from tests.certification.portal_cases import AT, TODAY, case_of, lead, say, small_edition
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, MembershipFactory, NetworkFactory
from tests.factories.certification import CaseFactory, SealFactory
from tests.factories.evidence import EvidenceFactory
from tests.factories.post import LetterFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(AT)]
HOME = "/portal/"


def test_home_shows_the_next_step_with_its_date_first(client: Client) -> None:
    case = case_of(State.REGISTERED)
    say(case, "1.1")
    client.force_login(lead(case))

    response = client.get(HOME)

    assert response.context["step"] == {
        "title": "Fragebogen ausfüllen",
        "text": "Es fehlen noch 3 von 4 Kriterien. Sie können jederzeit unterbrechen; "
        "was Sie speichern, bleibt erhalten.",
        "url": f"/portal/faelle/{case.pk}/fragebogen/",
        "action": "Weiter ausfüllen",
        "due": "28. Februar 2026, noch 26 Tage",
        "effort": "15 Minuten",
        "waiting": "die Zertifizierungsstelle",
    }
    assert f'href="/portal/faelle/{case.pk}/fragebogen/"' in response.content.decode()


def test_home_shows_the_seal_and_why_it_ends_then(client: Client) -> None:
    case = case_of()
    seal = SealFactory.create(centre=case.centre, awarded_on=date(2022, 5, 5))
    client.force_login(lead(case))

    page = client.get(HOME).content.decode()

    assert "31. Juli 2026" in page
    assert "Gültig, läuft aus" in page
    assert all(sentence in page for sentence in seal.explanation)


def test_home_shows_the_running_seal_and_the_one_that_follows(client: Client) -> None:
    case = case_of()
    old = SealFactory.create(centre=case.centre, awarded_on=date(2018, 5, 5))
    now = SealFactory.create(centre=case.centre, awarded_on=date(2022, 8, 5))
    client.force_login(lead(case))

    shown = [each.seal for each in client.get(HOME).context["seals"]]

    assert old.valid_through < TODAY
    assert shown == [now]


def test_home_without_a_case_says_when_the_next_one_starts(client: Client) -> None:
    membership = MembershipFactory.create()
    SealFactory.create(centre=membership.centre, awarded_on=date(2025, 5, 5))
    client.force_login(membership.user)

    response = client.get(HOME)

    assert response.context["step"]["title"] == "Sie müssen gerade nichts tun"
    assert "im Herbst 2027" in response.context["step"]["text"]


def test_home_looks_ahead_once_a_closed_case_is_old(client: Client) -> None:
    case = case_of(State.MISSED, state_since=datetime(2025, 8, 1, tzinfo=UTC))
    client.force_login(lead(case))

    assert client.get(HOME).context["step"]["title"] == "Sprechen Sie mit Ihrem Jugendamt"


def test_home_prefers_the_open_case_to_a_newer_closed_one(client: Client) -> None:
    case = case_of(State.REGISTERED)
    CaseFactory.create(centre=case.centre, state=State.SUPERSEDED, state_since=AT)
    client.force_login(lead(case))

    assert client.get(HOME).context["case"] == case


def test_several_centres_are_listed_with_the_nearest_date_first(client: Client) -> None:
    membership = MembershipFactory.create(centre__name="Adlerhorst")
    case = case_of(name="Zwergenland")
    MembershipFactory.create(centre=case.centre, user=membership.user, deputy=True)
    client.force_login(membership.user)

    response = client.get(HOME)

    assert [row["centre"].name for row in response.context["rows"]] == ["Zwergenland", "Adlerhorst"]
    for each in [membership.centre, case.centre]:
        assert f'href="/portal/zentren/{each.pk}/"' in response.content.decode()
        assert each.certification_number in response.content.decode()


def test_someone_without_a_centre_is_told_what_to_do(client: Client) -> None:
    client.force_login(UserFactory.create(lead=True))

    assert "Ihrem Konto ist kein Familienzentrum zugeordnet" in client.get(HOME).content.decode()


def test_a_lead_who_left_sees_nothing_any_more(client: Client) -> None:
    case = case_of()
    case.centre.memberships.update(ends_on=date(2026, 2, 1))
    user = case.centre.memberships.get().user
    client.force_login(user)

    assert client.get(HOME).context["rows"] == []
    assert client.get(reverse("portal:centre", args=[case.centre.pk])).status_code == 404


def test_home_shows_the_last_letters_of_this_centre_alone(client: Client) -> None:
    case = case_of()
    for n in range(4):
        LetterFactory.create(centre=case.centre, subject=f"Brief {n}", written_at=AT.replace(hour=n))
    LetterFactory.create(centre=FamilyCentreFactory.create(), subject="Brief an andere")
    client.force_login(lead(case))

    letters = client.get(HOME).context["letters"]

    assert [letter.subject for letter in letters] == ["Brief 3", "Brief 2", "Brief 1"]


def test_all_letters_come_page_by_page(client: Client) -> None:
    case = case_of()
    LetterFactory.create_batch(26, centre=case.centre)
    client.force_login(lead(case))

    second = client.get(reverse("portal:letters", args=[case.centre.pk]), {"seite": 2})

    assert len(second.context["page_obj"]) == 1


def test_a_letter_is_shown_as_it_was_written(client: Client) -> None:
    case = case_of()
    letter = LetterFactory.create(centre=case.centre, body="Guten Tag,\n\nes ist <b>so weit</b>.\n")
    client.force_login(lead(case))

    page = client.get(reverse("portal:letter", args=[letter.pk])).content.decode()

    assert "es ist &lt;b&gt;so weit&lt;/b&gt;." in page
    assert case.centre.certification_number in page


@pytest.mark.parametrize(
    "state", [State.REGISTERED, State.IN_REVIEW, State.QUERIED, State.VISIT_AGREED, State.RECOMMENDED, State.AWARDED]
)
def test_home_takes_at_most_twelve_queries(client: Client, state: State, django_assert_max_num_queries: Any) -> None:
    case = case_of(state)
    facts.state(FactKind.BRIEFING, "event-1", "Werkstatt Nachweise", [case.centre_id], on=TODAY)
    SealFactory.create(centre=case.centre)
    LetterFactory.create_batch(3, centre=case.centre)
    client.force_login(lead(case))

    with django_assert_max_num_queries(12):
        client.get(HOME)


def test_home_says_where_somebody_of_the_centre_was_the_last_three_times_and_nothing_of_others(
    client: Client,
) -> None:
    case, other = case_of(), case_of()
    for number in range(4):
        facts.state(
            FactKind.BRIEFING,
            f"event-{number}",
            f"Werkstatt {number}",
            [case.centre_id],
            on=date(2026, 1, 2 + number),
        )
    facts.state(FactKind.BRIEFING, "event-9", "Fachtag", [other.centre_id], on=TODAY)
    client.force_login(lead(case))

    response = client.get(HOME)

    assert response.context["briefings"] == ["Werkstatt 3", "Werkstatt 2", "Werkstatt 1"]
    assert ("Bei Veranstaltungen dabei" in response.content.decode(), b"Fachtag" in response.content) == (True, False)


def test_the_list_of_centres_says_where_somebody_was_last(client: Client) -> None:
    case, user = case_of(), UserFactory.create(lead=True)
    for centre in (case.centre, FamilyCentreFactory.create()):
        MembershipFactory.create(centre=centre, user=user, deputy=True)
    for number in range(2):
        facts.state(
            FactKind.BRIEFING,
            f"event-{number}",
            f"Werkstatt {number}",
            [case.centre_id],
            on=date(2026, 1, 2 + number),
        )
    client.force_login(user)

    page = client.get(HOME).content.decode()

    assert (page.count("Zuletzt dabei"), "Werkstatt 1" in page, "Werkstatt 0" in page) == (1, True, False)


def test_home_is_silent_where_nobody_was(client: Client) -> None:
    client.force_login(lead(case_of()))

    assert "Bei Veranstaltungen dabei" not in client.get(HOME).content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_list_of_centres_takes_the_same_queries_for_any_number(
    client: Client, times: int, django_assert_num_queries: Any
) -> None:
    user, edition = UserFactory.create(lead=True), small_edition()
    for state in [State.REGISTERED, State.RECOMMENDED, State.AWARDED] * times:
        case = case_of(state, edition=edition)
        MembershipFactory.create(centre=case.centre, user=user, deputy=True)
    client.force_login(user)

    with django_assert_num_queries(12):
        response = client.get(HOME)
    assert len(response.context["rows"]) == 3 * times


def test_home_leads_to_everything_about_the_centre(client: Client) -> None:
    case = case_of()
    client.force_login(lead(case))

    page = client.get(HOME).content.decode()

    for name in ("evidence", "results", "letters", "people", "master_data", "what_if"):
        assert f'href="{reverse(f"portal:{name}", args=[case.centre_id])}"' in page
    assert f'href="{reverse("calendar")}"' in page
    assert f'href="{reverse("portal_events:home")}"' in page
    assert reverse("portal:network", args=[case.centre_id]) not in page


def test_home_of_a_network_leads_to_its_facilities(client: Client) -> None:
    membership = MembershipFactory.create(centre=NetworkFactory.create())
    client.force_login(membership.user)

    assert reverse("portal:network", args=[membership.centre_id]) in client.get(HOME).content.decode()


def test_between_cases_home_says_what_to_collect_and_what_is_needed_again(client: Client) -> None:
    membership = MembershipFactory.create()
    SealFactory.create(centre=membership.centre, awarded_on=date(2025, 5, 5))
    offer = {"kind": EvidenceKind.OFFER, "issued_on": date(2025, 3, 1), "title": "Elternkurs 2025"}
    EvidenceFactory.create(centre=membership.centre, **offer)
    EvidenceFactory.create(centre=membership.centre, kind=EvidenceKind.CONCEPT, title="Konzept")
    EvidenceFactory.create(**{**offer, "title": "Fremder Kurs"})
    client.force_login(membership.user)

    response = client.get(HOME)
    between = response.context["between"]

    assert between.count == 2
    assert [(piece.evidence.title, piece.judged.label) for piece in between.again] == [
        ("Elternkurs 2025", "Muss neu sein")
    ]
    assert (
        f'href="{reverse("portal:evidence_add", args=[membership.centre_id])}"' in client.get(HOME).content.decode()
    )


def test_while_a_case_is_open_home_is_about_that_case_alone(client: Client) -> None:
    case = case_of()
    client.force_login(lead(case))

    assert "between" not in client.get(HOME).context
