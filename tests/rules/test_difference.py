from hypothesis import given
from hypothesis import strategies as st

from centres.rules.difference import Part, differences

TEXTS = st.lists(st.text(alphabet="ab \n", max_size=12)).map("\n".join)


def shown(old: str, new: str) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in differences(old, new)]


def test_equal_texts_differ_nowhere() -> None:
    assert shown("eins\nzwei", "eins\nzwei") == [("same", "eins"), ("same", "zwei")]


def test_changed_line_is_shown_as_it_was_and_as_it_is() -> None:
    assert shown("eins\nzwei\ndrei", "eins\nzwo\ndrei") == [
        ("same", "eins"),
        ("gone", "zwei"),
        ("new", "zwo"),
        ("same", "drei"),
    ]


def test_changed_words_are_told_from_the_others() -> None:
    gone, new = differences("bis zum 1. Mai", "bis spätestens 1. Mai")

    assert gone.parts == (Part("bis "), Part("zum", changed=True), Part(" 1. Mai"))
    assert new.parts == (Part("bis "), Part("spätestens", changed=True), Part(" 1. Mai"))


def test_added_and_dropped_lines_stand_alone() -> None:
    assert shown("eins", "eins\nzwei") == [("same", "eins"), ("new", "zwei")]
    assert shown("eins\nzwei", "zwei") == [("gone", "eins"), ("same", "zwei")]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    lines = differences(old, new)

    assert [line.text for line in lines if line.kind != "new"] == old.splitlines()
    assert [line.text for line in lines if line.kind != "gone"] == new.splitlines()
