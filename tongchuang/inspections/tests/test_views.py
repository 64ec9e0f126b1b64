from datetime import date

import pytest
from django.test import Client

from tongchuang.accounts.services import rename_unit
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import photo
from tongchuang.inspections.models import Visit
from tongchuang.inspections.tests.make import Beat, begun, drawn, finished, make_beat, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def beat() -> Beat:
    return make_beat()


def test_every_page_of_a_round_opens(client: Client, beat: Beat) -> None:
    client.force_login(beat.town.city.supervisor)
    todo, one = planned(beat, title="下一轮"), drawn(beat)
    visit = finished(beat, fail=[0], one=one)
    addresses = ["", "new/", f"{one.pk}/?check=1", f"{todo.pk}/", f"{todo.pk}/draw/", "mine/"]
    addresses += [f"{one.pk}/export/", f"visits/{visit.pk}/result/"]
    addresses.append(f"places/{beat.town.site.code}/")
    answers = [client.get(f"/inspections/{address}").status_code for address in addresses]
    assert answers == [200] * len(addresses)


def test_an_inspector_walks_from_the_route_to_a_case(client: Client, beat: Beat) -> None:
    client.force_login(beat.inspector)
    one = drawn(beat)
    assert beat.town.site.name in client.get("/inspections/mine/").content.decode()
    start = {"site": beat.town.site.code, "round": one.pk}
    page = client.post("/inspections/visits/start/", start, follow=True)
    assert "还有 3 项" in page.content.decode()
    first, second, third = (item.pk for item in beat.items)
    form = {f"r-{first}": "pass", f"r-{second}": "fail", f"p-{second}": photo()}
    address = f"/inspections/visits/{Visit.objects.get().pk}/finish/"
    assert client.post(address, form).status_code == 422
    done = client.post(address, {f"r-{third}": "na"}, follow=True)
    assert Case.objects.get().number in done.content.decode()
    answer = Visit.objects.get().answers.get(item=second)
    assert client.get(f"/inspections/photos/{answer.pk}/thumb/").status_code == 200


def test_one_changed_answer_is_kept_at_once(client: Client, beat: Beat) -> None:
    client.force_login(beat.inspector)
    visit, item = begun(beat), beat.items[0]
    form = {"only": item.pk, f"r-{item.pk}": "pass"}
    page = client.post(f"/inspections/visits/{visit.pk}/", form, headers={"HX-Request": "true"})
    assert "已保存" in page.content.decode()
    assert visit.answers.get().result == "pass"


def test_the_page_of_a_visit_is_for_its_inspector_alone(client: Client, beat: Beat) -> None:
    visit = begun(beat)
    client.force_login(beat.town.city.supervisor)
    assert client.get(f"/inspections/visits/{visit.pk}/").status_code == 403


def test_a_round_and_its_visits_show_places_under_the_names_of_their_days(
    client: Client, beat: Beat
) -> None:
    one = drawn(beat)
    visit = finished(beat, one=one)
    street, territory = beat.town.city.street, beat.town.site.territory
    for unit in {street, territory}:
        rename_unit(unit, name=f"新{unit.name}", on=date(2016, 4, 1), by=beat.town.city.admin)
    client.force_login(beat.town.city.supervisor)
    for address in (f"{one.pk}/", f"visits/{visit.pk}/result/"):
        page = client.get(f"/inspections/{address}").content.decode()
        assert territory.label in page
        assert f"新{territory.name}" not in page
        assert f"新{street.name}" not in page
