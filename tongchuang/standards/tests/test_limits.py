"""What a city sets for its problems: from a day on, with a reason, the old kept."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.core.worktime import Limit, LimitUnit
from tongchuang.core.worktime_words import limit_of_words, limit_words
from tongchuang.standards import queries, services
from tongchuang.standards.limit_sheets import limit_sheet
from tongchuang.standards.models import GradeLimit, LimitChange, ProblemClass
from tongchuang.standards.services import ClassTerms, Ground, LimitsRefused, StaleLimits
from tongchuang.standards.tests.make import make_grade_limit, make_problem_class

pytestmark = pytest.mark.django_db
TODAY, APRIL, MAY = date(2016, 3, 8), date(2016, 4, 1), date(2016, 5, 1)


@pytest.fixture
def director() -> User:
    return make_user(role="hq_director", unit=make_unit())


@pytest.fixture
def rubbish() -> ProblemClass:
    make_grade_limit("B")
    make_grade_limit("C", fix="7 calendar_day")
    return make_problem_class("rubbish", title="暴露垃圾", limits={"fix": "1 calendar_day"})


def _set(
    rubbish: ProblemClass,
    by: User,
    *,
    from_on: date = APRIL,
    limits: dict[str, str] | None = None,
    **fields: Any,
) -> LimitChange:
    reason = fields.pop("reason", "夏季蚊蝇多")
    values = {"grade": "B", "closing_condition": "清理干净", **fields}
    terms = ClassTerms(limits={"fix": "6 work_hour"} if limits is None else limits, **values)
    ground = Ground(from_on, reason, "示创卫指〔2016〕3号")
    return services.set_class_limits(rubbish, terms, ground, by=by, at=clock.now())


def _fix(rubbish: ProblemClass, on: date) -> str:
    limit = queries.limits_of(rubbish, on=on).fix
    return limit_words(limit) if limit else ""


def test_what_is_set_holds_from_its_day_and_not_before(
    rubbish: ProblemClass, director: User
) -> None:
    _set(rubbish, director)
    days = [TODAY, APRIL - timedelta(days=1), APRIL, MAY]
    assert [_fix(rubbish, day) for day in days] == ["1 天", "1 天", "6 工时", "6 工时"]


def test_what_is_set_for_a_later_day_takes_over_then(rubbish: ProblemClass, director: User) -> None:
    _set(rubbish, director, from_on=MAY, limits={"fix": "2 work_hour"})
    _set(rubbish, director, from_on=APRIL)
    assert [_fix(rubbish, day) for day in (TODAY, APRIL, MAY)] == ["1 天", "6 工时", "2 工时"]


def test_of_two_for_the_same_day_the_last_one_holds(rubbish: ProblemClass, director: User) -> None:
    _set(rubbish, director)
    _set(rubbish, director, limits={"fix": "3 work_hour"})
    assert _fix(rubbish, APRIL) == "3 工时"


def test_the_old_is_kept_with_person_reason_and_paper(
    rubbish: ProblemClass, director: User
) -> None:
    change = _set(rubbish, director, grade="C", closing_condition="清净并冲洗")
    assert change.old["limits"] == {"fix": "1 calendar_day"}
    assert (change.old["grade"], change.new["grade"]) == ("B", "C")
    assert (change.by, change.paper) == (director, "示创卫指〔2016〕3号")
    event = audit.history(rubbish).get()
    assert (event.action, event.reason) == ("set_limits", "夏季蚊蝇多")
    assert event.after["from_on"] == "2016-04-01"
    rubbish.refresh_from_db()
    assert (rubbish.grade, rubbish.limits) == ("B", {"fix": "1 calendar_day"}), "as shipped"


def test_an_own_limit_can_be_taken_back_to_the_grade_and_none_is_none(
    rubbish: ProblemClass, director: User
) -> None:
    _set(rubbish, director, limits={"sign_for": ""})
    limits = queries.limits_of(rubbish, on=APRIL)
    assert limits.fix == Limit(3, LimitUnit.CALENDAR_DAY), "the grade's"
    assert limits.sign_for is None


def test_the_limits_of_a_grade_change_every_class_without_its_own(
    rubbish: ProblemClass, director: User
) -> None:
    other = make_problem_class("other")
    row = GradeLimit.objects.get(grade="B")
    limits = {"sign_for": "2 work_hour", "fix": "2 calendar_day", "verify": "1 work_day"}
    services.set_grade_limits(row, limits, Ground(APRIL, "提速"), by=director, at=clock.now())
    assert [_fix(other, TODAY), _fix(other, APRIL), _fix(rubbish, APRIL)] == [
        "3 天",
        "2 天",
        "1 天",
    ]
    assert queries.limits_of(other, on=APRIL).return_window is None
    assert audit.history(row).get().after["fix"] == "2 calendar_day"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"from_on": TODAY}, "最早是明天"),
        ({"from_on": date(2016, 3, 1)}, "最早是明天"),
        ({"reason": " "}, "理由"),
        ({"closing_condition": ""}, "销号条件"),
        ({"grade": "X"}, "等级"),
        ({"limits": {"fix": ""}}, "整改时限"),
        ({"limits": {"fix": "soon"}}, "数字加单位"),
        ({"limits": {"fix": "3 moons"}}, "数字加单位"),
        ({"limits": {"fix": "1 calendar_day"}}, "没有改动"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    rubbish: ProblemClass, director: User, fields: dict[str, Any], told: str
) -> None:
    with pytest.raises(LimitsRefused, match=told):
        _set(rubbish, director, **fields)
    assert not LimitChange.objects.exists()


def test_only_who_may_set_limits_does(rubbish: ProblemClass) -> None:
    clerk = make_user(role="hq_dispatcher", unit=make_unit())
    with pytest.raises(PermissionDenied):
        _set(rubbish, clerk)


def test_a_newer_change_is_not_overwritten_unseen(rubbish: ProblemClass, director: User) -> None:
    seen = services.version_of(rubbish)
    _set(rubbish, director)
    terms, ground = ClassTerms("B", {}, "清理干净"), Ground(APRIL, "放宽")
    with pytest.raises(StaleLimits):
        services.set_class_limits(rubbish, terms, ground, by=director, at=clock.now(), version=seen)


def test_loading_the_files_again_leaves_what_was_set(rubbish: ProblemClass, director: User) -> None:
    _set(rubbish, director)
    ProblemClass.objects.filter(pk=rubbish.pk).update(limits={"fix": "9 calendar_day"})
    rubbish.refresh_from_db()
    assert [_fix(rubbish, TODAY), _fix(rubbish, APRIL)] == ["9 天", "6 工时"]


# Pages
@pytest.fixture
def client(director: User) -> Client:
    client = Client()
    client.force_login(director)
    return client


def _typed(**fields: str) -> dict[str, str]:
    values = {
        "grade": "B",
        "sign_for_1": "",
        "return_window_1": "none",
        "make_safe_1": "",
        "fix_0": "6",
        "fix_1": "work_hour",
        "verify_1": "",
        "closing_condition": "清净并冲洗",
        "from_on": "2016-04-01",
        "reason": "夏季蚊蝇多",
        "version": "0",
    }
    return {**values, **fields}


PAGE = "/standards/problem-classes/rubbish/"


def test_a_class_is_set_by_the_form_and_shows_its_history(
    client: Client, rubbish: ProblemClass
) -> None:
    assert client.post(f"{PAGE}limits/", _typed()).status_code == 302
    change = LimitChange.objects.get()
    assert change.new["limits"] == {"return_window": "", "fix": "6 work_hour"}
    page = client.get(PAGE).content.decode()
    assert "将施行" in page
    assert "<del>1 天</del> → <b>6 工时</b>" in page
    assert "<del>按等级</del> → <b>没有</b>" in page
    with clock.use(clock.now() + timedelta(days=30)):
        page = client.get(PAGE).content.decode()
        listed = client.get("/standards/problem-classes/").content.decode()
    assert "现行" in page
    assert "清净并冲洗" in page
    assert "6 工时" in listed
    assert "夏季蚊蝇多" in listed, "the source is named instead of the product's default"


def test_the_form_shows_what_holds(client: Client, rubbish: ProblemClass) -> None:
    page = client.get(f"{PAGE}limits/").content.decode()
    assert 'name="fix_0" value="1"' in page
    assert '<option value="calendar_day" selected>' in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"fix_0": ""}, "请填数量"),
        ({"fix_1": ""}, "按等级或没有时限的，不填数量"),
        ({"fix_0": "0"}, "0.1"),
        ({"from_on": "2016-03-08"}, "最早是明天"),
        ({"reason": ""}, "这个字段是必填项"),
    ],
)
def test_a_form_that_cannot_be_kept_says_why_and_keeps_the_text(
    client: Client, rubbish: ProblemClass, typed: dict[str, str], told: str
) -> None:
    answer = client.post(f"{PAGE}limits/", _typed(**typed))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "清净并冲洗" in answer.content.decode()
    assert not LimitChange.objects.exists()


def test_a_stale_form_changes_nothing(
    client: Client, rubbish: ProblemClass, director: User
) -> None:
    _set(rubbish, director)
    answer = client.post(f"{PAGE}limits/", _typed())
    assert answer.status_code == 409
    assert "清净并冲洗" in answer.content.decode()
    assert LimitChange.objects.count() == 1


def test_a_grade_is_set_by_its_form(client: Client, rubbish: ProblemClass) -> None:
    typed = {"fix_0": "2", "fix_1": "calendar_day", "from_on": "2016-04-01", "reason": "提速"}
    parts = {f"{part}_1": "none" for part in ("sign_for", "return_window", "make_safe", "verify")}
    answer = client.post("/standards/grades/B/limits/", {**parts, **typed, "version": "0"})
    assert answer.status_code == 302
    assert LimitChange.objects.get().new["fix"] == "2 calendar_day"
    assert client.get("/standards/grades/X/limits/").status_code == 404


# Excel
def _exported() -> bytes:
    table = queries.limit_table(on=TODAY)
    return limit_sheet(table, at=clock.now()).export(queries.problem_class_list(table))


def _with(data: bytes, line: int, **cells: str) -> BytesIO:
    """The exported file with some cells of a line overwritten, by heading."""
    book = load_workbook(BytesIO(data))
    page = book.worksheets[0]
    headings = {str(cell.value): at for at, cell in enumerate(page[1], start=1)}
    for heading, text in cells.items():
        page.cell(line, headings[heading], text)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def _preview(file: BytesIO) -> Any:
    table = queries.limit_table(on=TODAY)
    return limit_sheet(table, at=clock.now()).preview(file, name="时限.xlsx")


def test_what_goes_out_comes_in_without_change(rubbish: ProblemClass) -> None:
    make_problem_class("on_the_spot", grade="A", limits={"fix": "2 work_hour"})
    preview = _preview(BytesIO(_exported()))
    assert (preview.errors, preview.same, preview.changed) == ([], 2, 0)


def test_a_changed_row_is_set_from_its_day(rubbish: ProblemClass, director: User) -> None:
    file = _with(_exported(), 2, 整改="6 工时", 签收="无", 施行日期="2016-04-01", 理由="夏季")
    preview = _preview(file)
    assert (preview.errors, preview.changed) == ([], 1)
    assert not LimitChange.objects.exists(), "a preview writes nothing"
    preview.commit(by=director)
    change = LimitChange.objects.get()
    assert change.new["limits"] == {"sign_for": "", "fix": "6 work_hour"}
    assert (change.from_on, change.reason, change.by) == (APRIL, "夏季", director)


def test_a_limit_as_the_grade_says_is_none_of_its_own(
    rubbish: ProblemClass, director: User
) -> None:
    file = _with(_exported(), 2, 整改="3 天", 施行日期="2016-04-01", 理由="放宽")
    _preview(file).commit(by=director)
    assert LimitChange.objects.get().new["limits"] == {}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"整改": "6 工时"}, "要填施行日期和理由"),
        ({"整改": "尽快"}, "不是时限"),
        ({"整改": "无", "施行日期": "2016-04-01", "理由": "x"}, "整改时限"),
        ({"整改": "6 工时", "施行日期": "2016-03-08", "理由": "x"}, "最早是明天"),
        ({"代码": "nothing"}, "没有这个问题类别"),
        ({"等级": "随便"}, "没有这个等级"),
    ],
)
def test_a_row_that_cannot_be_set_is_told_in_the_preview(
    rubbish: ProblemClass, cells: dict[str, str], told: str
) -> None:
    (error,) = _preview(_with(_exported(), 2, **cells)).errors
    assert error.line == 2
    assert told in error.message


def test_the_table_goes_through_the_pages(client: Client, rubbish: ProblemClass) -> None:
    data = b"".join(client.get("/standards/problem-classes/export/"))
    file = _with(data, 2, 整改="6 工时", 施行日期="2016-04-01", 理由="夏季")
    upload = SimpleUploadedFile("时限.xlsx", file.read())
    page = client.post("/standards/problem-classes/import/", {"file": upload})
    assert "更新 1" in page.content.decode()
    confirmed = client.post(
        "/standards/problem-classes/import/", {"upload": page.context["upload"]}
    )
    assert confirmed.status_code == 302
    assert LimitChange.objects.get().new["limits"] == {"fix": "6 work_hour"}


# Words
@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("4 工时", Limit(4, LimitUnit.WORK_HOUR)),
        ("４工时", Limit(4, LimitUnit.WORK_HOUR)),
        ("2 个工作日", Limit(2, LimitUnit.WORK_DAY)),
        ("2工作日", Limit(2, LimitUnit.WORK_DAY)),
        ("3天", Limit(3, LimitUnit.CALENDAR_DAY)),
        ("24 紧急工时", Limit(24, LimitUnit.URGENT_HOUR)),
        ("1 working day", Limit(1, LimitUnit.WORK_DAY)),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, limit: Limit) -> None:
    assert limit_of_words(text) == limit


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("unit", [unit for unit in LimitUnit if unit != LimitUnit.FIXED_DATE])
@pytest.mark.parametrize("amount", ["1", "1.5", "24"])
def test_limits_that_are_written_are_read_again(amount: str, unit: str, language: str) -> None:
    limit = Limit(Decimal(amount), LimitUnit(unit))
    with translation.override(language):
        assert limit_of_words(limit_words(limit)) == limit


@pytest.mark.parametrize("text", ["", "尽快", "4", "0 天", "-1 天", "4 月", "4.25 天"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="不是时限"):
        limit_of_words(text)
