import pytest

from centres.imports.offices import import_youth_offices, read_offices
from centres.imports.problems import Count, RefusedError
from centres.models import FamilyCentre, YouthOffice
from tests.factories.centres import FamilyCentreFactory, YouthOfficeFactory

pytestmark = pytest.mark.django_db
REGISTER = "AGS;Jugendamt;Landesjugendamt;Einwohner\n05315;Jugendamt Köln;LVR;1.084.831\n05515;Münster;Westfalen;\n"


def test_offices_come_in_with_their_region() -> None:
    report = import_youth_offices(read_offices(REGISTER.encode()))

    offices = YouthOffice.objects.order_by("key").values_list("key", "name_folded", "regional", "inhabitants")
    assert report.counts == {"Jugendämter": Count(new=2)}
    assert list(offices) == [("05315", "jugendamt koeln", "LVR", 1_084_831), ("05515", "muenster", "LWL", None)]


def test_same_offices_twice_change_nothing() -> None:
    import_youth_offices(read_offices(REGISTER.encode()))

    assert import_youth_offices(read_offices(REGISTER.encode())).counts == {"Jugendämter": Count(unchanged=2)}


def test_renamed_office_is_found_by_its_new_name_at_its_centres() -> None:
    FamilyCentreFactory.create(youth_office=YouthOfficeFactory.create(key="05315", name="Colonia"))

    import_youth_offices(read_offices(REGISTER.encode()))

    assert [FamilyCentre.objects.found_by(name).count() for name in ("jugendamt koeln", "colonia")] == [1, 0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("5315;A;LVR;1", "beginnt mit 05"),
        ("05315;A;Bayern;1", "Bitte schreiben Sie „LVR“ oder „LWL“."),
        ("05315;A;LVR;viele", "ganze Zahl"),
        ("05315;;LVR;1", "Bitte tragen Sie hier etwas ein"),
        ("05999;A;LVR;1\n05999;B;LVR;1", "Dieser Schlüssel steht schon in Zeile 2."),
        ("05998;A;LVR;1\n05999;a;LVR;1", "Ein Jugendamt dieses Namens ist schon in Zeile 2, mit dem Schlüssel 05998"),
        ("05999;Stored;LVR;1", "ist schon gespeichert, mit dem Schlüssel 05000"),
    ],
)
def test_wrong_office_is_named_and_nothing_written(line: str, said: str) -> None:
    YouthOfficeFactory.create(key="05000", name="Stored")

    report = import_youth_offices(read_offices(f"AGS;Jugendamt;Landesjugendamt;Einwohner\n{line}\n".encode()))

    assert said in str(report.problems[0])
    assert YouthOffice.objects.count() == 1


def test_wrong_offices_can_be_skipped_or_tried() -> None:
    table = read_offices(REGISTER.replace("LVR", "").encode())

    tried, done = import_youth_offices(table, dry_run=True), import_youth_offices(table, skip_invalid=True)

    assert [tried.written, tried.counts, done.counts] == [False, done.counts, {"Jugendämter": Count(new=1)}]


def test_two_offices_that_swap_names_are_refused_by_the_database_in_german() -> None:
    YouthOfficeFactory.create(key="05315", name="Münster")
    YouthOfficeFactory.create(key="05515", name="Jugendamt Köln")

    report = import_youth_offices(read_offices(REGISTER.encode()))

    assert {problem.column for problem in report.problems} == {"Jugendamt"}
    with pytest.raises(RefusedError):
        read_offices(b"AGS;Jugendamt\n1;2\n")
