from datetime import date
from operator import attrgetter
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from certification.models import AwardBatch, Case, Seal
from certification.rules.moves import LABELS, State
from tests.certification.admin import AT, DAY, ministry, queries, recommended, released
from tests.certification.moves import case_in
from tests.factories.accounts import UserFactory
from tests.factories.centres import FamilyCentreFactory, NetworkFactory
from tests.factories.certification import CaseFactory

pytestmark = pytest.mark.django_db
LIST = "admin:certification_case_changelist"
CASE = "admin:certification_case_change"


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> Any:
    with time_machine.travel(AT, tick=False):
        ministry(client)
        yield


def act(client: Client, case: Case, name: str, **fields: str) -> Any:
    return client.post(reverse("admin:certification_case_act", args=[case.pk, name]), fields)


def listed(client: Client, **query: Any) -> list[Case]:
    return list(client.get(reverse(LIST), query).context["cl"].result_list)


@pytest.mark.parametrize(
    ("name", "state", "target"),
    [
        ("ruecktritt", State.IN_REVIEW, State.WITHDRAWN),
        ("nicht-teilgenommen", State.INVITED, State.MISSED),
        ("abloesen", State.RECOMMENDED, State.SUPERSEDED),
    ],
)
def test_act_with_a_reason_moves_the_case(client: Client, name: str, state: State, target: State) -> None:
    case = CaseFactory.create(state=state)

    response = act(client, case, name, reason="Umzug")

    case.refresh_from_db()
    assert (response.status_code, case.state, case.steps.get().reason) == (302, target, "Umzug")


def test_decline_tells_the_centre_what_was_released(client: Client) -> None:
    case = released(eligible=False)

    act(client, case, "nicht-verleihen")

    case.refresh_from_db()
    assert case.state == State.NOT_AWARDED


@pytest.mark.parametrize("name", ["ruecktritt", "nicht-teilgenommen", "abloesen"])
def test_act_without_a_reason_asks_for_it(client: Client, name: str) -> None:
    case = CaseFactory.create()

    response = act(client, case, name, reason=" ")

    assert response.context["form"].errors == {"reason": ["Dieses Feld ist zwingend erforderlich."]}


def test_act_that_the_table_forbids_is_refused_with_its_sentence(client: Client) -> None:
    case = CaseFactory.create(state=State.AWARDED)

    response = act(client, case, "ruecktritt", reason="Umzug")

    (sentence,) = response.context["form"].non_field_errors()
    assert sentence == "„zurücktreten“ geht nicht, solange der Fall „Gütesiegel verliehen“ ist."


def test_act_before_its_day_is_refused_with_its_sentence(client: Client) -> None:
    case = CaseFactory.create(round__registration_until=date(2026, 5, 31), round__submission_until=date(2026, 6, 1))

    response = act(client, case, "nicht-teilgenommen", reason="kam nicht")

    assert response.context["form"].non_field_errors() == ["Die Frist läuft noch bis zum 31. Mai 2026."]


def test_question_names_case_and_consequences_and_changes_nothing(client: Client) -> None:
    case = CaseFactory.create()

    response = client.get(reverse("admin:certification_case_act", args=[case.pk, "ruecktritt"]))

    case.refresh_from_db()
    assert "Der Fall ist damit abgeschlossen." in response.text
    assert (case.centre.name in response.text, case.state) == (True, State.INVITED)


@pytest.mark.parametrize("args", [("gibt-es-nicht",), ("award",)])
def test_no_other_act_has_a_page(client: Client, args: tuple[str]) -> None:
    case = CaseFactory.create()

    assert act(client, case, *args).status_code == 404


def test_act_on_a_case_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get(reverse("admin:certification_case_act", args=[4711, "ruecktritt"])).status_code == 404


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (State.INVITED, ["ruecktritt", "nicht-teilgenommen", "abloesen"]),
        (State.VISITED, ["ruecktritt", "abloesen"]),
        (State.AWARDED, []),
    ],
)
def test_case_offers_the_acts_of_its_state(client: Client, state: State, offered: list[str]) -> None:
    case = CaseFactory.create(state=state)

    response = client.get(reverse(CASE, args=[case.pk]))

    assert [each.name for each in response.context["acts"]] == offered


def test_an_objection_is_recorded_and_decided_and_shown_with_the_case(client: Client) -> None:
    case = released()
    first = {"received_on": "2026-05-05", "objector": "Der Träger", "grounds": "Bereich 3."}
    then = {"result": "upheld", "decided_on": "2026-05-05", "decision": "Bereich 3 wird neu bewertet."}

    act(client, case, "widerspruch", **first)
    offered = [each.name for each in client.get(reverse(CASE, args=[case.pk])).context["acts"]]
    act(client, case, "widerspruch-entscheidung", **then)

    assert ("widerspruch" in offered, "widerspruch-entscheidung" in offered) == (False, True)
    assert "Bereich 3 wird neu bewertet." in client.get(reverse(CASE, args=[case.pk])).text


@pytest.mark.parametrize(("eligible", "name"), [(True, []), (False, ["nicht-verleihen"])])
def test_case_offers_to_decide_as_was_released(client: Client, eligible: bool, name: list[str]) -> None:
    response = client.get(reverse(CASE, args=[released(eligible=eligible).pk]))

    assert [each.name for each in response.context["acts"]] == ["widerspruch", "abloesen", *name]
    assert response.context["may_award"] is eligible


def test_case_shows_steps_outcome_and_findings(client: Client) -> None:
    case = case_in(State.RECOMMENDED, act="award")
    act(client, case, "abloesen", reason="Umwandlung in einen Verbund")

    tables = client.get(reverse(CASE, args=[case.pk])).context["tables"]

    assert [table.caption for table in tables if table.rows] == [
        "Verlauf",
        "Ergebnis",
        "Bewertung der Bereiche",
        "Urteile",
    ]
    assert tables[0].rows[0][1:3] == ("durch neues Verfahren ablösen", "abgelöst")


def test_award_of_chosen_cases_puts_a_preview_together(client: Client) -> None:
    cases = [released(), released()]
    chosen = {"action": "award", "_selected_action": [case.pk for case in cases]}

    response: Any = client.post(reverse(LIST), chosen)

    batch = AwardBatch.objects.get()
    assert response.url == reverse("admin:certification_awardbatch_change", args=[batch.pk])
    assert (batch.items.count(), batch.awarded_on, Seal.objects.count()) == (2, DAY, 0)


def test_award_of_one_case_puts_the_same_preview_together(client: Client) -> None:
    case = released()

    client.post(reverse("admin:certification_case_award", args=[case.pk]))

    assert AwardBatch.objects.get().items.get().case == case


def test_award_is_never_put_together_by_looking(client: Client) -> None:
    client.get(reverse("admin:certification_case_award", args=[released().pk]))

    assert not AwardBatch.objects.exists()


@pytest.mark.parametrize("text", ["0815", "Muenster", "koeln"])
def test_list_finds_by_number_name_and_town(client: Client, text: str) -> None:
    centre = FamilyCentreFactory.create(certification_number="0815", name="Familienzentrum Münster")
    case = CaseFactory.create(centre=centre)
    CaseFactory.create(centre__member__facility__town="Aachen")

    assert listed(client, q=text) == [case]


def test_list_filters_by_what_waits_for_the_ministry(client: Client) -> None:
    award, decline = released(), released(eligible=False)
    waiting = CaseFactory.create(state=State.RECOMMENDED)
    recommended(waiting)

    found = [listed(client, ergebnis=value) for value in ("verleihen", "ablehnen", "freigabe")]

    assert found == [[award], [decline], [waiting]]


def test_list_filters_by_open_and_closed(client: Client) -> None:
    running, closed = CaseFactory.create(), CaseFactory.create(state=State.WITHDRAWN)

    assert [listed(client, offen=value) for value in ("ja", "nein")] == [[running], [closed]]


def test_list_filters_by_lateness(client: Client) -> None:
    late = CaseFactory.create()
    CaseFactory.create(state=State.AWARDED, round=late.round)

    assert [listed(client, ueberfaellig=value) for value in ("anmeldung", "einreichung")] == [[late], []]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("state__exact", "state"),
        ("round__id__exact", "round_id"),
        ("round__procedure__exact", "round.procedure"),
        ("pruefung", "auditor_id"),
        ("centre__kind__exact", "centre.kind"),
        ("centre__youth_office__regional__exact", "centre.youth_office.regional"),
        ("jugendamt", "centre.youth_office_id"),
    ],
)
def test_list_offers_each_filter(client: Client, name: str, path: str) -> None:
    CaseFactory.create(auditor=UserFactory.create(auditor=True))
    case = CaseFactory.create(
        state=State.VISITED,
        round__initial=True,
        auditor=UserFactory.create(auditor=True),
        centre=NetworkFactory.create(youth_office__regional="LWL"),
    )

    assert listed(client, **{name: attrgetter(path)(case)}) == [case]


def test_list_asks_as_often_for_three_as_for_one(client: Client) -> None:
    CaseFactory.create()
    for_one = queries(client, reverse(LIST))
    CaseFactory.create_batch(2)

    assert queries(client, reverse(LIST)) == for_one <= 10


@pytest.mark.parametrize("state", State)
def test_no_form_of_the_admin_writes_a_state(client: Client, state: State) -> None:
    case = CaseFactory.create()
    page = reverse(CASE, args=[case.pk])

    assert client.post(page, {"state": state.value}).status_code == 403
    assert client.post(reverse(LIST), {"form-0-state": state.value, "form-0-id": case.pk}).status_code == 200
    case.refresh_from_db()
    assert case.state == State.INVITED


def test_no_admin_offers_a_field_of_a_case_or_what_hangs_on_it(rf: Any, client: Client) -> None:
    request = rf.get("/")
    request.user = ministry(client)
    hanging = {Case, *(relation.related_model for relation in Case._meta.related_objects)}

    for model, model_admin in admin.site._registry.items():
        assert not set(model_admin.list_editable) or model not in hanging
        assert not {inline.model for inline in model_admin.inlines} & hanging
        if model in hanging:
            rights = (model_admin.has_add_permission, model_admin.has_change_permission)
            assert [right(request) for right in rights] == [False, False], model


def test_every_state_can_be_read(client: Client) -> None:
    for state, label in LABELS.items():
        case = CaseFactory.create(state=state)
        assert label in client.get(reverse(CASE, args=[case.pk])).text
