"""Consultation, change notes, sub-tasks, curves and obstacles."""

from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.models import Assignment, ChangeNote, Opinion, Task
from tongchuang.campaigns.rules import lag, share_out
from tongchuang.campaigns.tests.make import make_campaign, make_plan, make_task
from tongchuang.core import clock
from tongchuang.standards.models import Framework
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause


@pytest.fixture
def city(db: None) -> Unit:
    return make_unit("示例市", kind=Unit.Kind.CITY)


@pytest.fixture
def director(city: Unit) -> User:
    return make_user(role="hq_director", unit=city)


@pytest.fixture
def bureau(city: Unit) -> Unit:
    return make_unit("城管局", parent=city)


@pytest.fixture
def head(bureau: Unit) -> User:
    return make_user(role="unit_head", unit=bureau)


def consulted(city: Unit, unit: Unit, director: User) -> tuple[Task, Opinion]:
    """A draft of somebody else, sent out to its unit."""
    campaign = make_campaign(city=city)
    task = make_task(
        campaign=campaign,
        unit=unit,
        status="drafted",
        sponsor=director,
        clause=make_article(make_chapter(campaign.framework)),
    )
    services.consult_task(task, by=director)
    return task, Opinion.objects.get(task=task)


def test_silence_past_three_working_days_is_agreement(
    city: Unit, bureau: Unit, director: User
) -> None:
    task, opinion = consulted(city, bureau, director)
    with pytest.raises(services.NotReady, match="等答复"):
        services.issue_task(task, paper="1号", by=director)
    services.lapse_opinions(by=director, at=opinion.due_at)
    assert Opinion.objects.get().status == "waiting"
    late = opinion.due_at + timedelta(seconds=1)
    assert services.lapse_opinions(by=director, at=late) == 1
    assert services.lapse_opinions(by=director, at=late) == 0
    assert services.issue_task(task, paper="1号", by=director).baseline_due_on == task.due_on


def test_an_upheld_objection_moves_the_lead_who_is_asked_in_turn(
    city: Unit, bureau: Unit, director: User, head: User
) -> None:
    task, opinion = consulted(city, bureau, director)
    other = make_unit("住建局", parent=city)
    services.object_to(opinion, basis="三定方案", proposed_owner=other, by=head)
    with pytest.raises(services.NotReady):
        services.uphold(opinion, reason="成立", new_owner=None, by=director)
    services.uphold(opinion, reason="成立", new_owner=other, by=director)
    assert Task.objects.get(pk=task.pk).unit == other
    assert [row.unit for row in Opinion.objects.filter(status="waiting")] == [other]


def test_who_drafted_a_task_cannot_issue_it(city: Unit, bureau: Unit, director: User) -> None:
    task, opinion = consulted(city, bureau, director)
    Task.objects.filter(pk=task.pk).update(drafted_by=director)
    Opinion.objects.filter(pk=opinion.pk).update(status="agreed")
    with pytest.raises(services.NotReady, match="起草人"):
        services.issue_task(task, paper="1号", by=director)


def test_an_issued_task_starts_only_with_a_signed_plan(bureau: Unit, head: User) -> None:
    task = make_task(unit=bureau, status="issued")
    with pytest.raises(services.PlanMissing):
        services.start_task(task, by=head)
    make_plan(unit=bureau, campaign=task.campaign, status="submitted")
    assert services.start_task(task, by=head).status == "running"


def test_a_change_of_an_issued_task_is_numbered_and_keeps_the_old_version(
    city: Unit, bureau: Unit, director: User
) -> None:
    task = make_task(campaign=make_campaign(city=city), unit=bureau)
    services.change_task(task, due_on=date(2017, 1, 31), reason="汛期", by=director)
    services.change_task(task, due_on=date(2017, 1, 31), reason="没有变", by=director)
    note = ChangeNote.objects.get()
    assert note.serial == 1
    assert note.changes == [["完成时限", "2016-12-31", "2017-01-31"]]
    assert ["完成时限", "2016-12-31"] in note.old


def part(unit: Unit, quantity: int, **fields: object) -> services.Part:
    """A part of a task of `make_task`."""
    values = {"title": f"第{quantity}片", "person": "李", "due_on": date(2016, 6, 30)} | fields
    return services.Part(
        unit=unit,
        quantity=Decimal(quantity),
        starts_on=date(2016, 1, 1),
        **values,  # type: ignore[arg-type]  # words and a date
    )


def test_parts_add_up_and_report_into_their_parent(
    city: Unit, bureau: Unit, director: User, head: User
) -> None:
    task = make_task(campaign=make_campaign(city=city), unit=bureau)
    with pytest.raises(services.PartsDoNotFit, match="两者要相等"):
        services.split_task(task, [part(bureau, 40), part(bureau, 50)], reason="x", by=head)
    late = part(bureau, 100, due_on=date(2017, 1, 1))
    with pytest.raises(services.PartsDoNotFit, match="起止日期"):
        services.split_task(task, [late], reason="x", by=head)
    rows = services.split_task(task, [part(bureau, 40), part(bureau, 60)], reason="x", by=head)
    for row, done in zip(rows, (10, 25), strict=True):
        services.report_progress(row, on=date(2016, 2, 1), done=Decimal(done), by=head)
    assert Task.objects.get(pk=task.pk).done == 35
    shares = queries.curve_shares(task.campaign, on=date(2016, 2, 1))
    assert shares[bureau.pk].tasks == 1
    with pytest.raises(services.ProgressRefused, match="子任务"):
        services.report_progress(task, on=date(2016, 2, 2), done=Decimal(1), by=head)
    with pytest.raises(services.PartsDoNotFit):
        services.change_task(rows[0], quantity=Decimal(1), reason="x", by=director)


def test_a_month_before_the_breakdown_is_still_read_from_the_own_reports(
    city: Unit, bureau: Unit, head: User
) -> None:
    task = make_task(campaign=make_campaign(city=city), unit=bureau)
    services.report_progress(task, on=date(2016, 1, 31), done=Decimal(10), by=head)
    halves = [part(bureau, 40, done=Decimal(4)), part(bureau, 60, done=Decimal(6))]
    services.split_task(Task.objects.get(pk=task.pk), halves, reason="x", by=head)
    shares = queries.curve_shares(task.campaign, on=date(2016, 2, 20))
    assert shares[bureau.pk].behind == 0


def test_a_block_is_lifted_only_by_a_ruling(
    city: Unit, bureau: Unit, director: User, head: User
) -> None:
    task = make_task(campaign=make_campaign(city=city), unit=bureau)
    services.block_task(task, cause="land", reason="未移交", by=head)
    report = queries.cause_report(queries.blocked_matters(director), at=clock.now())
    assert report.total.total.count == 1
    with pytest.raises(services.ProgressRefused):
        services.unblock_task(task, ruling="先行施工", paper="", by=director)
    services.unblock_task(task, ruling="先行施工", paper="第3次调度会", by=director)
    assert not queries.blocked_matters(director).exists()


def test_a_node_missed_for_seven_days_is_red() -> None:
    def colour(on: date) -> str:
        return lag(
            done=Decimal(28),
            quantity=Decimal(100),
            starts_on=date(2016, 1, 1),
            due_on=date(2016, 12, 31),
            on=on,
            nodes=[(date(2016, 3, 1), Decimal("0.3"))],
        ).colour

    assert (colour(date(2016, 3, 7)), colour(date(2016, 3, 8))) == ("none", "red")


@given(
    st.decimals(0, 9999, places=2),
    st.lists(st.decimals("0.01", 999, places=2), min_size=1, max_size=9),
)
def test_shares_add_up_to_the_whole(total: Decimal, parts: list[Decimal]) -> None:
    shares = share_out(total, parts)
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)


# Lead, joint and support
def _joint(city: Unit, bureau: Unit, director: User) -> Assignment:
    campaign = make_campaign(city=city)
    clause = make_clause(make_article(make_chapter(cast(Framework, campaign.framework))))
    other, third = make_unit(city), make_unit(city)
    row = services.assign(
        campaign,
        clause,
        lead=bureau,
        helpers=[other],
        joint=[third],
        sponsor=None,
        reason="市长办公会",
        by=director,
        parts={other.pk: "提供名册", third.pk: "拆除违建"},
    )
    Assignment.objects.filter(pk=row.pk).update(
        status=Assignment.Status.ISSUED, issued_on=date(2016, 1, 4)
    )
    return Assignment.objects.get(pk=row.pk)


def _parts(row: Assignment) -> dict[str, str]:
    return dict(row.helper_rows.order_by("-kind").values_list("kind", "part"))


def test_saving_an_assignment_keeps_the_words_of_every_part(
    city: Unit, bureau: Unit, director: User
) -> None:
    row = _joint(city, bureau, director)
    beside = {one.kind: one.unit for one in row.helper_rows.all()}
    services.assign(
        row.campaign,
        row.clause,
        lead=bureau,
        helpers=[beside["support"]],
        joint=[beside["joint"]],
        sponsor=None,
        reason="补充依据",
        by=director,
    )
    assert _parts(row) == {"support": "提供名册", "joint": "拆除违建"}


def test_a_part_is_typed_on_the_page_and_its_change_is_noted(
    city: Unit, bureau: Unit, director: User, client: Client
) -> None:
    row = _joint(city, bureau, director)
    beside = {one.kind: one.unit_id for one in row.helper_rows.all()}
    client.force_login(director)
    url = reverse("campaigns:assignment_edit", args=[row.campaign.code, row.clause.code])
    page = client.get(url).content.decode()
    assert "拆除违建" in page
    sent = {
        "lead": bureau.pk,
        "helpers": [beside["support"]],
        "joint": [beside["joint"]],
        "reason": "会议议定",
        "version": row.version,
        f"part_{beside['support']}": "提供名册",
        f"part_{beside['joint']}": "拆除违建，恢复绿化",
    }
    assert client.post(url, sent).status_code == 302
    assert _parts(row)["joint"] == "拆除违建，恢复绿化"
    changed = {name: new for name, _old, new in ChangeNote.objects.get().changes}
    assert "恢复绿化" in changed["承担内容"]


def test_a_task_counts_for_who_shares_and_who_helps_apart(
    city: Unit, bureau: Unit, director: User
) -> None:
    row = _joint(city, bureau, director)
    make_task(campaign=row.campaign, unit=bureau, clause=row.clause)
    beside = {one.kind: one.unit_id for one in row.helper_rows.all()}
    shares = queries.shares_beside(row.campaign, on=date(2016, 2, 1))
    assert {key: one.tasks for key, one in shares.items()} == {
        (beside["joint"], "joint"): 1,
        (beside["support"], "support"): 1,
    }
    assert queries.shares_beside(row.campaign, on=date(2016, 1, 3)) == {}  # not issued yet
