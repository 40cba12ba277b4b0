import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.rules.folding import fold, one_line

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Köln-Süd", "koeln sued"),
        ("KOELN  SUED", "koeln sued"),
        ("Ko\N{COMBINING DIAERESIS}ln", "koeln"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("Café Zoé", "cafe zoe"),
        ("St.-Willibrord e.V.", "st willibrord e v"),
        ("„Sonnenschein“ (Łódź)", "sonnenschein lodz"),
        ("Yılmaz, YILMAZ, İnci", "yilmaz yilmaz inci"),
        ("Kita\N{NO-BREAK SPACE}Ærø\n2", "kita aero 2"),
        ("\N{TELEPHONE SIGN} ² ﬁ", "tel 2 fi"),
        (" -– ", ""),
    ],
)
def test_fold_makes_spellings_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_sorts_umlauts_between_their_neighbours() -> None:
    assert sorted(["Zoo", "Özil", "Otto", "Oel"], key=fold) == ["Oel", "Özil", "Otto", "Zoo"]


@given(TEXTS)
def test_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_fold_of_every_character_is_stable() -> None:
    characters = [chr(n) for n in range(0x20000) if unicodedata.category(chr(n)) != "Cs"]

    assert [c for c in characters if fold(fold(c)) != fold(c)] == []


@given(TEXTS)
def test_fold_does_not_see_case_or_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Kita\r\nRegenbogen\t ", "Kita Regenbogen"),
        ("Kita\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}Süd\N{LINE SEPARATOR}", "Kita Süd"),
        ("Kita\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}garten", "Kitagarten"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}Name", "Name"),
        ("Su\N{COMBINING DIAERESIS}d", "Süd"),
        ("„Löwenzahn“ \"A\" 'b' ‚c‘", "„Löwenzahn“ \"A\" 'b' ‚c‘"),
        ("a\x00b\x1bc", "a b c"),
        ("0001001", "0001001"),
        ("", ""),
    ],
)
def test_one_line_keeps_what_was_meant(text: str, line: str) -> None:
    assert one_line(text) == line


@given(TEXTS)
def test_one_line_is_clean_and_stays_so(text: str) -> None:
    line = one_line(text)

    assert one_line(line) == line == " ".join(line.split())
    assert not any(unicodedata.category(c) == "Cc" for c in line)
