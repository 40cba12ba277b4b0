import pytest

from centres.rules.placeholders import filled, missing, names_in, problems

KNOWN = ["Familienzentrum", "Frist"]


def test_placeholders_are_named_once_in_their_order() -> None:
    assert names_in("{Frist}, {Familienzentrum} und {Frist}") == ["Frist", "Familienzentrum"]


def test_text_is_filled_in() -> None:
    assert filled("Bis {Frist}: {Frist}!", {"Frist": "1. Mai 2027"}) == "Bis 1. Mai 2027: 1. Mai 2027!"


@pytest.mark.parametrize("value", ["{Frist}", "{{ Frist }}", "{% now 'Y' %}", r"\1 \g<0>", "%s %(Frist)s ${Frist}"])
def test_what_is_put_in_is_not_looked_at_again(value: str) -> None:
    assert filled("{Familienzentrum}", {"Familienzentrum": value, "Frist": "geheim"}) == value


@pytest.mark.parametrize("name", ["Frist.year", "Frist!r", "Frist:>9", "Frist[0]", "frist", " Frist ", ""])
def test_only_the_bare_name_is_a_placeholder(name: str) -> None:
    (problem,) = problems(f"{{{name}}}", KNOWN)

    assert problem.startswith(f"Den Platzhalter {{{name}}} gibt es in diesem Brief nicht.")


def test_near_miss_is_answered_with_the_right_name() -> None:
    (problem,) = problems("{Familenzentrum}", KNOWN)

    assert problem.endswith("Meinten Sie {Familienzentrum}?")


def test_stranger_is_answered_with_the_list() -> None:
    (problem,) = problems("{Kontonummer}", KNOWN)

    assert problem.endswith("Bitte nehmen Sie einen aus der Liste.")


@pytest.mark.parametrize(
    "text", ["{Frist", "Frist}", "{{Frist}}", "{{ Frist }}", "{% if Frist %}", "{Fri\nst}", "{}}"]
)
def test_no_other_language_is_let_in(text: str) -> None:
    assert problems(text, KNOWN)


def test_stray_brace_is_found_in_its_line() -> None:
    (problem,) = problems("Erste Zeile\n{Frist}}", KNOWN)

    assert problem.startswith("In Zeile 2 steht eine geschweifte Klammer, die zu keinem Platzhalter gehört.")


def test_plain_text_has_no_problem() -> None:
    assert problems("Bitte bis {Frist}. 100 % sicher, 3 < 4 & „gut“", KNOWN) == []


def test_mandatory_placeholder_is_missed_by_name_and_meaning() -> None:
    (problem,) = missing("Guten Tag", {"Frist": "Tag, um den es geht"})

    assert problem.startswith("Der Platzhalter {Frist} fehlt (Tag, um den es geht).")
    assert missing("bis {Frist}", {"Frist": "Tag"}) == []
