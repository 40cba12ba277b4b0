from hypothesis import given
from hypothesis import strategies as st

from events.rules.matching import Known, Match, match
from events.rules.participants import Seen

KNOWN = [
    Known(1, "Ayşe Yılmaz", "ayse.yilmaz@example.org"),
    Known(2, "Dr. Jörg Müller-Lüdenscheidt", "leitung@kita-sonne.example.org"),
    Known(3, "Anna Schmidt", "anna.schmidt@example.org"),
    Known(4, "Anna Schmid", "a.schmid@example.org"),
    Known(5, "Maria Weiß", "maria@example.org"),
    Known(6, "Maria Weiß", "m.weiss@example.org"),
    Known(7, "Renate von der Osthoff", ""),
]
# What stands in the list, and whom it means: surely, perhaps, or nobody.
GOLDEN = [
    (Seen("irgendwie", "AYSE.Yilmaz@example.org", 60), Match(sure=1)),
    (Seen("Yilmaz, Ayse", "privat@example.com", 60), Match(sure=1)),
    (Seen("Kita Sonne (Joerg Mueller Luedenscheidt)", "", 60), Match(sure=2)),
    (Seen("Prof. Dr. Jörg Müller-Lüdenscheidt", "", 60), Match(sure=2)),
    (Seen("Anna Schmidt", "", 60), Match(sure=3)),
    (Seen("Anna Schmitt", "", 60), Match(alike=(3, 4))),
    (Seen("Anna", "", 60), Match(alike=(3, 4))),
    (Seen("Maria Weiss", "", 60), Match(alike=(5, 6))),
    (Seen("Maria Weiss", "maria@example.org", 60), Match(sure=5)),
    (Seen("Osthoff", "", 60), Match(alike=(7,))),
    (Seen("Renate von der Osthoff | Familienzentrum", "", 60), Match(sure=7)),
    (Seen("iPad", "anna.schmidt@example.com", 60), Match(alike=(3, 4))),
    (Seen("Servicestelle ISA", "servicestelle@example.org", 60), Match()),
    (Seen("iPad von K.", "", 60), Match()),
    (Seen("", "", 60), Match()),
]


def test_golden_rows() -> None:
    assert [(seen, *match([seen], KNOWN)) for seen, _ in GOLDEN] == GOLDEN


def test_who_is_sure_by_address_takes_the_place_of_who_is_by_name() -> None:
    by_address, by_name = Seen("A.", "anna.schmidt@example.org", 60), Seen("Anna Schmidt", "", 20)

    assert match([by_name, by_address], KNOWN) == [Match(alike=(3, 4)), Match(sure=3)]


def test_two_who_say_the_same_name_are_for_a_person_to_decide() -> None:
    twice = [Seen("Anna Schmidt", "a@example.com", 60), Seen("Kita (Anna Schmidt)", "b@example.com", 60)]

    assert [each.sure for each in match(twice, KNOWN)] == [None, None]


words = st.sampled_from(["Anna", "Maria", "Schmidt", "Weiß", "Müller", "Dr.", "Kita", "(Gast)", ","])
names = st.lists(words, max_size=4).map(" ".join)
addresses = st.sampled_from(["", "a@example.org", "b@example.org", "anna.schmidt@example.org"])
people = st.lists(st.builds(Seen, names, addresses, st.just(60)), max_size=6)
registered = st.lists(st.builds(Known, st.integers(1, 99), names, addresses), max_size=6, unique_by=lambda k: k.key)


@given(people, registered)
def test_no_registration_is_surely_two_people_and_nobody_is_both_sure_and_doubtful(
    seen: list[Seen], known: list[Known]
) -> None:
    found = match(seen, known)

    sure = [each.sure for each in found if each.sure is not None]
    assert len(found) == len(seen)
    assert len(sure) == len(set(sure))
    assert all(each.sure is None or not each.alike for each in found)
    assert {key for each in found for key in each.alike} | set(sure) <= {each.key for each in known}


@given(people, registered, st.randoms(use_true_random=False))
def test_the_order_of_the_list_decides_nothing(seen: list[Seen], known: list[Known], random: object) -> None:
    order = list(range(len(seen)))
    random.shuffle(order)

    assert match([seen[place] for place in order], known) == [match(seen, known)[place] for place in order]
