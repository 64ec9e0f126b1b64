import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.places.models import Area, Site
from tongchuang.places.tests.make import make_site, make_site_type, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def street() -> Unit:
    return make_unit("城南街道", kind=Unit.Kind.STREET)


@pytest.fixture
def clerk(street: Unit, client: Client) -> User:
    user = make_user(role="town_clerk", unit=street)
    make_unit()  # so that the clerk's reach is not everything
    client.force_login(user)
    return user


def test_a_site_outside_the_scope_is_not_found(client: Client, clerk: User) -> None:
    assert client.get(f"/places/sites/{make_site().code}/").status_code == 404


def test_the_list_narrows_by_words_and_kind(client: Client, clerk: User, street: Unit) -> None:
    market = make_site(name="北市场", territory=street)
    make_site(name="公厕", territory=street)
    page = client.get("/places/sites/", {"q": "市场", "type": market.site_type.code})
    assert [site.name for site in page.context["page"].rows] == ["北市场"]


def test_the_number_of_queries_does_not_grow(client: Client, clerk: User, street: Unit) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/places/sites/")
        return len(queries)

    make_site(territory=street)
    few = cost()
    for _number in range(20):
        make_site(territory=street)
    assert cost() == few


def test_an_empty_list_says_what_to_do(client: Client, clerk: User) -> None:
    assert "先登记、导入点位" in client.get("/places/sites/").content.decode()


def test_a_site_is_registered_by_the_form(client: Client, clerk: User, street: Unit) -> None:
    form = {
        "code": "A1",
        "name": "一号公厕",
        "site_type": make_site_type().pk,
        "territory": street.pk,
        "datum": "wgs84",
        "recorded_lon": "119.01",
        "recorded_lat": "30.61",
    }
    assert client.post("/places/sites/new/", form).status_code == 302
    assert Site.objects.get(code="A1").lat == 30.61
    again = client.post("/places/sites/new/", form)
    assert again.status_code == 422
    assert "已被另一个点位使用" in again.content.decode()


def test_half_a_position_is_refused_and_the_text_kept(
    client: Client, clerk: User, street: Unit
) -> None:
    form = {
        "code": "A1",
        "name": "一号公厕",
        "site_type": make_site_type().pk,
        "territory": street.pk,
        "datum": "wgs84",
        "recorded_lon": "119.01",
    }
    page = client.post("/places/sites/new/", form)
    assert page.status_code == 422
    assert "一号公厕" in page.content.decode()
    assert not Site.objects.exists()


def test_a_file_that_is_no_geojson_changes_nothing(client: Client, clerk: User) -> None:
    for content in (b"", b"\x89PNG", b"[1, 2]", b'{"features": [1]}', b"[" * 5000):
        upload = SimpleUploadedFile("x.geojson", content)
        page = client.post("/places/areas/import/", {"file": upload, "source": "x"})
        assert page.status_code == 422
    assert not Area.objects.exists()


def test_boundaries_go_out_as_they_came_in(client: Client, clerk: User, street: Unit) -> None:
    feature = {"type": "Feature", "properties": {"code": street.code}, "geometry": square(0, 0)}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    upload = SimpleUploadedFile("x.geojson", content)
    client.post("/places/areas/import/", {"file": upload, "source": "测绘"})
    out = client.get("/places/areas/export/").json()
    assert out["features"][0]["properties"]["code"] == street.code
    assert len(out["features"][0]["geometry"]["coordinates"][0]) == 5
