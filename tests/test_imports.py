"""Foreign tables through the mapping files of docs/how/mappings, with made-up rows."""

from io import BytesIO
from pathlib import Path

import pytest

from tongchuang.accounts.models import Unit
from tongchuang.accounts.services import robot
from tongchuang.accounts.sheets import UNITS
from tongchuang.cases.models import Case
from tongchuang.cases.sheets import case_import_sheet
from tongchuang.core.tabular import Preview, SheetMapping
from tongchuang.desk.importing import KINDS
from tongchuang.places.models import Site
from tongchuang.standards.models import SiteType

pytestmark = pytest.mark.django_db
MAPPINGS = Path(__file__).resolve().parent.parent / "docs" / "how" / "mappings"
_SHEETS = {
    "boston311": "cases",
    "communities": "units",
    "fulton": "visits",
    "shangluo_letters": "reports",
    "townships": "units",
    "xuancheng_counties": "units",
}
_HEAD = (
    "CASE_ENQUIRY_ID,OPEN_DT,TARGET_DT,CLOSED_DT,CLOSURE_REASON,REASON,TYPE,Department,Location,"
    "LATITUDE,LONGITUDE,Source\n"
)
_LAMP = (
    "7,01/31/2015 12:20:09 AM,02/16/2015 08:30:00 AM,02/01/2015 01:08:42 PM,Fixed,Street Lights,"
    "Street Light Outages,PWDx,1 Made-up St,42.3474,-71.0944,Citizens Connect App\n"
)
_NOWHERE = "8,07/01/2015 12:00:00 PM,,,,Trees,Tree Emergencies,PARK,,42.3594,-71.0587,Twitter\n"
_TWO_CLOCKS = (
    "9,05/06/2015 07:34:47 AM,,05/06/2015 07:34:36 AM,Done,Graffiti,PWD Graffiti,PWDx,,"
    "42.3594,-71.1000,City Worker App\n"
)
_STRANGER = _LAMP.replace("7,", "10,", 1).replace("PWDx", "Boston Public Worx")


def mapping(name: str) -> SheetMapping:
    return SheetMapping.from_yaml((MAPPINGS / f"{name}.yaml").read_text(encoding="utf-8"))


def boston(*lines: str) -> Preview[Case]:
    """A preview of made-up records in a city whose departments are there."""
    UNITS.preview(MAPPINGS / "boston_units.csv").commit(by=robot())
    file = BytesIO((_HEAD + "".join(lines)).encode())
    return case_import_sheet().preview(file, mapping("boston311"), name="cases.csv")


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_mapping_file_speaks_of_columns_that_its_table_has(path: Path) -> None:
    columns = KINDS[_SHEETS[path.stem]].sheet(None).columns
    ours = mapping(path.stem)
    assert ours.gives() <= {column.heading for column in columns}
    assert {column.heading for column in columns if column.required} <= ours.gives()


def test_moments_are_read_in_the_time_of_the_other_city() -> None:
    boston(_LAMP).commit(by=robot())
    case = Case.objects.get()
    assert case.found_at.isoformat() == "2015-01-31T05:20:09+00:00"
    assert case.closed_at is not None
    assert case.closed_at.isoformat() == "2015-02-01T18:08:42+00:00"
    assert case.fix_due_at is not None
    assert case.fix_due_at.isoformat() == "2015-02-16T13:30:00+00:00"


def test_a_record_becomes_a_case_of_its_city_with_our_words() -> None:
    boston(_LAMP).commit(by=robot())
    case = Case.objects.get()
    assert (case.city.code, case.channel, case.status) == ("BOS", "public", "closed")
    assert case.lead == Unit.objects.get(code="BOS-PWD")
    assert case.title == "Street Light Outages"
    assert "Fixed" in case.description
    assert case.sources.get().label == "Citizens Connect App"


def test_the_point_that_means_unknown_becomes_no_place() -> None:
    boston(_NOWHERE, _TWO_CLOCKS).commit(by=robot())
    nowhere, placed = Case.objects.order_by("external_id")
    assert (nowhere.lat, nowhere.lon) == (None, None)
    assert (placed.lat, placed.lon) == (42.3594, -71.1)


def test_closing_seconds_before_opening_counts_as_at_once() -> None:
    boston(_TWO_CLOCKS).commit(by=robot())
    case = Case.objects.get()
    assert case.closed_at == case.found_at


def test_repeating_an_import_changes_nothing() -> None:
    boston(_LAMP, _NOWHERE).commit(by=robot())
    again = boston(_LAMP, _NOWHERE)
    assert (again.new, again.same) == (0, 2)
    again.commit(by=robot())
    assert Case.objects.count() == 2


def test_an_unknown_agency_is_named_by_line_with_proposals_and_never_made() -> None:
    preview = boston(_LAMP, _STRANGER)
    error = preview.errors[0]
    assert (error.line, error.heading) == (3, "主办单位")
    assert "Boston Public Schools" in error.message
    assert not Unit.objects.filter(name__contains="Worx").exists()


def test_restaurants_of_foreign_visits_become_sites_once(site_types: None) -> None:
    UNITS.preview(MAPPINGS / "fulton_units.csv").commit(by=robot())
    address = '"{""address"":""1 Made-up Rd"",""city"":""ATLANTA"",""zip"":""30309""}"'
    rows = "".join(
        f"v{number},B1,Diner,2014-06-{number}T00:00:00,96,{address},34.1,-84.2\n"
        for number in (19, 20)
    )
    file = BytesIO(
        f"id,business_id,name,date,score,human_address,latitude,longitude\n{rows}".encode()
    )
    sheet = KINDS["visits"].sheet(None)
    sheet.preview(file, mapping("fulton"), name="visits.csv").commit(by=robot())
    assert Site.objects.get().address == "1 Made-up Rd, ATLANTA"


@pytest.fixture
def site_types() -> None:
    SiteType.objects.create(code="small_restaurant", title="小餐饮", ordinal=1)
