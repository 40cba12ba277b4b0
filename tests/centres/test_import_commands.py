"""The commands, and the real registers where they are at hand."""

import io
import os
import warnings
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from centres.models import Facility, FamilyCentre, NetworkMembership, YouthOffice
from tests.centres.files import csv_of, many, row
from tests.factories.centres import YouthOfficeFactory

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def run(command: str, *arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def register(tmp_path: Path) -> Path:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    path = tmp_path / "register.csv"
    path.write_bytes(csv_of(row(), row(number="2", facility="2", PLZ="12")))
    return path


@pytest.mark.django_db
def test_command_says_the_problem_and_fails(register: Path) -> None:
    with pytest.raises(CommandError, match="--skip-invalid"):
        run("import_centres", register)

    assert not FamilyCentre.objects.exists()


@pytest.mark.django_db
def test_command_tries_without_changing_anything(register: Path) -> None:
    said = run("import_centres", register, "--dry-run")

    assert "Familienzentren: 1 neu" in said
    assert said.endswith("Probelauf: Es wurde nichts geändert.\n")
    assert not FamilyCentre.objects.exists()


@pytest.mark.django_db
def test_command_puts_what_it_skips_beside_the_file(register: Path) -> None:
    said = run("import_centres", register, "--skip-invalid", "--youth-office", "Köln", "--reason", "Erlass")

    rejected = register.with_name("register-fehlerhaft.csv")
    assert str(rejected) in said
    assert rejected.read_text("utf-8-sig").count("\n") == 2
    assert FamilyCentre.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["import_centres", "import_youth_offices"])
def test_command_refuses_what_is_no_file(command: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="gibt es nicht"):
        run(command, tmp_path / "missing.csv")


@pytest.mark.django_db
def test_offices_command_skips_and_reports(tmp_path: Path) -> None:
    path = tmp_path / "offices.csv"
    path.write_text("AGS;Jugendamt;Landesjugendamt\n05001;A;LVR\n05002;B;XYZ\n")

    with pytest.raises(CommandError, match="berichtigen"):
        run("import_youth_offices", path)
    said = run("import_youth_offices", path, "--skip-invalid")

    assert "Ausgelassen: 1 Zeile." in said
    assert YouthOffice.objects.get().name == "A"


@pytest.fixture
def real_data() -> Path:
    if not DATA.is_dir():
        reason = f"THE REAL REGISTERS ARE NOT AT HAND: {DATA.name}/ is missing beside the project"
        warnings.warn(pytest.PytestWarning(reason), stacklevel=1) if "CI" in os.environ else None
        pytest.skip(reason)
    return DATA


@pytest.mark.filterwarnings("default:THE REAL REGISTERS")  # said aloud where nobody reads the skips, never an error
@pytest.mark.django_db
def test_real_registers_come_in_whole_and_twice_changes_nothing(real_data: Path) -> None:
    run("import_youth_offices", real_data / "youth-offices-nrw.csv")
    run("import_centres", real_data / "family-centres.csv")
    said = run("import_centres", real_data / "family-centres.csv")

    networks = FamilyCentre.objects.filter(kind="network").count()
    assert [YouthOffice.objects.count(), FamilyCentre.objects.count(), networks] == [186, 1014, 133]
    assert [Facility.objects.count(), NetworkMembership.objects.count()] == [1276, 1276]
    assert "Die Datei ändert nichts" in said


@pytest.mark.django_db
def test_register_of_the_whole_state_comes_in(tmp_path: Path) -> None:
    YouthOfficeFactory.create(name="Jugendamt Köln")
    path = tmp_path / "register.csv"
    path.write_bytes(csv_of(*many(3322)))

    run("import_centres", path)

    assert FamilyCentre.objects.count() == 3322
