import io

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.places import services
from tongchuang.places.models import Area, ResponsibilityRule, Site
from tongchuang.places.queries import territory_at
from tongchuang.places.rules import BadBoundary
from tongchuang.places.sheets import site_sheet
from tongchuang.places.tests.make import make_area, make_site, make_site_type, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Unit:
    return make_unit("城南街道", kind=Unit.Kind.STREET, short_name="城南")


@pytest.fixture
def clerk(street: Unit) -> User:
    return make_user(role="town_clerk", unit=street)


def test_a_new_site_gets_the_regulator_of_its_kind(street: Unit, clerk: User) -> None:
    market, bureau = make_site_type(), make_unit("市场监管局")
    ResponsibilityRule.objects.create(site_type=market, trade=bureau)
    site = services.add_site("M1", by=clerk, name="北市场", site_type=market, territory=street)
    assert site.trade == bureau
    assert [event.action for event in audit.history(site)] == ["add"]


def test_a_site_outside_the_persons_territory_is_refused(clerk: User) -> None:
    elsewhere = make_unit(kind=Unit.Kind.STREET)
    with pytest.raises(PermissionDenied):
        services.add_site("M1", by=clerk, name="x", site_type=make_site_type(), territory=elsewhere)


def test_a_recorded_position_is_kept_beside_the_converted_one(street: Unit, clerk: User) -> None:
    site = services.add_site(
        "M1",
        by=clerk,
        name="x",
        site_type=make_site_type(),
        territory=street,
        recorded_lon=119.0,
        recorded_lat=30.6,
        datum="gcj02",
    )
    assert site.recorded_lon == 119.0
    assert site.lon == pytest.approx(118.995, abs=0.002)


def test_closing_twice_is_one_effect(street: Unit, clerk: User) -> None:
    site = make_site(territory=street)
    day = clock.today()
    services.close_site(site, on=day, reason="拆除", by=clerk)
    services.close_site(site, on=day, reason="拆除", by=clerk)
    assert audit.history(site).count() == 1


def test_a_moved_boundary_moves_the_territory(street: Unit, clerk: User) -> None:
    other = make_unit("城北街道", kind=Unit.Kind.STREET)
    make_area(other, square(0, 0))
    assert territory_at(0.5, 0.5) == other
    Area.objects.filter(unit=other).delete()
    services.set_boundary(street, square(0, 0), source="测绘", by=clerk)
    assert territory_at(0.5, 0.5) == street
    services.set_boundary(street, square(5, 5), source="测绘", by=clerk)
    assert territory_at(0.5, 0.5) is None


def test_one_bad_boundary_refuses_the_whole_file(street: Unit, clerk: User) -> None:
    good = {"properties": {"name": "城南街道"}, "geometry": square(0, 0)}
    bad = {"properties": {"name": "城南"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}
    with pytest.raises(BadBoundary, match="城南"):
        services.import_boundaries([good, bad], source="x", by=clerk)
    assert not Area.objects.exists()


def test_unknown_features_are_listed_not_invented(street: Unit, clerk: User) -> None:
    features = [
        {"properties": {"name": "城南街道"}, "geometry": square(0, 0)},
        {"properties": {"name": "无此镇"}, "geometry": square(2, 2)},
    ]
    report = services.import_boundaries(features, source="x", by=clerk)
    assert (report.placed, report.unknown) == (["城南街道"], ["无此镇"])


def test_an_exported_sheet_imports_without_change(street: Unit, clerk: User) -> None:
    make_site(
        territory=street, name="=危险", recorded_lon=119.1, recorded_lat=30.6, address="一路 1 号"
    )
    sheet = site_sheet()
    file = io.BytesIO(sheet.export(Site.objects.all()))
    preview = sheet.preview(file, name="点位.xlsx")
    assert (preview.errors, preview.same, preview.new) == ([], 1, 0)


def test_a_sheet_with_a_wrong_unit_names_line_and_heading(street: Unit, clerk: User) -> None:
    kind = make_site_type(title="公厕")
    text = f"编号,名称,类别,属地\nA1,一号,{kind.title},城南街道\nA2,二号,{kind.title},无此街道\n"
    preview = site_sheet().preview(io.BytesIO(text.encode()), name="点位.csv")
    assert [(error.line, error.heading) for error in preview.errors] == [(3, "属地")]
    assert not Site.objects.exists()


def test_people_see_sites_of_which_they_are_a_party(street: Unit, clerk: User) -> None:
    mine = make_site(territory=street)
    trade = make_site(trade=street)
    make_site()
    assert set(Site.objects.visible_to(clerk)) == {mine, trade}
