"""What centres are found by, however it is spelled; and rows that were folded by an older rule."""

from importlib import import_module

import pytest
from django.apps import apps

from centres.models import FamilyCentre, YouthOffice
from tests.factories.centres import FamilyCentreFactory, YouthOfficeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["Yilmaz", "YILMAZ", "yılm", "Yılmaz Mönchengladbach", "moenchen"])
def test_a_centre_is_found_by_every_spelling(text: str) -> None:
    centre = FamilyCentreFactory.create(name="Haus Yılmaz", member__facility__town="Mönchengladbach")
    FamilyCentreFactory.create(name="Haus Yalman")

    assert list(FamilyCentre.objects.found_by(text)) == [centre]


def test_what_was_folded_before_is_folded_anew() -> None:
    centre = FamilyCentreFactory.create(name="Haus Yılmaz", youth_office=YouthOfficeFactory.create(name="Şırnak"))
    now = centre.name_folded, FamilyCentre.objects.get().search
    words = sorted(word.replace("yilmaz", "yılmaz").replace("sirnak", "sırnak") for word in now[1].split())
    FamilyCentre.objects.update(name_folded="haus yılmaz", search=" ".join(words))
    YouthOffice.objects.update(name_folded="sırnak")

    import_module("centres.migrations.0015_dotless_i").fold_anew(apps, None)

    assert YouthOffice.objects.get().name_folded == "sirnak"
    centre.refresh_from_db()
    assert (centre.name_folded, centre.search) == now
    assert FamilyCentre.objects.all().search_out_of_date() == []
