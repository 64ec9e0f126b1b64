import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.places.rules import (
    AreaIndex,
    BadBoundary,
    distance_m,
    gcj02_to_wgs84,
    read_boundary,
    wgs84_to_gcj02,
)
from tongchuang.places.tests.make import square

LON = st.floats(75, 135)
LAT = st.floats(18, 53)


@given(LON, LAT)
def test_gcj02_is_undone_within_a_metre(lon: float, lat: float) -> None:
    back = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert distance_m(lon, lat, *back) < 1


def test_gcj02_of_a_known_point() -> None:
    # Tiananmen gate: both coordinates are public.
    lon, lat = wgs84_to_gcj02(116.391_26, 39.905_57)
    assert distance_m(lon, lat, 116.397_50, 39.906_97) < 5


def test_points_outside_china_do_not_move() -> None:
    assert wgs84_to_gcj02(-71.0587, 42.3594) == (-71.0587, 42.3594)


@given(LON, LAT, LON, LAT)
def test_distance_is_the_same_both_ways(a: float, b: float, c: float, d: float) -> None:
    assert distance_m(a, b, c, d) == pytest.approx(distance_m(c, d, a, b))


def test_a_degree_of_latitude_is_about_111_km() -> None:
    assert distance_m(119, 30, 119, 31) == pytest.approx(111_195, rel=0.001)


def test_the_deepest_area_wins() -> None:
    index = AreaIndex([(1, 1, square(0, 0, 10)), (2, 2, square(1, 1, 2)), (3, 2, square(5, 5, 2))])
    assert index.at_many([(1.5, 1.5), (6, 6), (9, 9), (20, 20)]) == [2, 3, 1, None]


def test_a_point_on_a_shared_edge_belongs_to_exactly_one_area() -> None:
    index = AreaIndex([(1, 1, square(0, 0)), (2, 1, square(1, 0))])
    assert index.at(1.0, 0.5) in {1, 2}
    assert index.at(1.0, 0.5) == index.at(1.0, 0.5)


def test_no_areas_means_no_answer() -> None:
    assert AreaIndex([]).at(1, 1) is None


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [500, 0], [500, 500], [0, 0]]]},
        {"type": "Polygon", "coordinates": "x"},
        "text",
    ],
)
def test_a_boundary_that_is_no_polygon_on_earth_is_refused(geometry: object) -> None:
    with pytest.raises(BadBoundary):
        read_boundary(geometry)
