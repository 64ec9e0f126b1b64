"""Forms of meetings, rulings, minutes, matters, policies and leading bodies."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core import clock
from tongchuang.meetings.models import (
    AgendaItem,
    Attendance,
    Matter,
    Meeting,
    MeetingType,
    Policy,
    Ruling,
)
from tongchuang.meetings.rules import read_basis
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

_LEADERS = ("commander", "deputy_commander", "sponsor_leader", "hq_director")
_SEVERAL = _("按住 Ctrl 可多选。")


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _date(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), help_text=help_text)


def _words(label: Any, length: int = 300, *, required: bool = True, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        widget=forms.Textarea({"rows": 3}),
    )


def _units(label: Any, *, required: bool = True, help_text: Any = _SEVERAL) -> Any:
    return forms.ModelMultipleChoiceField(
        bodies(),
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.SelectMultiple({"size": 8}),
    )


def bodies() -> Any:
    """Units that are asked to meetings and given matters: no city, community or grid."""
    kinds = [*Unit.WITH_POSTS, Unit.Kind.OFFICE, Unit.Kind.GROUP]
    return Unit.objects.filter(active=True, kind__in=kinds).order_by("path")


def leaders() -> Any:
    """City leaders and the director of the office."""
    return User.objects.filter(memberships__role__in=_LEADERS).distinct().order_by("name")


class TypeForm(forms.Form):
    """A kind of meeting and its rhythm."""

    title = forms.CharField(label=_("会议"), max_length=40)
    rhythm = forms.ChoiceField(label=_("频次"), choices=MeetingType.Rhythm.choices)
    day = forms.IntegerField(
        label=_("哪一天"),
        required=False,
        min_value=1,
        max_value=28,
        help_text=_("每周填 1–7（1 为周一），每月填 1–28；遇休息日顺延。按需召开不填。"),
    )
    starts_at = forms.TimeField(label=_("时间"), widget=TimeInput())
    place = forms.CharField(label=_("地点"), max_length=80)
    chair = forms.ModelChoiceField(leaders(), label=_("主持人"))
    units = _units(_("参加单位"))
    notice_days = forms.IntegerField(label=_("提前几天提醒"), min_value=0, max_value=14, initial=2)
    with_minutes = forms.BooleanField(label=_("要出纪要"), required=False, initial=True)
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """A weekly meeting has a weekday, a monthly one a day of the month."""
        cleaned = super().clean() or {}
        rhythm, day = cleaned.get("rhythm"), cleaned.get("day")
        if rhythm != MeetingType.Rhythm.DEMAND and not day:
            self.add_error("day", _("写明是哪一天。"))
        if rhythm == MeetingType.Rhythm.WEEKLY and day and day > 7:
            self.add_error("day", _("每周的会填 1–7。"))
        return cleaned


class CallForm(forms.Form):
    """A meeting outside the rhythm."""

    kind = forms.ModelChoiceField(MeetingType.objects.none(), label=_("会议"), empty_label=None)
    held_on = _date(_("日期"))
    title = forms.CharField(
        label=_("会议名称"),
        max_length=80,
        required=False,
        help_text=_("不填就用日期加会议类别。"),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Offer the kinds of meeting of the campaign."""
        super().__init__(*args, **kwargs)
        kinds = MeetingType.objects.filter(campaign=campaign, active=True)
        cast(Any, self.fields["kind"]).queryset = kinds


class UnitsForm(forms.Form):
    """Who comes to a meeting."""

    attend = _units(_("出席单位"))
    observe = _units(_("列席单位"), required=False)


class AttendanceForm(forms.Form):
    """Who came: for every unit asked the state and who sat there."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        """One pair of fields for each unit."""
        super().__init__(*args, **kwargs)
        self.rows = list(meeting.attendance.select_related("unit"))
        for row in self.rows:
            self.fields[f"state-{row.pk}"] = forms.ChoiceField(
                label=row.unit.label, choices=Attendance.State.choices, initial=row.state
            )
            self.fields[f"person-{row.pk}"] = forms.CharField(
                label=_("%(unit)s参会人") % {"unit": row.unit.label},
                max_length=40,
                required=False,
                initial=row.person,
            )

    def pairs(self) -> list[tuple[Attendance, Any, Any]]:
        """Each unit with its two fields."""
        return [(row, self[f"state-{row.pk}"], self[f"person-{row.pk}"]) for row in self.rows]

    def states(self) -> dict[int, tuple[str, str]]:
        """What was chosen, by attendance."""
        found = self.cleaned_data
        return {row.pk: (found[f"state-{row.pk}"], found[f"person-{row.pk}"]) for row in self.rows}


class SignInForm(forms.Form):
    """Who sits there for the unit."""

    person = forms.CharField(label=_("参会人"), max_length=40)


class ItemForm(forms.Form):
    """An item put on the agenda by hand."""

    title = forms.CharField(label=_("议题"), max_length=120)
    why = forms.CharField(label=_("为什么上会"), max_length=200, required=False)
    unit = forms.ModelChoiceField(bodies(), label=_("汇报单位"), required=False)
    matter = forms.ModelChoiceField(Matter.objects.none(), label=_("重大事项"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        """Offer the open matters of the campaign."""
        super().__init__(*args, **kwargs)
        found = Matter.objects.filter(campaign=meeting.campaign, status=Matter.Status.OPEN)
        cast(Any, self.fields["matter"]).queryset = found


class DiscussForm(forms.Form):
    """What was said on an item."""

    discussion = _words(
        _("讨论情况"), 600, help_text=_("写进纪要的话，例如：会议听取了汇报，认为……")
    )


class OwnerChoice(forms.ModelChoiceField[Post]):
    """A person by the post they hold: the unit comes with it."""

    def label_from_instance(self, obj: Post) -> str:
        """「城管局 · 李伟（主要负责人）」."""
        return f"{obj.unit.label} · {obj.holder.name}（{obj.get_kind_display()}）"


class RulingForm(forms.Form):
    """A ruling: wording, owner, day, and how it is carried out."""

    item = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label=_("议题"),
        required=False,
        empty_label=_("不属于哪一项议题"),
    )
    wording = _words(_("议定事项"), help_text=_("写明做什么、做到什么程度。"))
    owner = OwnerChoice(
        Post.objects.none(),
        label=_("责任单位和责任人"),
        help_text=_("只能有一个单位、一个人。"),
    )
    helpers = _units(_("配合单位"), required=False)
    due_on = _date(_("完成时限"))
    means = forms.ChoiceField(label=_("落实方式"), choices=Ruling.Means.choices)

    def __init__(self, *args: Any, meeting: Meeting, lifts: bool, **kwargs: Any) -> None:
        """Offer the items of the meeting; lifting a block only to whoever may."""
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, Any], self.fields)
        fields["item"].queryset = meeting.agenda.all()
        held = Post.objects.filter(to_on=None, kind__in=Post.COMPULSORY, unit__active=True)
        fields["owner"].queryset = held.select_related("unit", "holder").order_by(
            "unit__path", "-kind"
        )
        if not lifts:
            fields["means"].choices = [(Ruling.Means.TASK.value, Ruling.Means.TASK.label)]


class MinutesForm(forms.Form):
    """The free words of the minutes; agenda and rulings come from the records."""

    opening = _words(_("会议情况"), 600)
    closing = _words(
        _("会议强调"), 600, required=False, help_text=_("接在“会议强调，”之后；没有就不写。")
    )


class MatterForm(forms.Form):
    """A major matter."""

    title = forms.CharField(label=_("事项"), max_length=80)
    detail = _words(_("问题和诉求"), help_text=_("卡在哪里、要领导定什么。"))
    cause = forms.ChoiceField(
        label=_("成因"), required=False, choices=[("", "—"), *Task.Cause.choices]
    )
    unit = forms.ModelChoiceField(bodies(), label=_("牵头单位"), help_text=_("只能有一个。"))
    helpers = _units(_("配合单位"), required=False)
    sponsor = forms.ModelChoiceField(leaders(), label=_("包保领导"))
    due_on = _date(_("解决期限"))
    task = forms.ModelChoiceField(Task.objects.none(), label=_("任务"), required=False)
    project = forms.ModelChoiceField(Project.objects.none(), label=_("硬件项目"), required=False)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Offer the tasks that run and the projects of the campaign."""
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, Any], self.fields)
        going = [Task.Status.RUNNING, Task.Status.BLOCKED]
        fields["task"].queryset = Task.objects.filter(campaign=campaign, status__in=going)
        fields["project"].queryset = Project.objects.filter(campaign=campaign).order_by("code")


class PolicyForm(forms.Form):
    """What is said of a policy."""

    kind = forms.ChoiceField(label=_("类别"), choices=Policy.Kind.choices)
    title = forms.CharField(label=_("名称"), max_length=120)
    issuer = forms.ModelChoiceField(bodies(), label=_("制定单位"))
    basis = _words(
        _("法律依据"),
        1000,
        required=False,
        help_text=_("每行一条，如：《城市市容和环境卫生管理条例》第十四条"),
    )
    status = forms.ChoiceField(
        label=_("状态"),
        choices=[
            (state.value, state.label) for state in (Policy.Status.DRAFTING, Policy.Status.IN_FORCE)
        ],
    )
    number = forms.CharField(
        label=_("文号"), max_length=60, required=False, help_text=_("施行的文件必填。")
    )
    issued_on = _date(_("印发日期"), required=False, help_text=_("施行的文件必填。"))
    valid_until = _date(_("有效期至"), required=False)
    review_on = _date(_("下次评估"), required=False, help_text=_("到期进入待办。"))
    clauses = forms.ModelMultipleChoiceField(
        Clause.objects.none(),
        label=_("对应条款"),
        required=False,
        help_text=_SEVERAL,
        widget=forms.SelectMultiple({"size": 8}),
    )
    tasks = forms.ModelMultipleChoiceField(
        Task.objects.none(),
        label=_("关联任务"),
        required=False,
        help_text=_SEVERAL,
        widget=forms.SelectMultiple({"size": 6}),
    )

    def __init__(self, *args: Any, campaign: Campaign, known: bool, **kwargs: Any) -> None:
        """Offer clauses and tasks of the campaign; the state of a known policy moves otherwise."""
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, Any], self.fields)
        requirements = Clause.objects.filter(
            framework=campaign.framework_id, level=Clause.Level.REQUIREMENT
        )
        fields["clauses"].queryset = requirements.order_by("ordinal")
        tasks = Task.objects.filter(campaign=campaign).exclude(status=Task.Status.CANCELLED)
        fields["tasks"].queryset = tasks
        if known:
            del fields["status"]

    def clean_basis(self) -> list[dict[str, str]]:
        """Law and article, line by line."""
        try:
            return read_basis(self.cleaned_data["basis"])
        except ValueError as fault:
            raise forms.ValidationError(
                _("“%(line)s”看不懂。写成《法律法规名称》第几条，一行一条。") % {"line": fault}
            ) from fault


class FileForm(forms.Form):
    """The text of a policy."""

    upload = forms.FileField(label=_("文件"), help_text=_("Word 或 PDF，原件封存。"))


class BodyForm(forms.Form):
    """A unit's leading group and its working body."""

    leader = forms.CharField(label=_("领导小组组长"), max_length=40)
    members = forms.IntegerField(label=_("小组成员数"), min_value=1, max_value=99, required=False)
    office = forms.CharField(label=_("工作机构"), max_length=60)
    office_head = forms.CharField(label=_("工作机构负责人"), max_length=40)
    staff = forms.IntegerField(label=_("工作人员数"), min_value=1, max_value=99, required=False)
    paper = forms.CharField(label=_("成立文号"), max_length=60)
    set_up_on = _date(_("成立日期"))

    def clean(self) -> dict[str, Any]:
        """Not before it happened; empty cells are empty texts."""
        cleaned = super().clean() or {}
        if cleaned.get("set_up_on") and cleaned["set_up_on"] > clock.today():
            self.add_error("set_up_on", _("日期不能晚于今天。"))
        return cleaned


class AskForm(forms.Form):
    """By when the units are to set up their bodies."""

    due_on = _date(_("成立期限"))


# Moves
class PlainForm(forms.Form):
    """A move that needs nothing more."""


class ReasonForm(forms.Form):
    """Why."""

    reason = _words(_("理由"), 200)


class PostponeForm(ReasonForm):
    """To which day and why."""

    held_on = _date(_("改到"))


class SolveForm(forms.Form):
    """How the matter was solved."""

    result = _words(_("解决结果"))


class IssuePolicyForm(forms.Form):
    """The legal opinion, and under which number it was issued."""

    opinion = _words(_("合法性审查意见"))
    number = forms.CharField(label=_("文号"), max_length=60)
    issued_on = _date(_("印发日期"))
    valid_until = _date(_("有效期至"), required=False)
    review_on = _date(_("下次评估"))


class ReviewForm(forms.Form):
    """What the review found, and when the next one is due."""

    opinion = _words(_("评估意见"))
    review_on = _date(_("下次评估"))


class SuccessorForm(forms.Form):
    """The policy that takes its place."""

    successor = forms.ModelChoiceField(
        Policy.objects.filter(status=Policy.Status.IN_FORCE), label=_("替代文件")
    )


MEETING_FORMS: dict[str, type[forms.Form]] = {"postpone": PostponeForm, "cancel": ReasonForm}
MINUTES_FORMS: dict[str, type[forms.Form]] = {"send_back": ReasonForm}
MATTER_FORMS: dict[str, type[forms.Form]] = {
    "solve": SolveForm,
    "withdraw": ReasonForm,
    "reopen": ReasonForm,
}
POLICY_FORMS: dict[str, type[forms.Form]] = {
    "issue": IssuePolicyForm,
    "send_back": ReasonForm,
    "review": ReviewForm,
    "supersede": SuccessorForm,
    "repeal": ReasonForm,
}


def move_form(forms_of: dict[str, type[forms.Form]], move: str, data: Any = None) -> forms.Form:
    """The form of a move, filled with `data` or empty; several stand on one page."""
    return forms_of.get(move, PlainForm)(data, auto_id=f"id_{move}_%s")
