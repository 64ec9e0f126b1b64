"""Units, posts, roles, people: what changes, who may, what is refused in words."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoAssertNumQueries

from tongchuang.accounts import queries, services
from tongchuang.accounts.models import Absence, Membership, Post, SignInSession, Unit, User
from tongchuang.accounts.permissions import can, forget_reach
from tongchuang.accounts.tests.make import City, make_city, make_post, make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.core.models import Message

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 8)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def city() -> City:
    return make_city()


def facts(code: str = "N1", name: str = "水务局") -> services.UnitFacts:
    return services.UnitFacts(code=code, name=name, kind=Unit.Kind.DEPARTMENT)


def person(unit: Unit | None, username: str = "zhao", phone: str = "") -> services.PersonFacts:
    return services.PersonFacts(username=username, name="赵敏", unit=unit, phone=phone)


def words(refusal: pytest.ExceptionInfo[ValidationError]) -> str:
    return "".join(refusal.value.messages)


# Units
def test_a_new_unit_stands_under_its_parent_and_is_reached_at_once(city: City) -> None:
    unit = services.create_unit(facts(), parent=city.root, by=city.admin)
    assert unit.path.startswith(city.root.path)
    assert can(city.admin, "accounts.manage", unit)
    assert audit.history(unit).get().action == "create"


def test_a_unit_outside_ones_reach_is_not_created_nor_changed(city: City) -> None:
    local = make_user(role="admin", unit=city.street)
    services.create_unit(facts(), parent=city.community, by=local)
    with pytest.raises(PermissionDenied):
        services.create_unit(facts("N2"), parent=city.bureau, by=local)
    with pytest.raises(PermissionDenied):
        services.create_unit(facts("N2"), parent=None, by=local)
    with pytest.raises(PermissionDenied):
        services.change_unit(city.bureau, facts(), by=local)


def test_a_code_and_a_name_among_siblings_are_used_once(city: City) -> None:
    services.create_unit(facts(), parent=city.root, by=city.admin)
    with pytest.raises(ValidationError) as refusal:
        services.create_unit(facts(name="别名"), parent=city.root, by=city.admin)
    assert "N1" in words(refusal)
    with pytest.raises(ValidationError) as refusal:
        services.create_unit(facts(code="N2"), parent=city.root, by=city.admin)
    assert "水务局" in words(refusal)


def test_a_record_shows_the_name_of_its_day(city: City) -> None:
    services.rename_unit(city.bureau, name="城管执法局", on=TODAY, by=city.admin)
    unit = Unit.objects.get(pk=city.bureau.pk)
    assert queries.unit_name_on(unit, YESTERDAY) == "城管局"
    assert queries.unit_name_on(unit, TODAY) == unit.name == "城管执法局"
    later = TODAY + timedelta(days=30)
    services.rename_unit(unit, name="城管委", on=later, by=city.admin)
    assert queries.unit_name_on(unit, later - timedelta(days=1)) == "城管执法局"
    assert unit.names.count() == 3


def test_units_of_many_records_answer_with_the_names_of_their_days(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.rename_unit(city.bureau, name="城管执法局", on=TODAY, by=city.admin)
    then, now, undated = (Unit.objects.get(pk=city.bureau.pk) for _ in range(3))
    with django_assert_num_queries(1):
        queries.show_as_of([(then, YESTERDAY), (now, TODAY), (undated, None), (None, TODAY)])
    assert (str(then), then.label, then.full_name) == ("城管局", "城管局", "城管局")
    assert (now.label, undated.label) == ("城管执法局", "城管执法局")


def test_an_export_asks_for_names_once_however_long_it_is(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = list(Unit.objects.all()) * 3
    with django_assert_num_queries(1):
        assert len(list(queries.each_as_of(units, lambda unit: [(unit, TODAY)]))) == len(units)


def test_a_grid_is_never_shown_without_its_community(city: City) -> None:
    grid = services.UnitFacts(code="G3", name="网格 03", kind=Unit.Kind.GRID)
    made = services.create_unit(grid, parent=city.community, by=city.admin)
    assert str(made) == made.label == f"{city.community.label}网格 03"
    assert made.short_name == "网格 03"
    services.rename_unit(
        made, name="龙潭社区网格 05", short_name="网格 05", on=TODAY, by=city.admin
    )
    assert queries.unit_name_on(made, YESTERDAY) == f"{city.community.label}网格 03"


def test_a_renaming_before_the_last_one_is_refused(city: City) -> None:
    services.rename_unit(city.bureau, name="城管执法局", on=TODAY, by=city.admin)
    with pytest.raises(ValidationError) as refusal:
        services.rename_unit(city.bureau, name="城管委", on=TODAY, by=city.admin)
    assert "2016-03-08" in words(refusal)


def test_a_change_raises_the_version_and_keeps_the_name(city: City) -> None:
    changed = services.change_unit(city.bureau, facts(name="别的名称"), by=city.admin)
    assert (changed.version, changed.name, changed.code) == (1, "城管局", "N1")


# Posts
def test_a_post_has_one_holder_at_a_time(city: City) -> None:
    first, second = make_user(unit=city.bureau), make_user(unit=city.bureau)
    kind = Post.Kind.HEAD
    services.appoint(city.bureau, kind=kind, holder=first, by=city.admin, on=date(2015, 1, 1))
    services.appoint(city.bureau, kind=kind, holder=second, by=city.admin, on=TODAY)
    assert queries.holder_of(city.bureau, kind, on=YESTERDAY) == first
    assert queries.holder_of(city.bureau, kind, on=TODAY) == second


def test_units_without_head_and_deputy_are_listed(city: City) -> None:
    make_post(unit=city.bureau, kind=Post.Kind.HEAD)
    make_post(unit=city.street, kind=Post.Kind.HEAD)
    make_post(unit=city.street, kind=Post.Kind.DEPUTY)
    missing = {u.pk: (u.no_head, u.no_deputy) for u in queries.posts_missing(city.admin, on=TODAY)}
    assert missing == {city.bureau.pk: (False, True), city.other_bureau.pk: (True, True)}


def test_an_ended_post_is_empty_from_the_next_day(city: City) -> None:
    post = make_post(unit=city.bureau)
    services.end_post(post, by=city.admin, on=TODAY)
    services.end_post(post, by=city.admin, on=TODAY + timedelta(days=9))
    assert Post.objects.get().to_on == TODAY


def test_the_same_holder_and_an_earlier_day_are_refused(city: City) -> None:
    post = make_post(unit=city.bureau, from_on=TODAY)
    with pytest.raises(ValidationError):
        services.appoint(city.bureau, kind=post.kind, holder=post.holder, by=city.admin, on=TODAY)
    with pytest.raises(ValidationError):
        services.appoint(
            city.bureau, kind=post.kind, holder=city.bureau_clerk, by=city.admin, on=YESTERDAY
        )


# Absence
def test_one_registers_ones_own_absence_and_the_deputy_is_told(city: City) -> None:
    clerk, deputy = city.bureau_clerk, make_user(unit=city.bureau)
    assert not can(deputy, "cases.handle", city.bureau)
    services.register_absence(clerk, deputy=deputy, days=(TODAY, TODAY), by=clerk)
    forget_reach(deputy)
    assert can(deputy, "cases.handle", city.bureau)
    assert Message.objects.get().to_user == deputy


def test_a_manager_does_not_make_themselves_deputy(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.register_absence(
            city.director, deputy=city.admin, days=(TODAY, TODAY), by=city.admin
        )


def test_nobody_registers_the_absence_of_a_stranger(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.register_absence(
            city.director, deputy=city.bureau_clerk, days=(TODAY, TODAY), by=city.bureau_clerk
        )


def test_overlapping_absences_are_refused(city: City) -> None:
    days = (TODAY, TODAY + timedelta(days=5))
    clerk = city.bureau_clerk
    services.register_absence(clerk, deputy=city.other_clerk, days=days, by=clerk)
    with pytest.raises(ValidationError):
        services.register_absence(clerk, deputy=city.other_clerk, days=days, by=clerk)


@pytest.mark.parametrize(("began", "left"), [(YESTERDAY, 1), (TODAY, 0)])
def test_coming_back_ends_or_withdraws_an_absence(city: City, began: date, left: int) -> None:
    clerk, days = city.bureau_clerk, (began, TODAY + timedelta(days=5))
    absence = services.register_absence(clerk, deputy=city.other_clerk, days=days, by=clerk)
    services.end_absence(absence, by=clerk, on=TODAY)
    assert Absence.objects.filter(to_on=YESTERDAY).count() == Absence.objects.count() == left


# Roles
def test_a_role_is_granted_and_ended(city: City) -> None:
    user = make_user(unit=city.bureau)
    grant = services.grant_membership(
        user, role="unit_clerk", unit=city.bureau, by=city.admin, on=TODAY
    )
    assert can(user, "cases.handle", city.bureau)
    services.end_membership(grant, by=city.admin, on=TODAY)
    services.end_membership(grant, by=city.admin, on=TODAY)
    forget_reach(user)
    assert not can(user, "cases.handle", city.bureau)
    assert [event.action for event in audit.history(grant)] == ["grant", "end"]


def test_nobody_raises_or_changes_themselves(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.grant_membership(
            city.admin, role="hq_director", unit=city.root, by=city.admin, on=TODAY
        )
    own = Membership.objects.get(user=city.admin)
    with pytest.raises(PermissionDenied):
        services.end_membership(own, by=city.admin, on=TODAY)


def test_nobody_grants_outside_their_reach(city: City) -> None:
    local = make_user(role="admin", unit=city.street)
    with pytest.raises(PermissionDenied):
        services.grant_membership(
            make_user(), role="unit_clerk", unit=city.root, by=local, on=TODAY
        )


@pytest.mark.parametrize("role", ["robot", "emperor"])
def test_only_roles_for_people_are_granted(city: City, role: str) -> None:
    with pytest.raises(ValidationError):
        services.grant_membership(make_user(), role=role, unit=city.root, by=city.admin, on=TODAY)


def test_a_role_held_already_is_refused(city: City) -> None:
    with pytest.raises(ValidationError):
        services.grant_membership(
            city.bureau_clerk, role="unit_clerk", unit=city.bureau, by=city.admin, on=TODAY
        )


# People
def test_a_new_person_gets_a_password_to_be_changed(city: City) -> None:
    user, word = services.create_person(person(city.bureau), by=city.admin)
    assert user.check_password(word)
    assert user.must_change_password
    event = audit.history(user).get()
    assert word not in str(event.after)
    assert "password" not in event.after


def test_sign_in_names_and_phones_belong_to_one_person(city: City) -> None:
    services.create_person(person(city.bureau, phone="13900000001"), by=city.admin)
    with pytest.raises(ValidationError) as refusal:
        services.create_person(person(city.bureau), by=city.admin)
    assert "zhao" in words(refusal)
    with pytest.raises(ValidationError) as refusal:
        services.create_person(
            person(city.bureau, username="qian", phone="13900000001"), by=city.admin
        )
    assert "13900000001" in words(refusal)


def test_a_local_manager_neither_makes_nor_moves_people_elsewhere(city: City) -> None:
    local = make_user(role="admin", unit=city.street)
    with pytest.raises(PermissionDenied):
        services.create_person(person(city.bureau), by=local)
    user, _word = services.create_person(person(city.community), by=local)
    with pytest.raises(PermissionDenied):
        services.change_person(user, person(city.bureau), by=local)
    assert User.objects.get(pk=user.pk).unit == city.community


def test_a_deactivated_person_reaches_nothing_and_loses_every_session(city: City) -> None:
    clerk = city.bureau_clerk
    services.open_session(clerk, services.Visitor("k1"), at=clock.now())
    off = services.set_active(clerk, active=False, by=city.admin)
    assert not can(off, "cases.handle", city.bureau)
    assert SignInSession.objects.get().ended_because == "by_manager"


def test_nobody_deactivates_themselves(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.set_active(city.admin, active=False, by=city.admin)


def test_only_the_person_changes_their_password_by_the_rules(city: City) -> None:
    clerk = city.bureau_clerk
    with pytest.raises(PermissionDenied):
        services.change_password(clerk, new="Xin-kou-ling-1", by=city.admin)
    for weak in ("short", "1234567890", clerk.username + "2016"):
        with pytest.raises(ValidationError):
            services.change_password(clerk, new=weak, by=clerk)
    services.change_password(clerk, new="Xin-kou-ling-1", by=clerk)
    with pytest.raises(ValidationError):
        services.change_password(clerk, new="Xin-kou-ling-1", by=clerk)


# Hand-over
def test_a_hand_over_moves_posts_and_roles_and_tells_the_receiver(city: City) -> None:
    giver, receiver = city.bureau_clerk, make_user(unit=city.bureau)
    make_post(unit=city.bureau, kind=Post.Kind.LIAISON, holder=giver)
    done = services.hand_over(
        giver, receiver=receiver, note="1347 号案件待回复", by=city.admin, on=TODAY
    )
    assert (done.posts, done.roles) == (1, 1)
    forget_reach(giver)
    assert not can(giver, "cases.handle", city.bureau)
    assert can(receiver, "cases.handle", city.bureau)
    assert queries.holder_of(city.bureau, Post.Kind.LIAISON, on=TODAY) == receiver
    assert Message.objects.get().body == "1347 号案件待回复"


def test_who_hands_over_does_not_receive(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.hand_over(city.director, receiver=city.admin, note="x", by=city.admin, on=TODAY)


def test_a_tree_line_opens_and_closes_its_groups(city: City) -> None:
    make_unit("外市", kind=Unit.Kind.CITY)
    rows = queries.unit_tree(city.admin, on=TODAY)
    assert sum(row.opens for row in rows) == sum(len(row.closes) for row in rows)
    assert not any(row.more for row in rows)


def test_the_tree_shows_the_city_s_units_and_folds_what_lies_under_them(city: City) -> None:
    rows = queries.unit_tree(city.admin, on=TODAY)
    assert [row.unit for row in rows if row.opens and row.unfolded] == [city.root]
    assert city.community in [row.unit for row in rows if row.opens and not row.unfolded]


def test_what_lies_too_deep_for_the_tree_is_counted(city: City) -> None:
    make_unit("院落", parent=city.grid, kind=Unit.Kind.GRID)
    rows = queries.unit_tree(city.admin, on=TODAY)
    assert {row.unit: row.more for row in rows if row.more} == {city.grid: 1}
