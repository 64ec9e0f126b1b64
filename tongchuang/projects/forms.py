"""Forms of projects."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core import clock
from tongchuang.projects.kinds import kinds
from tongchuang.projects.models import FundingLine, MatchingRound, Project, ProjectNode
from tongchuang.projects.queries import open_rounds
from tongchuang.standards.models import Clause


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _date(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), help_text=help_text)


def _words(label: Any, length: int = 200, *, required: bool = True, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        widget=forms.Textarea({"rows": 3}),
    )


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=12, decimal_places=2)


class ClauseChoice(forms.ModelMultipleChoiceField[Clause]):
    """Requirements by the number of their article and their name."""

    def label_from_instance(self, obj: Clause) -> str:
        """「12 设施合规」."""
        above = obj.parent
        return f"{(above.number if above else '') or obj.number} {obj.name}".strip()


class ProjectForm(forms.Form):
    """A project: what, where, for which clauses, by whom, by when."""

    title = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"))
    scale = _words(_("建设内容和规模"))
    clauses = ClauseChoice(
        Clause.objects.none(),
        label=_("对应条款"),
        required=False,
        help_text=_("这个项目建成后，哪些条款才算有了硬件。按住 Ctrl 可多选。"),
        widget=forms.SelectMultiple({"size": 8}),
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("责任单位"), help_text=_("只能有一个。")
    )
    sponsor = forms.ModelChoiceField(User.objects.none(), label=_("牵头领导"), required=False)
    area = forms.ModelChoiceField(Unit.objects.none(), label=_("属地"), required=False)
    place = forms.CharField(label=_("地点"), max_length=120, required=False)
    key = forms.BooleanField(label=_("列入重点建设项目"), required=False)
    investment = _amount(_("总投资（万元）"))
    planned_start_on = _date(_("计划开始"))
    planned_finish_on = _date(_("计划投用"))

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        """Offer the units that the person may manage and the clauses of the standard."""
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(active=True).order_by("path")
        where = reach(user, "projects.manage")
        led = units if where.everything else units.filter(pk__in=where.unit_ids)
        fields = cast(dict[str, Any], self.fields)
        fields["kind"].choices = [(kind.code, kind.name) for kind in kinds().values()]
        fields["unit"].queryset = led.exclude(kind__in=[Unit.Kind.CITY, Unit.Kind.GRID])
        fields["area"].queryset = units.filter(kind__in=Unit.TERRITORIES)
        leaders = User.objects.filter(memberships__role__in=["sponsor_leader", "deputy_commander"])
        fields["sponsor"].queryset = leaders.distinct().order_by("name")
        clauses = Clause.objects.filter(
            framework=campaign.framework_id, level=Clause.Level.REQUIREMENT
        )
        fields["clauses"].queryset = clauses.select_related("parent").order_by("ordinal")

    def clean(self) -> dict[str, Any]:
        """The end does not lie before the start."""
        cleaned = super().clean() or {}
        start, finish = cleaned.get("planned_start_on"), cleaned.get("planned_finish_on")
        if start and finish and finish < start:
            self.add_error("planned_finish_on", _("计划投用早于计划开始。"))
        return cleaned


class NodeForm(forms.Form):
    """A node's limit and office, changed with a reason."""

    limit_on = _date(_("期限"))
    office = forms.ModelChoiceField(
        Unit.objects.filter(active=True).order_by("path"), label=_("办理单位"), required=False
    )
    main = forms.BooleanField(
        label=_("主线"), required=False, help_text=_("不勾为并行，不影响后面的节点。")
    )
    reason = _words(_("理由"))


class NodeDoneForm(forms.Form):
    """That a node is done: when, and by which document."""

    on = _date(_("办结日期"))
    document_no = forms.CharField(label=_("文号"), max_length=80)

    def clean_on(self) -> date:
        """Not in the future."""
        return _not_later(self.cleaned_data["on"])


class FundingForm(forms.Form):
    """The money of one source, in 10,000 yuan."""

    source = forms.ChoiceField(label=_("资金来源"), choices=FundingLine.Source.choices)
    applied = _amount(_("申请（万元）"))
    approved = _amount(_("批准（万元）"))
    received = _amount(_("到位（万元）"))
    spent = _amount(_("支出（万元）"))
    due_on = _date(_("应到位日期"), required=False, help_text=_("到期到位不足八成，项目亮红灯。"))
    application_no = forms.CharField(
        label=_("申报文号"), max_length=80, required=False, help_text=_("向上争取资金的申报文件。")
    )

    def clean(self) -> dict[str, Any]:
        """Money comes after approval and goes after it came."""
        cleaned = super().clean() or {}
        zero = Decimal(0)
        approved, received = cleaned.get("approved", zero), cleaned.get("received", zero)
        if received > approved:
            self.add_error("received", _("到位不能多于批准。"))
        if cleaned.get("spent", zero) > received:
            self.add_error("spent", _("支出不能多于到位。"))
        return cleaned


class PhotoForm(forms.Form):
    """A photo of a milestone."""

    upload = forms.FileField(label=_("照片"), help_text=_("原件封存；时间和位置以相机记录为准。"))
    place = forms.CharField(label=_("拍摄地点"), max_length=120)
    node = forms.ModelChoiceField(
        ProjectNode.objects.none(), label=_("节点"), required=False, empty_label=_("不指定")
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        """Offer the nodes of the project by name."""
        super().__init__(*args, **kwargs)
        field = cast(Any, self.fields["node"])
        field.queryset = project.nodes.select_related("project")
        field.label_from_instance = lambda node: node.name


class RoundCloseForm(forms.Form):
    """The paper that carries next year's list."""

    paper = forms.CharField(label=_("清单文号"), max_length=80)


# Moves
class PlainForm(forms.Form):
    """A move that needs nothing more."""


class ReasonForm(forms.Form):
    """Why."""

    reason = _words(_("理由"))


class PauseForm(forms.Form):
    """What holds the project up."""

    cause = forms.ChoiceField(label=_("受阻原因"), choices=Task.Cause.choices)
    reason = _words(_("说明"), help_text=_("写明卡在哪里、需要谁来定，提交调度会。"))


class DayForm(forms.Form):
    """On which day."""

    on = _date(_("日期"))

    def clean_on(self) -> date:
        """Not in the future."""
        return _not_later(self.cleaned_data["on"])


class PaperForm(forms.Form):
    """By which paper."""

    paper = forms.CharField(label=_("文号"), max_length=80)


class UseForm(DayForm):
    """Proof that the facility is used and what it changed."""

    paper = forms.CharField(label=_("投用证明文号"), max_length=80)
    proof = _words(
        _("指标变化"),
        help_text=_("写明指标从多少变到多少、依据是什么。确认后对应条款才算有了硬件。"),
    )


class MatchForm(forms.Form):
    """The gap that the project fills, in an open round."""

    round = forms.ModelChoiceField(MatchingRound.objects.none(), label=_("项目对接月"))
    gap = _words(_("缺口说明"), help_text=_("哪一条没有达到、缺多少。"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        """Offer the open rounds of the city."""
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField[MatchingRound], self.fields["round"])
        field.queryset = open_rounds(project.campaign)
        field.empty_label = None


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "match": MatchForm,
    "approve": PaperForm,
    "begin": DayForm,
    "complete": DayForm,
    "accept": PaperForm,
    "put_in_use": UseForm,
    "pause": PauseForm,
    "resume": ReasonForm,
    "send_back": ReasonForm,
    "cancel": ReasonForm,
}


def move_form(move: str, project: Project, data: Any = None) -> forms.Form:
    """The form of a move, filled with `data` or empty."""
    ids = f"id_{move}_%s"  # several moves stand on one page
    if move == "match":
        return MatchForm(data, auto_id=ids, project=project)
    return MOVE_FORMS.get(move, PlainForm)(data, auto_id=ids)


def _not_later(on: date) -> date:
    if on > clock.today():
        raise forms.ValidationError(_("日期不能晚于今天。"))
    return on
