"""What an import does to the centres: new, changed, unchanged, all or nothing."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries as Counting

from centres.imports.centres import import_centres, read_centres
from centres.imports.problems import Count, RefusedError
from centres.imports.rejects import rejected_rows
from centres.models import Facility, FamilyCentre, NetworkMembership, Provider, YouthOffice
from certification.registers import SealRegister
from tests.centres.conftest import NOW, TODAY, Importing
from tests.centres.files import csv_of, many, network, row
from tests.factories.centres import FamilyCentreFactory, NetworkMembershipFactory


def test_single_centre_comes_in_with_everything_its_row_says(bring_in: Importing) -> None:
    report = bring_in(csv_of(row(Leitung="Ayşe Öz", Telefon="0221 55")))

    centre = FamilyCentre.objects.get()
    membership = NetworkMembership.objects.get()
    assert report.written
    assert [centre.certification_number, centre.kind, centre.lead_name] == ["0001001", "single", "Ayşe Öz"]
    assert [membership.grant_recipient, membership.contact, membership.starts_on] == [True, True, date(2025, 4, 30)]
    assert [membership.facility.number, membership.facility.places] == ["02136", 55]


def test_network_comes_in_with_all_its_facilities(bring_in: Importing) -> None:
    rows = network("1", "2", "3")
    rows[0]["Kontakteinrichtung"], rows[2]["Kontakteinrichtung"] = "nein", "ja"
    rows[2]["E-Mail"] = "kontakt@example.org"

    bring_in(csv_of(*rows))

    centre = FamilyCentre.objects.get()
    flags = centre.facility_memberships.order_by("facility__number").values_list("grant_recipient", "contact")
    assert [centre.kind, centre.email] == ["network", "kontakt@example.org"]
    assert list(flags) == [(True, False), (False, False), (False, True)]


def test_imported_centre_is_found_by_every_word_of_it(bring_in: Importing) -> None:
    bring_in(csv_of(row(), *network("7", "8", Ort="Aachen")))

    found = {
        word: FamilyCentre.objects.found_by(word).count() for word in ("muelh verbund", "AACHEN", "50667", "0002")
    }

    assert found == {"muelh verbund": 1, "AACHEN": 1, "50667": 2, "0002": 1}


def test_same_file_twice_changes_nothing_and_says_so(bring_in: Importing) -> None:
    data = csv_of(row(), *network("7", "8"))
    bring_in(data)

    report = bring_in(data)

    assert report.changes_nothing
    assert report.sentences() == [
        "3 Zeilen gelesen.",
        "Träger: 0 neu, 0 geändert, 1 unverändert.",
        "Familienzentren: 0 neu, 0 geändert, 2 unverändert.",
        "Einrichtungen: 0 neu, 0 geändert, 3 unverändert.",
        "Zugehörigkeiten: 0 neu, 0 geändert, 3 unverändert.",
        "Gütesiegel: 0 neu, 0 geändert, 2 unverändert.",
        "Die Datei ändert nichts: Alles ist schon so gespeichert.",
    ]


def test_changed_row_changes_what_it_says_and_an_empty_cell_nothing(bring_in: Importing) -> None:
    bring_in(csv_of(row(Telefon="0221 55")))

    report = bring_in(csv_of(row(Familienzentrum="Kita Übermut", Telefon="", Plätze="60")))

    centre = FamilyCentre.objects.found_by("uebermut").get()
    assert [report.counts["Familienzentren"], report.counts["Einrichtungen"]] == [Count(changed=1), Count(changed=1)]
    assert [centre.name_folded, centre.phone, Facility.objects.get().places] == ["kita uebermut", "0221 55", 60]


def test_file_of_names_makes_single_centres_without_numbered_facilities(bring_in: Importing) -> None:
    data = (
        "Zertifizierungsnummer;Name;PLZ;Gütesiegel gültig bis;Gütesiegel verliehen am\n01;Kita A;50667;;\n".encode()
    )

    first = bring_in(data, youth_office="Köln")
    second = bring_in(data, youth_office="05315")

    facility = Facility.objects.get()
    assert [facility.number, facility.name, facility.postcode] == ["FZ-01", "Kita A", "50667"]
    assert [first.counts["Einrichtungen"], second.counts["Einrichtungen"]] == [Count(new=1), Count(unchanged=1)]


def test_file_of_names_updates_the_facility_a_centre_already_has(bring_in: Importing, cologne: YouthOffice) -> None:
    FamilyCentreFactory.create(certification_number="01", member__facility__number="777", youth_office=cologne)

    bring_in("Zertifizierungsnummer;Name;Jugendamt;Ort\n01;Kita A;Köln;Bonn\n".encode())

    assert list(Facility.objects.values_list("number", "town")) == [("777", "Bonn")]


def test_spellings_of_a_provider_are_one_provider(bring_in: Importing) -> None:
    bring_in(csv_of(row(Träger="AWO Köln e.V."), row(number="2", facility="2", Träger="AWO  Koeln e. V")))

    assert list(Provider.objects.values_list("name", flat=True)) == ["AWO Köln e.V."]


def test_grant_and_contact_swap_in_one_go(bring_in: Importing) -> None:
    rows = network("1", "2")
    bring_in(csv_of(*rows))
    for flag in ("Zuschussempfänger", "Kontakteinrichtung"):
        rows[0][flag], rows[1][flag] = rows[1][flag], rows[0][flag]

    bring_in(csv_of(*rows))

    grants = NetworkMembership.objects.order_by("facility__number").values_list("grant_recipient", flat=True)
    assert list(grants) == [False, True]


def test_facility_that_joins_a_network_joins_today_and_none_is_dropped(bring_in: Importing) -> None:
    bring_in(csv_of(*network("1", "2")))

    report = bring_in(csv_of(*network("1", "3")))

    starts = NetworkMembership.objects.order_by("facility__number").values_list("facility__number", "starts_on")
    assert list(starts) == [("1", date(2025, 4, 30)), ("2", date(2025, 4, 30)), ("3", TODAY)]
    assert report.notes == ["Zum Familienzentrum 0002001 ist auch 2 gespeichert; daran ändert die Datei nichts."]


def test_facility_that_left_elsewhere_joins_the_day_after(bring_in: Importing) -> None:
    NetworkMembershipFactory.create(
        centre=FamilyCentreFactory.create(kind="network"), facility__number="02136", ends_on=date(2025, 12, 31)
    )

    bring_in(csv_of(row()))

    assert FamilyCentre.objects.get(certification_number="0001001").facility_memberships.get().starts_on == date(
        2026, 1, 1
    )


def test_one_problem_stops_everything(bring_in: Importing) -> None:
    report = bring_in(csv_of(row(), row(number="0001002", facility="2", PLZ="5066")))

    advice = "Eine Postleitzahl hat fünf Ziffern. Bitte prüfen Sie, ob eine führende Null fehlt."
    assert [str(problem) for problem in report.problems] == [f"Zeile 3, Spalte „PLZ“, Wert „5066“: {advice}"]
    assert report.sentences()[-1] == "1 Problem in 1 Zeile. Es wurde nichts geändert."
    assert not FamilyCentre.objects.exists()


def test_dry_run_counts_and_changes_nothing(bring_in: Importing) -> None:
    report = bring_in(csv_of(row(), row(number="2", facility="2", Plätze="viele")), dry_run=True)

    assert [report.written, report.counts["Familienzentren"], len(report.problems)] == [False, Count(new=1), 1]
    assert not FamilyCentre.objects.exists()


def test_skipped_rows_come_back_corrected(bring_in: Importing) -> None:
    bad = network("7", "8")
    bad[1]["PLZ"] = "=1+1"
    bad[0]["Telefon"] = "+49|221"
    data = csv_of(row(Telefon=""), *bad)
    report = bring_in(data, skip_invalid=True)
    rest = rejected_rows(read_centres(data), report.rejected)

    again = bring_in(rest.replace(b"'=1+1", b"50667"))

    assert [report.counts["Familienzentren"], again.counts["Familienzentren"]] == [Count(new=1), Count(new=1)]
    assert Facility.objects.get(number="7").phone == "+49|221"


def test_rejected_rows_say_why_and_cannot_run_as_formulas(bring_in: Importing) -> None:
    data = csv_of(*network("7", "8", Straße=' =HYPERLINK("http://x")', PLZ=""))
    data = data.replace(b"Verbund;8;", b"Verbund;;")
    report = bring_in(data, skip_invalid=True)

    titles, first, second = rejected_rows(read_centres(data), report.rejected).decode("utf-8-sig").splitlines()

    assert titles.endswith(";Problem")
    assert "\"'=HYPERLINK(" in first
    assert first.endswith("Gehört zum selben Familienzentrum wie Zeile 3, in der etwas nicht stimmt.")
    assert "Zeile 3, Spalte „Einrichtungsnummer“, leer" in second


def test_numbers_that_lost_their_zeros_are_not_taken_for_new(bring_in: Importing) -> None:
    bring_in(csv_of(row()))

    report = bring_in(csv_of(row(number="1001", facility="2136")))

    assert [problem.advice for problem in report.problems] == [
        "Gespeichert ist 0001001. Bitte prüfen Sie, ob führende Nullen verloren gegangen sind.",
        "Gespeichert ist 02136. Bitte prüfen Sie, ob führende Nullen verloren gegangen sind.",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Familienzentrum": ""}, "Zeile 2, Spalte „Familienzentrum“, leer: Bitte tragen Sie hier etwas ein"),
        ({"Familienzentrum": "x" * 251}, "Der Text hat 251 Zeichen"),
        ({"number": "1234,5"}, "Rechenwert"),
        ({"Form": "Kreis"}, "Wert „Kreis“: Bitte schreiben Sie „Einzel“ oder „Verbund“."),
        ({"Jugendamt": "Jugendamt Kölln"}, "Meinten Sie „Jugendamt Köln“?"),
        ({"E-Mail": "kita@"}, "Das ist keine E-Mail-Adresse."),
        ({"Plätze": "-5"}, "ganze Zahl von 0 bis 2000"),
        ({"Zuschussempfänger": "vielleicht"}, "Bitte schreiben Sie „ja“ oder „nein“."),
    ],
)
def test_cell_that_makes_no_sense_is_named_with_advice(
    bring_in: Importing, changes: dict[str, str], said: str
) -> None:
    report = bring_in(csv_of(row(**changes)))

    assert len(report.problems) == 1
    assert said in str(report.problems[0])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row(), row(facility="2")], "Diese Nummer steht in den Zeilen 2 und 3"),
        ([row(), row(number="0001002")], "Diese Einrichtung steht schon in Zeile 2."),
        ([row(), row(number="1001", facility="2")], "In Zeile 2 steht 0001001."),
        (
            [*network("1", "2")[:1], *network("2", Ort="Bonn")],
            "Verbund hat zu jeder Zeit nur einen Zuschussempfänger",
        ),
        ([*network("1"), *network("2", Familienzentrum="B")], "Zeile 2 sagt für dasselbe Familienzentrum „Verbund M"),
        ([row(), row(number="2", facility="2", Trägergruppe="AWO")], "Zeile 2 ordnet denselben Träger der Gruppe"),
    ],
)
def test_rows_that_contradict_each_other_are_named(
    bring_in: Importing, rows: list[dict[str, str]], said: str
) -> None:
    report = bring_in(csv_of(*rows))

    assert said in "\n".join(map(str, report.problems))
    assert not report.written


def test_row_with_more_cells_than_titles_is_a_problem(bring_in: Importing) -> None:
    report = bring_in(csv_of(row()).rstrip() + b";zuviel\n")

    assert str(report.problems[0]).startswith("Zeile 2, Spalte „hinter der letzten Spalte“, Wert „zuviel“")


def test_network_without_numbers_of_its_facilities_is_a_problem(bring_in: Importing) -> None:
    data = "Zertifizierungsnummer;Familienzentrum;Jugendamt\n1;V;Köln\n1;V;Köln\n"

    assert "Ein Verbund braucht die Spalte „Einrichtungsnummer“" in str(bring_in(data.encode()).problems[0])


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"kind": "network"}, "Eine neue Form bedeutet eine neue Zertifizierungsnummer"),
        ({"ended_on": date(2025, 7, 31), "end_reason": "Schließung"}, "zum 31.07.2025 beendet"),
        ({}, "Zu diesem Einzel-Familienzentrum gehört die Einrichtung 999."),
    ],
)
def test_row_against_what_is_stored_is_named(bring_in: Importing, stored: dict[str, object], said: str) -> None:
    FamilyCentreFactory.create(certification_number="0001001", member__facility__number="999", **stored)

    assert said in "\n".join(map(str, bring_in(csv_of(row())).problems))


def test_facility_of_another_centre_is_named(bring_in: Importing) -> None:
    FamilyCentreFactory.create(certification_number="42", member__facility__number="02136")

    assert "gehört zum Familienzentrum 42." in str(bring_in(csv_of(row())).problems[0])


def test_unused_columns_are_named(bring_in: Importing) -> None:
    assert bring_in(csv_of(row(Faxnummer="0", Homepage="x"))).notes == [
        "Nicht verwendet: Spalte „Faxnummer“, „Homepage“."
    ]


@pytest.mark.django_db
def test_centres_before_youth_offices_are_refused() -> None:
    with pytest.raises(RefusedError, match="noch keine Jugendämter angelegt"):
        import_centres(
            read_centres(csv_of(row())), today=TODAY, seals=SealRegister(today=TODAY, at=NOW), youth_office=""
        )


@pytest.mark.parametrize("rows", [10, 100])
def test_new_rows_take_the_same_number_of_queries(
    bring_in: Importing, rows: int, django_assert_num_queries: Counting
) -> None:
    data = csv_of(*many(rows))

    with django_assert_num_queries(19):
        bring_in(data)


@pytest.mark.parametrize("rows", [10, 100])
def test_changed_rows_take_the_same_number_of_queries(
    bring_in: Importing, rows: int, django_assert_num_queries: Counting
) -> None:
    bring_in(csv_of(*many(rows)))
    changed = csv_of(*[each | {"Ort": "Bonn", "Familienzentrum": "Neu"} for each in many(rows)])

    with django_assert_num_queries(16):
        bring_in(changed)
