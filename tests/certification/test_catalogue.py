from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from certification.catalogue import SAMPLE, CatalogueError, load_catalogue, read_catalogue, stored_catalogue
from certification.models import Area, Criterion, Edition, Part, PassRule
from tests.factories.certification import RoundFactory

SMALL = """
key = "klein"
label = "Kleine Ausgabe"
pass_rules = [{ tier = "basic", group = "structure", at_least = 1 }]
[[areas]]
number = 5
name = "Sozialraumbezug"
group = "structure"
[[areas.criteria]]
code = "5.1"
tier = "basic"
title = "Sozialraumanalyse"
parts = [{ text = "Eine Analyse liegt vor." }]
"""


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_sample_has_the_known_shape(db: None) -> None:
    edition, _ = load_catalogue(SAMPLE)

    criteria = Criterion.objects.filter(area__edition=edition)

    assert edition.areas.count() == 8
    assert criteria.count() == 80
    assert criteria.filter(area__group="performance").count() == 48
    assert criteria.filter(area__group="structure").count() == 32


def test_sample_leaves_room_above_the_least(db: None) -> None:
    edition, _ = load_catalogue(SAMPLE)

    for group, least, there in (("performance", 16, 24), ("structure", 12, 16)):
        assert PassRule.objects.get(edition=edition, tier="basic", group=group).at_least == least
        assert Criterion.objects.filter(area__edition=edition, tier="basic", area__group=group).count() == there


def test_sample_says_that_it_is_no_official_text(db: None) -> None:
    edition, _ = load_catalogue(SAMPLE)

    assert str(edition) == "Kriterien 2020 (Muster, nicht amtlich)"


@pytest.mark.parametrize(
    ("code", "alternatives"), [("4B1", [1, 2]), ("4F1", [1, 1]), ("4K1", [1, 2]), ("6.7", [1, 2, 2])]
)
def test_sample_joins_parts_as_its_source_does(code: str, alternatives: list[int], db: None) -> None:
    load_catalogue(SAMPLE)

    parts = Part.objects.filter(criterion__code=code).order_by("code")

    assert [part.alternative for part in parts] == alternatives


def test_same_file_twice_changes_nothing(db: None) -> None:
    first, first_changed = load_catalogue(SAMPLE)
    keys = list(Part.objects.order_by("pk").values_list("pk", flat=True))

    second, second_changed = load_catalogue(SAMPLE)

    assert (first, first_changed, second_changed) == (second, True, False)
    assert list(Part.objects.order_by("pk").values_list("pk", flat=True)) == keys


def test_edition_is_stored_as_its_file_says_it(db: None) -> None:
    edition, _ = load_catalogue(SAMPLE)

    assert stored_catalogue(edition) == read_catalogue(SAMPLE)


def test_comparing_takes_a_constant_number_of_queries(
    tmp_path: Path, django_assert_num_queries: Any, db: None
) -> None:
    small, _ = load_catalogue(written(tmp_path))
    sample, _ = load_catalogue(SAMPLE)

    for edition in (small, sample):
        with django_assert_num_queries(4):
            stored_catalogue(edition)


def test_unused_edition_takes_a_new_text(tmp_path: Path, db: None) -> None:
    load_catalogue(written(tmp_path))

    edition, changed = load_catalogue(written(tmp_path, SMALL.replace("Sozialraumbezug", "Sozialraum")))

    assert changed
    assert [area.name for area in Area.objects.filter(edition=edition)] == ["Sozialraum"]


def test_edition_of_a_round_refuses_a_new_text(tmp_path: Path, db: None) -> None:
    edition, _ = load_catalogue(written(tmp_path))
    RoundFactory.create(edition=edition)

    with pytest.raises(CatalogueError, match="wird schon in einer Runde verwendet"):
        load_catalogue(written(tmp_path, SMALL.replace("Sozialraumbezug", "Sozialraum")))

    assert [area.name for area in edition.areas.all()] == ["Sozialraumbezug"]


def test_edition_of_a_round_takes_the_same_text(tmp_path: Path, db: None) -> None:
    edition, _ = load_catalogue(written(tmp_path))
    RoundFactory.create(edition=edition)

    assert load_catalogue(written(tmp_path)) == (edition, False)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('label = "Kleine Ausgabe"', "", "die Datei: Es fehlt die Angabe „label“."),
        ('title = "Sozialraumanalyse"', "", "Kriterium 5.1: Es fehlt die Angabe „title“."),
        ("number = 5", 'number = "5"', "Bereich 5: „number“ muss eine Zahl sein, nicht „5“."),
        ("number = 5", "number = true", "Bereich True: „number“ muss eine Zahl sein, nicht „True“."),
        (
            "at_least = 1",
            "at_least = 2",
            "Verlangt werden 2 Kriterien (basic, structure), die Datei enthält aber nur 1.",
        ),
        ("vor.", 'vor." }, { text = "Doppelt.', "Der Teil „5.1“ kommt mehrfach vor."),
        (
            "text =",
            "txt =",
            "Kriterium 5.1: Die Angabe „txt“ ist nicht bekannt. Bitte prüfen Sie die Schreibweise.",
        ),
        (
            'vor."',
            'vor.", times = 1',
            "Kriterium 5.1: Eine Häufigkeit braucht beides: wie oft und je welchem Zeitraum.",
        ),
        ('tier = "basic"\ntitle', 'tier = "baisc"\ntitle', "Kriterium 5.1: Wert 'baisc' ist keine gültige Option."),
        ('parts = [{ text = "Eine Analyse liegt vor." }]', "", "In „Kriterium 5.1“ fehlt die Liste „parts“."),
        ('code = "5.1"', "", "ein Kriterium in Bereich 5: Es fehlt die Angabe „code“."),
    ],
)
def test_wrong_file_is_refused_with_a_sentence(tmp_path: Path, old: str, new: str, sentence: str, db: None) -> None:
    path = written(tmp_path, SMALL.replace(old, new, 1))

    with pytest.raises(CatalogueError) as refused:
        load_catalogue(path)

    assert sentence in refused.value.problems
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"key = ", "kein gültiges TOML"), ("key = „x“".encode("cp1252"), "nicht in UTF-8"), (None, "nicht lesen")],
)
def test_file_that_is_no_catalogue_is_refused(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    path = tmp_path / "catalogue.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CatalogueError, match=sentence):
        read_catalogue(path)


def test_command_loads_the_sample_once(capsys: pytest.CaptureFixture[str], db: None) -> None:
    call_command("load_catalogue")
    call_command("load_catalogue")

    assert capsys.readouterr().out.splitlines() == [
        "Kriterien 2020 (Muster, nicht amtlich): geladen.",
        "Kriterien 2020 (Muster, nicht amtlich): war schon geladen, nichts geändert.",
    ]


def test_command_names_the_problem(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="lässt sich nicht lesen"):
        call_command("load_catalogue", str(tmp_path / "missing.toml"))
