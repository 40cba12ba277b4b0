from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from certification.models import Area, Criterion, Edition, Part, PassRule
from tests.certification.admin import ministry, queries
from tests.factories.certification import EditionFactory, RoundFactory

pytestmark = pytest.mark.django_db
MODELS = ["edition", "area", "criterion"]


@pytest.fixture(autouse=True)
def _signed_in(client: Client) -> None:
    ministry(client)


def edition_with_a_part() -> Edition:
    edition: Edition = EditionFactory.create()
    area = Area.objects.create(edition=edition, number=1, name="Beratung", group="performance")
    criterion = Criterion.objects.create(area=area, code="1.1", position=1, tier="basic", title="Sprechstunde")
    Part.objects.create(criterion=criterion, code="1.1", text="Es gibt eine offene Sprechstunde.")
    PassRule.objects.create(edition=edition, tier="basic", group="performance", at_least=16)
    return edition


def objects_of(edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition,
        "area": edition.areas.get(),
        "criterion": Criterion.objects.get(area__edition=edition),
    }


def change(model: str, edition: Edition) -> str:
    return reverse(f"admin:certification_{model}_change", args=[objects_of(edition)[model].pk])


@pytest.mark.parametrize("model", MODELS)
def test_an_edition_not_yet_used_can_be_edited(client: Client, model: str) -> None:
    response = client.get(change(model, edition_with_a_part()))

    assert response.context["has_change_permission"] is True


@pytest.mark.parametrize("model", MODELS)
def test_an_edition_in_use_is_read_only(client: Client, model: str) -> None:
    edition = edition_with_a_part()
    RoundFactory.create(edition=edition)

    response = client.get(change(model, edition))

    assert response.context["has_change_permission"] is False
    assert all(formset.has_change_permission is False for formset in response.context["inline_admin_formsets"])
    assert client.post(change(model, edition), {"name": "anders"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_of_an_edition_in_use_is_deleted(client: Client, model: str) -> None:
    edition = edition_with_a_part()
    RoundFactory.create(edition=edition)
    page = reverse(f"admin:certification_{model}_delete", args=[objects_of(edition)[model].pk])

    assert client.post(page, {"post": "yes"}).status_code == 403


def test_nothing_is_added_to_an_edition_in_use(client: Client) -> None:
    used, free = edition_with_a_part(), edition_with_a_part()
    RoundFactory.create(edition=used)

    areas = client.get(reverse("admin:certification_area_add")).context["adminform"].form.fields["edition"]
    criteria = client.get(reverse("admin:certification_criterion_add")).context["adminform"].form.fields["area"]

    assert (list(areas.queryset), list(criteria.queryset)) == ([free], [free.areas.get()])


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_as_often_for_three_as_for_one(client: Client, model: str) -> None:
    page = reverse(f"admin:certification_{model}_changelist")
    edition_with_a_part()
    for_one = queries(client, page)
    edition_with_a_part()
    edition_with_a_part()

    assert queries(client, page) == for_one <= 10
