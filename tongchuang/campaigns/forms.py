"""Forms of campaigns."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import AssignmentHelper, Campaign, Gate, Task, Title
from tongchuang.standards.models import Clause, Framework, Process

DUTY_KINDS = (
    Unit.Kind.DEPARTMENT,
    Unit.Kind.INSTITUTION,
    Unit.Kind.MASS,
    Unit.Kind.ENTERPRISE,
    Unit.Kind.ZONE,
    Unit.Kind.TOWN,
    Unit.Kind.STREET,
)
# Columns of the row slots: (cell, label, kind of input, compulsory)
ROW_SLOTS: dict[str, tuple[tuple[str, Any, str, bool], ...]] = {
    "goals": (
        ("goal", _("目标"), "text", True),
        ("measure", _("措施"), "text", True),
        ("clause", _("条款"), "text", False),
    ),
    "duties": (("duty", _("责任事项"), "text", True), ("person", _("责任人"), "text", True)),
    "people": (
        ("post", _("岗位"), "text", True),
        ("name", _("姓名"), "text", True),
        ("phone", _("电话"), "tel", False),
    ),
    "schedule": (
        ("step", _("步骤"), "text", True),
        ("from", _("开始"), "date", False),
        ("to", _("完成时限"), "date", True),
        ("quantity", _("数量"), "text", False),
    ),
}
DISPATCH_CELLS = (
    ("rhythm", _("调度频次"), "text", True),
    ("day", _("固定时间"), "text", False),
    ("chair", _("主持人"), "text", True),
)


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _date(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput())


def _units() -> Any:
    return Unit.objects.filter(kind__in=DUTY_KINDS, active=True)


def _leaders() -> Any:
    roles = ["commander", "deputy_commander", "sponsor_leader"]
    return User.objects.filter(memberships__role__in=roles, is_active=True).distinct()


class CampaignForm(forms.Form):
    """A new campaign."""

    code = forms.SlugField(label=_("代码"), max_length=20)
    title = forms.CharField(label=_("名称"), max_length=60)
    city = forms.ModelChoiceField(
        Unit.objects.filter(kind=Unit.Kind.CITY), label=_("城市"), empty_label=_("请选择")
    )
    framework = forms.ModelChoiceField(
        Framework.objects.all(), label=_("标准"), required=False, empty_label=_("不指定")
    )
    process = forms.ModelChoiceField(
        Process.objects.all(), label=_("评审程序"), required=False, empty_label=_("不指定")
    )
    aims_at = forms.ModelChoiceField(
        Title.objects.all(),
        label=_("荣誉称号"),
        required=False,
        empty_label=_("不指定，命名时按名称登记"),
        help_text=_("台账里的称号：争取它，或已有它、要保持。"),
    )

    def clean_code(self) -> str:
        """A code may be given once."""
        code: str = self.cleaned_data["code"]
        if Campaign.objects.filter(code=code).exists():
            raise forms.ValidationError(_("代码已被另一项创建使用。"))
        return code


class GateDatesForm(forms.Form):
    """Our own date of a gate and the one from above."""

    due_on = _date(_("自定期限"), required=False)
    external_due_on = _date(_("上级期限"), required=False)


class GateDecisionForm(forms.Form):
    """The result of a gate."""

    passed = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("yes", _("通过")), ("no", _("未通过"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    on = _date(_("结论日期"))
    paper = forms.CharField(label=_("结论文号"), max_length=80)


class ReviewDecisionForm(GateDecisionForm):
    """The result of a re-evaluation; a failure needs its reason and what becomes of the title."""

    reason = forms.CharField(
        label=_("未过原因"), max_length=200, required=False, help_text=_("未通过时必须写。")
    )
    withdrawn = forms.TypedChoiceField(
        label=_("未通过时称号"),
        choices=[("no", _("暂缓，限期整改后复查")), ("yes", _("撤销"))],
        coerce=lambda word: word == "yes",
        required=False,
        widget=forms.RadioSelect,
        initial="no",
    )


class GateChoiceField(forms.ModelChoiceField[Gate]):
    """A gate, named with its campaign."""

    def label_from_instance(self, obj: Gate) -> str:
        """The campaign's name and the gate's."""
        return f"{obj.campaign.title} · {obj.title}"


class PrerequisiteForm(forms.Form):
    """Another gate that must be passed first."""

    prerequisite = GateChoiceField(Gate.objects.none(), label=_("前置关口"))

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        """Offer the gates of the city's campaigns."""
        super().__init__(*args, **kwargs)
        others = Gate.objects.filter(campaign__city=gate.campaign.city_id).exclude(pk=gate.pk)
        field = cast(GateChoiceField, self.fields["prerequisite"])
        field.queryset = others.select_related("campaign")


class AssignmentForm(forms.Form):
    """One lead, helpers, one sponsor leader."""

    lead = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("牵头单位"),
        empty_label=_("请选择"),
        help_text=_("只能有一个。"),
    )
    helpers = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("配合单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    joint = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("共同单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("重大共同事项：与牵头单位目标同向、任务共担。"),
    )
    sponsor = forms.ModelChoiceField(
        User.objects.none(), label=_("牵头领导"), required=False, empty_label=_("不指定")
    )
    reason = forms.CharField(label=_("依据"), max_length=200)

    def __init__(self, *args: Any, beside: Iterable[AssignmentHelper] = (), **kwargs: Any) -> None:
        """Offer units that can carry a duty, and city leaders.

        Who stands `beside` the lead already has a field for his part; the words of a new one are
        typed once he is saved.
        """
        super().__init__(*args, **kwargs)
        self._beside = {f"part_{one.unit_id}": one for one in beside}
        for name, one in self._beside.items():
            label = _("%(unit)s承担内容") % {"unit": one.unit.label}
            self.fields[name] = forms.CharField(
                label=label, max_length=200, required=False, initial=one.part
            )
        self.order_fields(["lead", "helpers", "joint", *self._beside, "sponsor", "reason"])
        cast(forms.ModelChoiceField[Unit], self.fields["lead"]).queryset = _units()
        cast(forms.ModelMultipleChoiceField[Unit], self.fields["helpers"]).queryset = _units()
        cast(forms.ModelMultipleChoiceField[Unit], self.fields["joint"]).queryset = _units()
        cast(forms.ModelChoiceField[User], self.fields["sponsor"]).queryset = _leaders()

    @property
    def values(self) -> dict[str, Any]:
        """What `assign` takes: the units as lists, the parts by unit key."""
        cleaned = self.cleaned_data
        parts = {one.unit_id: cleaned[name] for name, one in self._beside.items()}
        plain = {name: value for name, value in cleaned.items() if name not in self._beside}
        lists = {name: list(cleaned[name]) for name in ("helpers", "joint")}
        return {**plain, **lists, "parts": parts}


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class TaskForm(forms.Form):
    """A task with quantity and dates."""

    title = forms.CharField(label=_("任务"), max_length=120, help_text=_("动词开头，写清对象。"))
    clause = forms.ModelChoiceField(
        Clause.objects.none(), label=_("条款"), required=False, empty_label=_("不指定")
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("牵头单位"), empty_label=_("请选择"))
    sponsor = forms.ModelChoiceField(
        User.objects.none(), label=_("牵头领导"), required=False, empty_label=_("不指定")
    )
    person = forms.CharField(label=_("责任人"), max_length=40, required=False)
    quantity = forms.DecimalField(label=_("目标量"), min_value=0, max_digits=12, decimal_places=2)
    quantity_unit = forms.CharField(label=_("计量单位"), max_length=20)
    weight = forms.DecimalField(
        label=_("权重"), min_value=0, max_digits=6, decimal_places=2, initial=1
    )
    starts_on = _date(_("开始"))
    due_on = _date(_("完成时限"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        """Offer clauses of the campaign's standard and units that can carry a duty."""
        super().__init__(*args, **kwargs)
        levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
        clauses = Clause.objects.filter(framework=campaign.framework_id, level__in=levels)
        cast(forms.ModelChoiceField[Clause], self.fields["clause"]).queryset = clauses.order_by(
            "ordinal"
        )
        cast(forms.ModelChoiceField[Unit], self.fields["unit"]).queryset = _units()
        cast(forms.ModelChoiceField[User], self.fields["sponsor"]).queryset = _leaders()

    def clean_quantity(self) -> Any:
        """Work without a quantity cannot be measured."""
        if not self.cleaned_data["quantity"]:
            raise forms.ValidationError(_("目标量要大于 0。"))
        return self.cleaned_data["quantity"]

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        cleaned = super().clean() or {}
        starts_on, due_on = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", _("完成时限不能早于开始日期。"))
        return cleaned


class ProgressForm(forms.Form):
    """What changed on a task."""

    on = _date(_("截至日期"))
    done = forms.DecimalField(label=_("累计完成"), min_value=0, max_digits=12, decimal_places=2)
    problem = forms.CharField(label=_("存在问题"), max_length=200, required=False)
    next_step = forms.CharField(label=_("下一步"), max_length=200, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """No report from the future."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """A report tells of today or before."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("不能填报将来的日期。"))
        return on


class RulingForm(forms.Form):
    """How a blocked task may go on, and where that was decided."""

    ruling = forms.CharField(label=_("裁定意见"), max_length=200)
    paper = forms.CharField(
        label=_("会议或文号"), max_length=80, help_text=_("作出裁定的会议或文件。")
    )


class PaperForm(forms.Form):
    """The number of the document by which something is issued."""

    paper = forms.CharField(label=_("下达文号"), max_length=80)


class KeepUpForm(forms.Form):
    """The rule and the rhythm of standing care."""

    paper = forms.CharField(label=_("长效制度文件"), max_length=80)
    patrol = forms.ChoiceField(label=_("巡查频次"), choices=Task.Patrol.choices)


class ObjectionForm(forms.Form):
    """Why a duty is not that of the unit, and whose it is."""

    basis = forms.CharField(
        label=_("异议理由与依据"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明为什么不属于本单位职责，依据哪个文件。"),
    )
    proposed_owner = forms.ModelChoiceField(
        Unit.objects.none(), label=_("建议承担单位"), required=False, empty_label=_("不指定")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer units that can carry a duty."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Unit], self.fields["proposed_owner"]).queryset = _units()


class ObjectionRulingForm(forms.Form):
    """Whether an objection holds, why, and who owns the duty then."""

    upheld = forms.TypedChoiceField(
        label=_("裁定"),
        choices=[("yes", _("异议成立")), ("no", _("异议不成立"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    new_owner = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("改由"),
        required=False,
        empty_label=_("不指定"),
        help_text=_("异议成立时填写。"),
    )
    reason = forms.CharField(label=_("裁定意见"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer units that can carry a duty."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Unit], self.fields["new_owner"]).queryset = _units()


class PartForm(forms.Form):
    """One line of a breakdown; `task` is the sub-task that it changes."""

    task = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("子任务"), max_length=120)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("承担单位"), empty_label=_("请选择"))
    person = forms.CharField(label=_("责任人"), max_length=40, required=False)
    quantity = forms.DecimalField(label=_("目标量"), min_value=0, max_digits=12, decimal_places=2)
    done = forms.DecimalField(
        label=_("已完成"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    starts_on = _date(_("开始"))
    due_on = _date(_("完成时限"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer units that can carry a duty."""
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField[Unit], self.fields["unit"]).queryset = _units()


PartFormSet = forms.formset_factory(PartForm, extra=3, can_delete=True)


class SplitForm(forms.Form):
    """The whole of a breakdown: its quantity and why it is made or changed."""

    quantity = forms.DecimalField(
        label=_("上级任务目标量"), min_value=0, max_digits=12, decimal_places=2
    )
    reason = forms.CharField(label=_("理由"), max_length=200)


class NodeForm(forms.Form):
    """One dated node of a curve."""

    on = _date(_("节点日期"))
    value = forms.DecimalField(label=_("应完成量"), min_value=0, max_digits=12, decimal_places=2)
    title = forms.CharField(label=_("节点"), max_length=60, required=False)


NodeFormSet = forms.formset_factory(NodeForm, extra=3, can_delete=True)


class ShareForm(forms.Form):
    """One territory and its share."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("属地"), empty_label=_("请选择"))
    percent = forms.DecimalField(
        label=_("份额（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer towns, streets and zones."""
        super().__init__(*args, **kwargs)
        places = [Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE]
        field = cast(forms.ModelChoiceField[Unit], self.fields["unit"])
        field.queryset = Unit.objects.filter(kind__in=places, active=True)


ShareFormSet = forms.formset_factory(ShareForm, extra=4, can_delete=True)


class BlockForm(forms.Form):
    """Why a task cannot go on."""

    cause = forms.ChoiceField(label=_("受阻原因"), choices=Task.Cause.choices)
    reason = forms.CharField(label=_("说明"), max_length=200)


def read_rows(data: Any, slot: str) -> list[dict[str, str]]:
    """The rows of a slot as typed; rows that are empty throughout are left out."""
    cells = [cell for cell, _label, _kind, _needed in ROW_SLOTS[slot]]
    columns = [data.getlist(f"{slot}-{cell}") for cell in cells]
    rows = zip(*columns, strict=False)
    texts = [
        {cell: text.strip()[:200] for cell, text in zip(cells, row, strict=True)} for row in rows
    ]
    return [row for row in texts if any(row.values())]


def read_dispatch(data: Any) -> dict[str, str]:
    """The dispatch slot as typed."""
    return {
        cell: data.get(f"dispatch-{cell}", "").strip()[:200] for cell, _l, _k, _n in DISPATCH_CELLS
    }


class MoveForm(forms.Form):
    """Accepting proposed dates: they come with the form, the reason is the person's own."""

    starts_on = forms.DateField(widget=forms.HiddenInput)
    due_on = forms.DateField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("改期理由"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "tc-input", "placeholder": _("改期理由")}),
    )
