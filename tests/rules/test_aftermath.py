from datetime import date

import pytest

from certification.models import Procedure
from certification.rules.aftermath import after_refusal, of_correction

DAY = date(2030, 7, 31)


@pytest.mark.parametrize("procedure", Procedure.values)
def test_what_may_follow_is_known_for_every_procedure_and_names_its_source(procedure: str) -> None:
    found = after_refusal(procedure)

    assert [each.sentence for each in found if each.certain] == [found[0].sentence]
    assert all(each.source for each in found)


def test_a_further_year_may_follow_a_first_certification_alone() -> None:
    years = {p: [e for e in after_refusal(p) if "weiteres Kindergartenjahr" in e.sentence] for p in Procedure.values}

    assert [(p, e.certain) for p, found in years.items() for e in found] == [("initial", False)]


@pytest.mark.parametrize(
    ("state", "eligible", "through", "said"),
    [
        ("awarded", True, DAY, "Gütesiegel bleibt unberührt"),
        ("awarded", False, DAY, "gilt bis zum 31. Juli 2030"),
        ("awarded", False, None, "noch nicht entschieden"),
        ("recommended", False, None, "noch nicht entschieden"),
    ],
)
def test_a_correction_says_what_it_means_for_the_seal(
    state: str, eligible: bool, through: date | None, said: str
) -> None:
    sentence = of_correction(state, eligible=eligible, was_eligible=True, seal_through=through)

    assert said in sentence


def test_not_awarded_and_corrected_otherwise_leaves_the_award_to_the_ministry() -> None:
    sentence = of_correction("not_awarded", eligible=True, was_eligible=False, seal_through=None)

    assert "auf das berichtigte Ergebnis hin verleihen; von selbst geschieht das nicht" in sentence
