"""Pages of units, people and the audit log, as people use them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tongchuang.accounts import services
from tongchuang.accounts.models import Absence, Membership, Post, Unit, User
from tongchuang.accounts.tests.make import City, make_city, make_post, make_unit, make_user
from tongchuang.core import audit
from tongchuang.core.models import Event

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 8)


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def admin(client: Client, city: City) -> Client:
    client.force_login(city.admin)
    return client


def at(name: str, *keys: int) -> str:
    return reverse(f"accounts:{name}", args=keys)


def text(response: Any) -> str:
    return str(response.content.decode())


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def unit_form(**fields: Any) -> dict[str, Any]:
    return {"name": "水务局", "code": "N1", "kind": "department", "active": "on", **fields}


def test_the_tree_shows_what_is_missing(admin: Client, city: City) -> None:
    make_post(unit=city.bureau, kind=Post.Kind.HEAD)
    page = text(admin.get(at("unit_list")))
    assert "缺分管负责人" in page
    assert "3 个单位缺必设岗位" in page
    assert "岗位均已到位" not in page


def test_a_clerk_sees_their_unit_and_nothing_beside_it(client: Client, city: City) -> None:
    client.force_login(city.street_clerk)
    page = text(client.get(at("unit_list")))
    assert "城南街道" in page
    assert "城管局" not in page
    assert client.get(at("unit_detail", city.community.pk)).status_code == 200
    assert client.get(at("unit_detail", city.bureau.pk)).status_code == 404
    assert client.get(at("unit_edit", city.street.pk)).status_code == 403


def test_a_manager_gets_404_outside_and_403_never_inside(client: Client, city: City) -> None:
    client.force_login(make_user(role="admin", unit=city.street))
    assert client.get(at("unit_edit", city.community.pk)).status_code == 200
    assert client.get(at("unit_edit", city.bureau.pk)).status_code == 404
    assert client.get(at("person_edit", city.bureau_clerk.pk)).status_code == 404


def test_a_former_name_is_found(admin: Client, city: City) -> None:
    services.rename_unit(city.bureau, name="综合执法局", on=TODAY, by=city.admin)
    assert "综合执法局" in text(admin.get(at("unit_list") + "?q=城管"))


def test_a_unit_is_made_under_the_one_where_one_stood(admin: Client, city: City) -> None:
    address = f"{at('unit_create')}?under={city.street.pk}"
    made = admin.post(address, unit_form(kind="community"))
    unit = Unit.objects.get(code="N1")
    assert made["Location"] == at("unit_detail", unit.pk)
    assert unit.path.startswith(city.street.path)


def test_a_refused_form_keeps_what_was_typed(admin: Client, city: City) -> None:
    answer = admin.post(at("unit_create"), unit_form(code=city.bureau.code, duty="管水"))
    assert answer.status_code == 422
    assert "已被别的单位使用" in text(answer)
    assert "管水" in text(answer)


def test_a_stale_form_tells_who_was_quicker_and_keeps_the_text(admin: Client, city: City) -> None:
    facts = services.UnitFacts(code="Q1", name="城管局", kind=Unit.Kind.DEPARTMENT)
    services.change_unit(city.bureau, facts, by=city.admin)
    answer = admin.post(at("unit_edit", city.bureau.pk), unit_form(version="0", duty="我写的"))
    assert answer.status_code == 409
    assert f"{city.admin.name} 已于 03-08 14:30" in text(answer)
    assert "我写的" in text(answer)
    assert Unit.objects.get(pk=city.bureau.pk).code == "Q1"


def test_a_person_is_made_and_the_password_is_shown_once(admin: Client, city: City) -> None:
    form = {"name": "赵敏", "username": "zhao", "unit": city.bureau.code, "session_limit": "3"}
    made = admin.post(at("person_create"), form)
    assert "一次性口令" in text(admin.get(made["Location"]))
    assert "一次性口令（只显示" not in text(admin.get(made["Location"]))
    assert User.objects.get(username="zhao").unit == city.bureau


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("unit", "天上", "没有找到“天上”"),
        ("username", "a b", "不含空格"),
        ("phone", "abc", "手机号只含数字"),
        ("session_limit", "0", "1 到 20"),
        ("name", "", "必填"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_beside_the_field(
    admin: Client, city: City, field: str, value: str, said: str
) -> None:
    form = {"name": "赵敏", "username": "zhao", "unit": city.bureau.code, "session_limit": "3"}
    answer = admin.post(at("person_create"), form | {field: value})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not User.objects.filter(name="赵敏").exists()


def test_people_of_the_same_name_are_told_apart(admin: Client, city: City) -> None:
    for username in ("li1", "li2"):
        make_user(username, unit=city.bureau, name="李伟")
    form = {"kind": "head", "holder": "李伟", "on": "2016-03-08"}
    address = at("post_appoint", city.bureau.pk)
    assert "不止一个，请改填登录名" in text(admin.post(address, form))
    admin.post(address, form | {"holder": "李伟（li2）"})
    assert Post.objects.get().holder.username == "li2"


def test_a_role_is_granted_and_taken_back_on_pages(admin: Client, city: City) -> None:
    user = make_user(unit=city.bureau)
    form = {"role": "unit_head", "unit": city.bureau.code, "on": "2016-03-08"}
    admin.post(at("membership_grant", user.pk), form)
    grant = Membership.objects.get(user=user)
    assert "单位主要负责人" in text(admin.get(at("person_detail", user.pk)))
    admin.post(at("membership_end", grant.pk))
    assert Membership.objects.get(pk=grant.pk).to_on == date(2016, 3, 7)


def test_granting_oneself_is_refused(admin: Client, city: City) -> None:
    form = {"role": "hq_director", "unit": city.root.code, "on": "2016-03-08"}
    assert admin.post(at("membership_grant", city.admin.pk), form).status_code == 403


def test_one_registers_ones_own_absence_without_any_right(client: Client, city: City) -> None:
    deputy = make_user(unit=city.bureau, name="孙立")
    client.force_login(city.bureau_clerk)
    form = {"deputy": "孙立", "from_on": "2016-03-08", "to_on": "2016-03-09"}
    client.post(at("absence_create", city.bureau_clerk.pk), form)
    assert Absence.objects.get().deputy == deputy
    assert client.post(at("absence_end", Absence.objects.get().pk)).status_code == 302
    assert not Absence.objects.exists()


def test_work_is_handed_over_on_its_page(admin: Client, city: City) -> None:
    receiver = make_user(unit=city.bureau)
    form = {"receiver": receiver.username, "on": "2016-03-08", "note": "三件在办"}
    admin.post(at("hand_over", city.bureau_clerk.pk), form)
    assert "三件在办" in text(admin.get(at("person_detail", city.bureau_clerk.pk)))


def test_the_number_of_queries_does_not_grow(admin: Client, city: City) -> None:
    addresses = [at("unit_list"), at("unit_detail", city.root.pk), at("person_list")]
    few = [cost(admin, address) for address in addresses]
    for number in range(12):
        unit = make_unit(parent=city.root)
        make_post(unit=unit, holder=make_user(role="unit_clerk", unit=unit))
        make_post(unit=city.root, kind=Post.Kind.HEAD, to_on=date(2013, 2, number + 1))
    assert [cost(admin, address) for address in addresses] == few


# The audit log
@pytest.fixture
def auditor(client: Client, city: City) -> Client:
    client.force_login(make_user(role="auditor", unit=city.root))
    return client


def test_the_log_tells_changes_in_words(auditor: Client, city: City) -> None:
    services.rename_unit(city.bureau, name="城管执法局", on=TODAY, by=city.admin)
    services.appoint(city.bureau, kind="head", holder=city.bureau_clerk, by=city.admin, on=TODAY)
    page = text(auditor.get(at("audit_log")))
    assert "更名" in page
    assert "<del>城管局</del> → 城管执法局" in page
    assert "主要负责人（负总责）" in page, "a choice is shown by its word"
    assert city.bureau_clerk.name in page, "a key is shown by its record"


def test_the_log_is_filtered_by_person_kind_action_and_day(auditor: Client, city: City) -> None:
    services.rename_unit(city.bureau, name="城管执法局", on=TODAY, by=city.admin)
    services.set_active(city.other_clerk, active=False, by=city.admin)
    log = at("audit_log")
    shown = {
        query: text(auditor.get(f"{log}?{query}")).count('<tr id="event-')
        for query in (
            "",
            f"person={city.admin.username}",
            "person=无此人",
            "kind=accounts.unit",
            "action=deactivate",
            "day=2016-03-08",
            "day=2016-03-07",
            "day=gibberish",
        )
    }
    assert list(shown.values()) == [2, 2, 0, 1, 1, 2, 0, 2]


def test_the_log_is_exported(auditor: Client, city: City) -> None:
    services.set_active(city.other_clerk, active=False, by=city.admin)
    answer = auditor.get(f"{at('audit_log')}?format=xlsx")
    assert answer.content.startswith(b"PK")


def test_a_page_of_the_log_costs_the_same_with_more_events(auditor: Client, city: City) -> None:
    user = make_user(unit=city.bureau)
    services.grant_membership(user, role="unit_head", unit=city.bureau, by=city.admin, on=TODAY)
    few = cost(auditor, at("audit_log"))
    for unit in [city.street, city.community, city.grid, city.other_bureau]:
        services.grant_membership(user, role="unit_head", unit=unit, by=city.admin, on=TODAY)
    assert cost(auditor, at("audit_log")) == few


def test_an_auditor_of_a_branch_reads_the_acts_of_its_people(client: Client, city: City) -> None:
    client.force_login(make_user(role="auditor", unit=city.street))
    audit.record(subject=city.street, action="change", by=city.street_clerk)
    audit.record(subject=city.bureau, action="change", by=city.bureau_clerk)
    page = text(client.get(at("audit_log")))
    assert page.count('<tr id="event-') == 1
    assert Event.objects.count() == 2


def test_an_unknown_kind_and_act_are_shown_as_they_are(auditor: Client, city: City) -> None:
    audit.record(subject=city.street, action="vanish", by=None, after={"colour": "red"})
    Event.objects.update(subject_kind="gone.thing")
    assert "gone.thing" in text(auditor.get(at("audit_log")))


@pytest.mark.parametrize("page", ["unit_list", "person_list"])
def test_lists_are_exported_and_the_export_is_noted(admin: Client, city: City, page: str) -> None:
    answer = admin.get(f"{at(page)}?format=xlsx")
    assert answer.content.startswith(b"PK")
    assert audit.history(city.admin).get().action == "export"
