import pytest

from events.rules.names import family_name, given_names, initial, order, says, spellings


def test_a_list_is_in_german_name_order() -> None:
    names = [
        "Zoe Ärmel",
        "Dr. Anna von der Heide",
        "Bernd Arens",
        "Jörg Öztürk",
        "Carla Oetker",
        "Aaron Heide",
        "Cher",
    ]

    assert sorted(names, key=order) == [
        "Zoe Ärmel", "Bernd Arens", "Cher", "Aaron Heide", "Dr. Anna von der Heide", "Carla Oetker", "Jörg Öztürk",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "letter"), [("Jörg Öztürk", "O"), ("anna schmidt", "S"), ("", "")])
def test_the_letter_it_stands_under(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_given_and_family_name_make_the_whole() -> None:
    assert (given_names("Dr. Anna von der Heide"), family_name("Dr. Anna von der Heide")) == (
        "Dr. Anna von der",
        "Heide",
    )
    assert family_name("") == ""


def test_a_name_may_say_several_things() -> None:
    assert spellings("Kita Sonne (Dr. Jörg Müller)") == [
        ("joerg", "kita", "mueller", "sonne"),
        ("kita", "sonne"),
        ("joerg", "mueller"),
    ]
    assert spellings("Schmidt, Anna") == spellings("Anna Schmidt")
    assert spellings(" ") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("schmidt anna", True), ("Müll", True), ("mueller", True), ("dt", False), ("anna kunz", False), (" ", False)],
)
def test_words_or_their_beginnings_find_a_name(text: str, found: bool) -> None:
    assert says("Anna Schmidt-Müller", text) is found
