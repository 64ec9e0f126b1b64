from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import services, title_queries
from tongchuang.campaigns.models import Campaign, Gate, Title, TitleEntry
from tongchuang.campaigns.tests.make import make_campaign, make_gate, make_title
from tongchuang.campaigns.title_kinds import BadTitleKinds, parse, title_data
from tongchuang.campaigns.title_rules import (
    MOVES,
    POSSESSED,
    Entry,
    Impossible,
    Kind,
    Standing,
    State,
    months_on,
    replay,
    standing,
)
from tongchuang.campaigns.title_sheets import HistoryLine, history_lines, title_sheet

TODAY = date(2016, 3, 8)


# Rules
@given(st.lists(st.sampled_from(list(Kind)), max_size=8))
def test_a_history_holds_together_or_names_the_first_entry_that_cannot_be(
    kinds: list[Kind],
) -> None:
    entries = [Entry(kind, date(2000 + n, 1, 1), date(2030, 1, 1)) for n, kind in enumerate(kinds)]
    place, state = _first_that_cannot_be(kinds)
    if place is None:
        found, until = replay(entries)
        assert (found, until is None) == (state, state not in POSSESSED)
    else:
        with pytest.raises(Impossible) as fault:
            replay(entries)
        assert (fault.value.place, fault.value.state) == (place, state)


def _first_that_cannot_be(kinds: list[Kind]) -> tuple[int | None, State]:
    state = State.AIMED
    for place, kind in enumerate(kinds):
        if kind not in MOVES[state]:
            return place, state
        state = MOVES[state][kind]
    return None, state


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 120))
def test_months_are_counted_by_the_calendar(day: date, months: int) -> None:
    later = months_on(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("until", "kept", "expected"),
    [
        (None, True, Standing.UNKNOWN),
        (date(2016, 3, 7), True, Standing.OVERDUE),
        (date(2016, 3, 8), True, Standing.KEPT),
        (date(2017, 3, 8), False, Standing.LAPSING),
        (date(2017, 3, 9), False, Standing.QUIET),
    ],
)
def test_a_title_is_lapsing_within_the_months_unless_a_campaign_keeps_it(
    until: date | None,
    kept: bool,  # noqa: FBT001 -- a column of the table above
    expected: Standing,
) -> None:
    assert standing(State.HELD, until, kept=kept, on=TODAY, warn_months=12) == expected


def test_a_title_that_is_not_possessed_asks_for_nothing() -> None:
    assert standing(State.LOST, None, kept=False, on=TODAY, warn_months=12) == Standing.QUIET


def test_the_shipped_kinds_name_their_document_or_leave_the_years_open() -> None:
    for kind in title_data().kinds.values():
        assert kind.review.years is None or kind.review.document, kind.code


@pytest.mark.parametrize(
    "broken",
    [{"level": "galactic"}, {"review_years": 0}],
)
def test_a_broken_file_of_kinds_is_named(broken: dict[str, Any]) -> None:
    row = {
        "code": "x",
        "title": "x",
        "title_en": "x",
        "level": "national",
        "issuer": "x",
        "review_years": 3,
        "document": "x",
        "clause": "",
        "confidence": "high",
    }
    raw = {
        "schema": "tongchuang/titles/1",
        "warn_months": 12,
        "keep_rhythm_months": 3,
        "kinds": [row | broken],
    }
    with pytest.raises(BadTitleKinds, match="x: level or review_years"):
        parse(raw, "kinds.yaml")


# Services
@pytest.fixture
def city() -> Unit:
    return make_unit("示例市", kind=Unit.Kind.CITY)


@pytest.fixture
def director(city: Unit) -> User:
    return make_user(role="hq_director", unit=city)


@pytest.fixture
def title(city: Unit) -> Title:
    return make_title(city, name="国家卫生城市", kind="national-sanitary")


def fresh(title: Title) -> Title:
    return Title.objects.get(pk=title.pk)


@pytest.mark.django_db
class TestRegister:
    def test_a_naming_makes_it_held_until_the_day_of_its_rule(
        self, title: Title, director: User
    ) -> None:
        services.enter_decision(title, "named", date(2015, 2, 28), paper="x", by=director)
        assert (fresh(title).state, fresh(title).review_on) == ("held", date(2018, 2, 28))

    def test_a_title_of_unknown_rule_stays_open(self, city: Unit, director: User) -> None:
        own = services.create_title(city, "书香城市", by=director)
        services.enter_decision(own, "named", date(2015, 2, 28), paper="x", by=director)
        line = title_queries.title_lines(director, on=TODAY)[0]
        assert (fresh(own).review_on, line.standing) == (None, Standing.UNKNOWN)

    def test_what_cannot_follow_is_refused_and_nothing_is_kept(
        self, title: Title, director: User
    ) -> None:
        with pytest.raises(services.TitleRefused, match=r"复审通过.*不能成立.*争创"):
            services.enter_decision(title, "confirmed", date(2015, 1, 1), by=director)
        assert not title.entries.exists()

    def test_a_day_ahead_is_refused(self, title: Title, director: User) -> None:
        with pytest.raises(services.TitleRefused, match="还没有到"):
            services.enter_decision(title, "named", date(2016, 3, 9), by=director)

    def test_a_withdrawal_needs_its_reason(self, title: Title, director: User) -> None:
        services.enter_decision(title, "named", date(2014, 1, 1), by=director)
        with pytest.raises(services.TitleRefused, match="原因"):
            services.enter_decision(title, "withdrawn", date(2015, 1, 1), by=director)

    def test_the_same_decision_twice_is_one(self, title: Title, director: User) -> None:
        for _time in range(2):
            services.enter_decision(title, "named", date(2014, 1, 1), paper="x", by=director)
        assert title.entries.count() == 1

    def test_a_correction_must_leave_a_history_that_holds(
        self, title: Title, director: User
    ) -> None:
        named = services.enter_decision(title, "named", date(2014, 1, 1), by=director)
        services.enter_decision(title, "confirmed", date(2015, 1, 1), by=director)
        with pytest.raises(services.TitleRefused, match="不能成立"):
            services.correct_decision(
                named, correction="写错", kind="refused", on=named.on, by=director
            )
        services.correct_decision(
            named, correction="日期写错", kind="named", on=date(2014, 2, 1), by=director
        )
        assert TitleEntry.objects.get(pk=named.pk).on == date(2014, 2, 1)

    def test_a_town_may_not_enter_the_title_of_the_city(self, title: Title, city: Unit) -> None:
        town = make_unit("甲镇", kind=Unit.Kind.TOWN, parent=city)
        with pytest.raises(PermissionDenied):
            services.enter_decision(
                title, "named", date(2014, 1, 1), by=make_user(role="unit_head", unit=town)
            )

    def test_a_town_sees_its_own_titles_and_those_of_the_city(
        self, title: Title, city: Unit
    ) -> None:
        towns = [make_unit(name, kind=Unit.Kind.TOWN, parent=city) for name in ("甲镇", "乙镇")]
        own, _other = (make_title(town) for town in towns)
        seen = Title.objects.visible_to(make_user(role="unit_head", unit=towns[0]))
        assert set(seen) == {title, own}

    def test_a_kept_title_is_not_warned_of(self, title: Title, city: Unit, director: User) -> None:
        services.enter_decision(
            title, "named", date(2013, 6, 1), until=date(2016, 6, 1), by=director
        )
        assert title_queries.title_lines(director, on=TODAY)[0].warned
        make_campaign(city=city, aims_at=title, status=Campaign.Status.KEEPING)
        assert not title_queries.title_lines(director, on=TODAY)[0].warned


# Gates and keeping
@pytest.fixture
def campaign(city: Unit, title: Title) -> Campaign:
    return make_campaign(city=city, aims_at=title, status=Campaign.Status.RUNNING)


def decide(gate: Gate, director: User, *, passed: bool = True, **fields: Any) -> Gate:
    values = {"on": date(2016, 3, 1), "paper": "全爱卫〔2016〕2号", **fields}
    return services.decide_gate(gate, passed=passed, by=director, **values)


@pytest.mark.django_db
class TestKeeping:
    def named(self, campaign: Campaign, director: User) -> Campaign:
        decide(make_gate(campaign, kind=Gate.Kind.NAMING), director)
        return services.keep_campaign(
            campaign, on=TODAY, review_on=date(2019, 3, 1), rhythm_months=3, by=director
        )

    def test_passing_the_naming_makes_the_title_held(
        self, campaign: Campaign, title: Title, director: User
    ) -> None:
        decide(make_gate(campaign, kind=Gate.Kind.NAMING), director)
        entry = title.entries.get()
        assert (fresh(title).state, entry.paper, entry.until) == (
            "held",
            "全爱卫〔2016〕2号",
            date(2019, 3, 1),
        )

    def test_a_naming_without_a_chosen_title_enters_one(self, city: Unit, director: User) -> None:
        campaign = make_campaign(city=city, title="书香城市", status=Campaign.Status.RUNNING)
        decide(make_gate(campaign, kind=Gate.Kind.NAMING), director)
        assert Title.objects.get(name="书香城市").state == "held"

    def test_a_naming_is_decided_once(self, campaign: Campaign, director: User) -> None:
        gate = decide(make_gate(campaign, kind=Gate.Kind.NAMING), director)
        with pytest.raises(services.Unavailable, match="已有结论"):
            decide(gate, director, passed=False)

    def test_nothing_is_kept_before_it_is_named(self, campaign: Campaign, director: User) -> None:
        with pytest.raises(services.TitleRefused, match="还没有命名"):
            services.keep_campaign(campaign, on=TODAY, review_on=None, rhythm_months=3, by=director)

    def test_keeping_opens_the_re_evaluation_and_slows_the_rhythm(
        self, campaign: Campaign, director: User
    ) -> None:
        kept = self.named(campaign, director)
        review = kept.gates.get(kind=Gate.Kind.REVIEW)
        assert (kept.status, kept.rhythm_months, review.external_due_on) == (
            "keeping",
            3,
            date(2019, 3, 1),
        )

    def test_a_failed_re_evaluation_needs_its_reason(
        self, campaign: Campaign, director: User
    ) -> None:
        review = self.named(campaign, director).gates.get(kind=Gate.Kind.REVIEW)
        with pytest.raises(services.Unavailable, match="未过须写明原因"):
            decide(review, director, passed=False, on=TODAY)

    def test_a_first_failure_suspends_and_a_second_withdraws(
        self, campaign: Campaign, title: Title, director: User
    ) -> None:
        review = self.named(campaign, director).gates.get(kind=Gate.Kind.REVIEW)
        decide(review, director, passed=False, reason="农贸市场脏乱", on=date(2016, 3, 2))
        assert (fresh(title).state, title.entries.last().reason) == (  # type: ignore[union-attr]  # it stands
            "suspended",
            "农贸市场脏乱",
        )
        again = campaign.gates.get(kind=Gate.Kind.REVIEW, decided_on=None)
        decide(again, director, passed=False, reason="仍未整改", withdrawn=True, on=TODAY)
        assert (fresh(title).state, Campaign.objects.get(pk=campaign.pk).status) == (
            "lost",
            "ended",
        )

    def test_a_passed_re_evaluation_opens_the_next(
        self, campaign: Campaign, title: Title, director: User
    ) -> None:
        review = self.named(campaign, director).gates.get(kind=Gate.Kind.REVIEW)
        decide(review, director, on=TODAY)
        following = campaign.gates.get(kind=Gate.Kind.REVIEW, decided_on=None)
        assert fresh(title).review_on == following.external_due_on == date(2019, 3, 8)

    def test_a_failed_provincial_re_evaluation_closes_the_national_application(
        self, campaign: Campaign, city: Unit, director: User
    ) -> None:
        provincial = make_title(city, kind="provincial-sanitary")
        services.enter_decision(provincial, "named", date(2013, 3, 1), by=director)
        review = make_gate(
            make_campaign(city=city, aims_at=provincial, status=Campaign.Status.KEEPING),
            kind=Gate.Kind.REVIEW,
            title="省级复审",
        )
        apply = make_gate(campaign, title="申报")
        services.add_prerequisite(apply, review, by=director)
        decide(review, director, passed=False, reason="未过")
        with pytest.raises(services.Unavailable, match=r"省级复审.*未过，失去申报资格"):
            decide(apply, director)
        assert fresh(provincial).state == "suspended"


# Pages and Excel
@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client: Client, director: User) -> None:
        client.force_login(director)

    def test_a_failed_re_evaluation_is_typed_in_with_its_reason(
        self, client: Client, campaign: Campaign, title: Title, director: User
    ) -> None:
        services.enter_decision(title, "named", date(2013, 3, 1), by=director)
        gate = make_gate(campaign, kind=Gate.Kind.REVIEW)
        address = f"/campaigns/gates/{gate.pk}/decide/"
        form = {"passed": "no", "on": "2016-03-08", "paper": "x", "version": "0"}
        assert "未过须写明原因" in client.post(address, form).content.decode()
        assert client.post(address, form | {"reason": "脏", "withdrawn": "no"}).status_code == 302
        assert fresh(title).state == "suspended"

    def test_a_circle_of_prerequisites_is_refused_in_words(
        self, client: Client, campaign: Campaign, director: User
    ) -> None:
        one, other = make_gate(campaign, title="申报"), make_gate(campaign, title="复审")
        services.add_prerequisite(one, other, by=director)
        answer = client.post(
            f"/campaigns/gates/{other.pk}/prerequisite/", {"prerequisite": str(one.pk)}
        )
        assert answer.status_code == 422
        assert "互为前置，不能成立" in answer.content.decode()
        assert not other.prerequisites.exists()

    def test_a_decision_that_cannot_be_is_answered_on_the_page(
        self, client: Client, title: Title
    ) -> None:
        form = {"kind": "confirmed", "on": "2015-01-01"}
        answer = client.post(f"/campaigns/titles/{title.pk}/decide/", form)
        assert (answer.status_code, "不能成立" in answer.content.decode()) == (422, True)

    def test_a_correction_keeps_its_reason(
        self, client: Client, title: Title, director: User
    ) -> None:
        entry = services.enter_decision(title, "named", date(2015, 1, 1), by=director)
        form = {"kind": "named", "on": "2015-01-02", "correction": "看错", "version": "1"}
        address = f"/campaigns/titles/entries/{entry.pk}/"
        assert client.post(address, form | {"version": "0"}).status_code == 409
        assert client.post(address, form).status_code == 302
        assert TitleEntry.objects.get(pk=entry.pk).on == date(2015, 1, 2)

    def test_the_register_goes_out_and_comes_back_unchanged(
        self, title: Title, director: User
    ) -> None:
        services.enter_decision(title, "named", date(2015, 1, 1), paper="x", by=director)
        make_title(title.holder, name="书香城市")
        lines = title_queries.title_lines(director, on=TODAY)
        data = title_sheet().export(history_lines(lines))
        assert load_workbook(BytesIO(data)).active.max_row == 3  # type: ignore[union-attr]  # it has one
        preview = title_sheet().preview(_file(data))
        assert (preview.errors, preview.same, preview.new) == ([], 2, 0)

    def test_an_import_names_the_line_whose_decision_cannot_be(
        self, title: Title, director: User
    ) -> None:
        other = make_title(title.holder, name="书香城市")
        entry = TitleEntry(title=other, kind="withdrawn", on=date(2015, 1, 1), reason="x")
        data = title_sheet().export(
            [*history_lines(title_queries.title_lines(director, on=TODAY)[:1]), _line(entry)]
        )
        (error,) = title_sheet().preview(_file(data)).errors
        assert (error.line, error.heading) == (3, "结论")
        assert "不能成立" in error.message

    def test_an_import_writes_the_whole_history(self, title: Title, director: User) -> None:
        town = make_unit("甲镇", kind=Unit.Kind.TOWN, parent=title.holder)
        new = Title(holder=town, name="省级卫生乡镇", kind="provincial-sanitary-town")
        rows = [
            TitleEntry(title=new, kind="named", on=date(2012, 1, 1), paper="省爱卫〔2012〕1号"),
            TitleEntry(title=new, kind="confirmed", on=date(2015, 1, 1), paper="省爱卫〔2015〕1号"),
        ]
        data = title_sheet().export([_line(row) for row in rows])
        outcome = title_sheet().preview(_file(data)).commit(by=director)
        kept = Title.objects.get(name="省级卫生乡镇")
        assert (outcome.new, kept.state, kept.review_on) == (2, "held", date(2018, 1, 1))


def _line(entry: TitleEntry) -> HistoryLine:
    return HistoryLine(entry.title, entry)


def _file(data: bytes) -> Any:
    found = BytesIO(data)
    found.name = "台账.xlsx"
    return found
