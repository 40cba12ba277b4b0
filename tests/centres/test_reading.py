"""Files as they come: every encoding and separator we promise, and a sentence for everything else."""

import io
import zipfile
from datetime import date

import pytest

from centres.imports.cells import Cells
from centres.imports.centres import read_centres
from centres.imports.problems import RefusedError
from centres.imports.reading import Table
from tests.centres.files import ROW, csv_of, row, xlsx_of


def first(table: Table) -> Cells:
    return Cells(table, table.lines[0])


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_is_read_in_every_promised_form(separator: str, encoding: str) -> None:
    cells = first(read_centres(csv_of(ROW, separator=separator, encoding=encoding)))

    assert cells.text("centre") == "Kita Waldhäuschen"
    assert cells.number("number", required=True) == "0001001"


def test_workbook_is_read_like_csv() -> None:
    cells = first(read_centres(xlsx_of(list(ROW), list(ROW.values()))))

    assert [cells.text("centre"), cells.day("awarded")] == ["Kita Waldhäuschen", date(2025, 4, 30)]


def test_workbook_keeps_the_zeros_its_format_shows() -> None:
    titles = ["Zertifizierungsnummer", "Name", "Jugendamt", "PLZ", "Verleihung"]
    data = xlsx_of(titles, [1001, "Kita", "Köln", 1067, 45777], formats={"A": "0000000", "D": "[$-407]00000"})

    cells = first(read_centres(data))

    assert [cells.text("number"), cells.text("postcode")] == ["0001001", "01067"]
    assert cells.day("awarded") == date(2025, 4, 30)


def test_workbook_number_without_such_a_format_is_what_it_shows() -> None:
    data = xlsx_of(["Zertifizierungsnummer", "Name", "Jugendamt"], [1001, "Kita", True])

    cells = first(read_centres(data))

    assert [cells.text("number"), cells.text("youth_office")] == ["1001", "ja"]


@pytest.mark.parametrize("day", [date(2026, 5, 5), "05.05.2026", "5.5.2026", "2026-05-05", "2026-05-05 00:00:00"])
def test_dates_are_read_in_every_promised_form(day: object) -> None:
    data = xlsx_of(["Zertifizierungsnummer", "Name", "Jugendamt", "gültig bis"], ["1", "Kita", "Köln", day])

    assert first(read_centres(data)).day("through") == date(2026, 5, 5)


@pytest.mark.parametrize("text", ["31.02.2026", "05.05.26", "5/5/2026", "bald", "45777", "2026-13-01"])
def test_doubtful_date_is_a_problem(text: str) -> None:
    cells = first(read_centres(csv_of(row(**{"Gütesiegel verliehen am": text}))))

    assert cells.day("awarded") is None
    assert str(cells.problems[0]) == (
        f"Zeile 2, Spalte „Gütesiegel verliehen am“, Wert „{text}“: "
        "Das ist kein Datum. Bitte schreiben Sie es wie 05.05.2026 oder 2026-05-05."
    )


def test_headers_are_matched_tolerantly() -> None:
    data = (
        "ZERTIFIZIERUNGS-NR.; name ;jugendamt;Strasse;E-Mail-Adresse;Tel.\n1;Kita;Köln;Weg 1;a@b.de;0221 1".encode()
    )

    cells = first(read_centres(data))

    assert [cells.text(key) for key in ("number", "centre", "street", "email", "phone")] == [
        "1",
        "Kita",
        "Weg 1",
        "a@b.de",
        "0221 1",
    ]


def test_messy_names_become_one_clean_line() -> None:
    messy = '"GIRASOLES -  SONNENBLUMEN" jardin\r\n (guarderia)\u00a0\u200bspanisch '

    cells = first(read_centres(csv_of(row(Träger=messy))))

    assert cells.text("provider") == '"GIRASOLES - SONNENBLUMEN" jardin (guarderia) spanisch'


def test_quotes_that_follow_no_rule_survive_where_cells_are_clear() -> None:
    data = 'Zertifizierungsnummer;Name;Jugendamt\n"1";"Die Arche" e.V.;Köln\n2;Kita "Sonne;Köln\n'.encode()

    table = read_centres(data)

    assert [table.cell(line, "centre") for line in table.lines] == ['"Die Arche" e.V.', 'Kita "Sonne']
    assert table.cell(table.lines[0], "number") == "1"


def test_blank_lines_and_the_separator_line_of_excel_are_no_rows() -> None:
    table = read_centres("sep=;\nZertifizierungsnummer;Name;Jugendamt\n;;\n1;Kita;Köln\n\n".encode())

    assert [line.number for line in table.lines] == [4]


def test_sheet_with_the_register_is_found_behind_a_cover_sheet() -> None:
    book = io.BytesIO(xlsx_of(["Hinweise"], ["Bitte lesen"]))
    from_openpyxl = __import__("openpyxl").load_workbook(book)
    sheet = from_openpyxl.create_sheet("Daten")
    sheet.append(["Zertifizierungsnummer", "Name", "Jugendamt"])
    sheet.append(["0001", "Kita", "Köln"])
    target = io.BytesIO()
    from_openpyxl.save(target)

    assert first(read_centres(target.getvalue())).text("number") == "0001"


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return data.getvalue()


def entity_bomb() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(xlsx_of(list(ROW), list(ROW.values()))))
    doctype = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for part in source.namelist():
            text = source.read(part)
            archive.writestr(part, doctype + text if part.endswith("sheet1.xml") else text)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Die Datei ist leer."),
        (b"\n ; \n", "Die Datei ist leer."),
        (csv_of(ROW).splitlines()[0], "nur eine Kopfzeile"),
        (csv_of(ROW, encoding="utf-16"), "UTF-16"),
        (csv_of(ROW, encoding="cp850"), "weder UTF-8 noch Windows-1252"),
        (csv_of(ROW, encoding="mac-roman"), "weder UTF-8 noch Windows-1252"),
        (csv_of(ROW).decode("cp1252", "replace").encode(), "Umlaute in der Datei sind beschädigt"),
        (csv_of(row(Ort="K\ufffdln")), "Umlaute in der Datei sind beschädigt"),
        (b"%PDF-1.7 ...", "Das ist eine PDF-Datei"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "alte oder mit Kennwort geschützte Excel-Datei"),
        (b"\x89PNG\r\n\0\0", "keine Textdatei"),
        (b"PK\x03\x04 broken", "Die Excel-Datei ist beschädigt"),
        (xlsx_of(list(ROW), list(ROW.values()))[:-200], "Die Excel-Datei ist beschädigt"),
        (b"0" * 50_000_000, "Die Datei ist 47 MB groß"),
        (bomb(), "wird entpackt größer als 60 MB"),
        (entity_bomb(), "Die Excel-Datei ist beschädigt"),
        (csv_of({"Name": "Kita", "PLZ": "50667"}), "In der Kopfzeile fehlt „Zertifizierungsnummer“, „Jugendamt“."),
        (csv_of({"Familienzentrum": "Kita", "familienzentrum ": "x"}), "mehrere Spalten für „Familienzentrum“"),
        (b'Zertifizierungsnummer;Name;Jugendamt\n1;"Kita;K\n2;Kita;K;K\n', "Anführungszeichen geöffnet"),
    ],
)
def test_file_that_is_not_a_register_is_refused_with_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said.replace("(", r"\(")):
        read_centres(data)


def test_file_with_too_many_rows_is_refused() -> None:
    data = b"Zertifizierungsnummer;Name;Jugendamt\n" + b"1;K;J\n" * 20_001

    with pytest.raises(RefusedError, match="mehr als 20000 Zeilen"):
        read_centres(data)
