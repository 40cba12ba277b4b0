import pytest

from certification.rules.network import Place
from certification.rules.route import Stop, in_route_order, legs


def stop(name: str, east: float | None = None) -> Stop:
    return Stop(Place(name, 51.5 if east is not None else None, east), f"{name}weg 1")


def test_the_way_begins_at_the_first_and_goes_on_to_the_nearest() -> None:
    route = in_route_order([stop("Ahorn", 7.0), stop("Birke", 7.3), stop("Eiche", 7.1)])

    assert [each.name for each in route] == ["Ahorn", "Eiche", "Birke"]
    assert legs(route) == [pytest.approx(6.9, abs=0.1), pytest.approx(13.8, abs=0.1)]


def test_what_is_not_on_the_map_comes_last_in_the_order_given() -> None:
    route = in_route_order([stop("Ahorn", 7.0), stop("Birke"), stop("Eiche"), stop("Linde", 7.1)])

    assert [each.name for each in route] == ["Ahorn", "Linde", "Birke", "Eiche"]
    assert legs(route)[1:] == [None, None]


def test_no_place_is_no_way() -> None:
    assert (in_route_order([]), legs([])) == ([], [])
