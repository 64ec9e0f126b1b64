"""Forms of priorities."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign
from tongchuang.priorities.models import Spread
from tongchuang.priorities.rules import LONGEST_WAIT_DAYS
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Measure, SiteType

LEADERS = ("commander", "deputy_commander", "sponsor_leader")


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _date(label: Any, *, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), help_text=help_text)


def _words(label: Any, length: int, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        help_text=help_text,
        widget=forms.Textarea({"rows": rows}),
    )


class ClauseChoice(forms.ModelChoiceField[Clause]):
    """Articles and requirements by number and name."""

    def label_from_instance(self, obj: Clause) -> str:
        """「12 设施合规」."""
        return f"{obj.number} {obj.name}".strip()


class TargetForm(forms.Form):
    """Our own target beyond the line."""

    value = forms.DecimalField(label=_("争先目标"), max_digits=16, decimal_places=4)
    reach_on = _date(_("达到日期"))
    reason = _words(_("理由"), 200, help_text=_("为什么要高于标准，依据哪份文件。"))

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        """Name the line that has to be beaten, and its unit."""
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = _("标准：%(line)s；只能更严。") % {"line": measure.target}


class DeferralForm(forms.Form):
    """Why there is no task now, and until when."""

    reason = _words(
        _("暂不立任务的理由"), 300, rows=4, help_text=_("写清客观原因、已做的准备和到期后怎么办。")
    )
    until = _date(_("截止日期"), help_text=_("最长半年，到期重新写、重新批。"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """The last day that is possible depends on today."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        """After today, within half a year."""
        until: date = self.cleaned_data["until"]
        if not self.today < until <= self.today + timedelta(days=LONGEST_WAIT_DAYS):
            raise forms.ValidationError(_("截止日期要在明天以后、半年以内。"))
        return until


class NoteForm(forms.Form):
    """What the one who decides says."""

    note = forms.CharField(label=_("批示"), max_length=200, required=False)


class DifficultyForm(forms.Form):
    """A key difficulty: leader, lead, next step and its date, project, paper."""

    matter = _words(_("难在哪里"), 200)
    sponsor = forms.ModelChoiceField(User.objects.none(), label=_("牵头领导"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("牵头单位"), help_text=_("只能有一个。")
    )
    next_step = _words(_("下一步"), 200)
    next_on = _date(_("下一个日期"))
    project = forms.ModelChoiceField(Project.objects.none(), label=_("硬件项目"), required=False)
    paper = forms.CharField(label=_("决定文号"), max_length=80)

    def __init__(self, *args: Any, campaign: Campaign, user: User, **kwargs: Any) -> None:
        """Offer leaders, units that can carry a duty, and the campaign's projects."""
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, Any], self.fields)
        leaders = User.objects.filter(memberships__role__in=LEADERS, is_active=True)
        fields["sponsor"].queryset = leaders.distinct().order_by("name")
        fields["unit"].queryset = _duty_units()
        projects = Project.objects.visible_to(user).filter(campaign=campaign)
        fields["project"].queryset = projects.exclude(status="cancelled").order_by("title")


class EndForm(forms.Form):
    """What came of a key difficulty."""

    result = _words(_("销号说明"), 200)


class HighlightForm(forms.Form):
    """Good practice with its effect."""

    title = forms.CharField(label=_("名称"), max_length=60)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("申报单位"))
    clause = ClauseChoice(Clause.objects.none(), label=_("条款"))
    trade = forms.ModelChoiceField(
        SiteType.objects.order_by("ordinal"), label=_("行业"), required=False
    )
    area = forms.ModelChoiceField(Unit.objects.none(), label=_("属地"), required=False)
    background = _words(_("起因"), 1000, help_text=_("原来是什么情况。"))
    practice = _words(_("做法"), 3000, rows=8, help_text=_("一行一条，别人照着能做。"))
    effect = _words(_("成效"), 1000)
    measured = forms.CharField(
        label=_("成效指标"), max_length=60, help_text=_("例如：日均清运量（吨）")
    )
    before = forms.CharField(label=_("做之前"), max_length=40)
    after = forms.CharField(label=_("做之后"), max_length=40)

    def __init__(self, *args: Any, campaign: Campaign, user: User, **kwargs: Any) -> None:
        """Offer the person's own units and the clauses of the campaign's standard."""
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, Any], self.fields)
        where = reach(user, "priorities.nominate")
        units = _duty_units()
        own = units if where.everything else units.filter(pk__in=where.unit_ids)
        fields["unit"].queryset = own
        if user.unit_id and not self.initial.get("unit"):
            fields["unit"].initial = user.unit_id
        articles = Clause.objects.filter(
            framework=campaign.framework_id, level=Clause.Level.ARTICLE
        )
        fields["clause"].queryset = articles.order_by("ordinal")
        places = Unit.objects.filter(kind__in=Unit.TERRITORIES, active=True)
        fields["area"].queryset = places.order_by("path")

    def clean(self) -> dict[str, Any]:
        """An effect is a difference."""
        cleaned = super().clean() or {}
        before, after = cleaned.get("before"), cleaned.get("after")
        if before and before == after:
            self.add_error("after", _("做之后和做之前一样，看不出成效。"))
        return cleaned


class EvidenceForm(forms.Form):
    """A photo or paper that shows the effect."""

    upload = forms.FileField(label=_("照片或文件"))
    caption = forms.CharField(label=_("说明"), max_length=120)


class VerifyForm(forms.Form):
    """What was seen on the spot."""

    on = _date(_("核实日期"))
    place = forms.CharField(label=_("核实地点"), max_length=120)
    note = _words(_("核实情况"), 300)


class ApproveForm(forms.Form):
    """The paper that approves it."""

    paper = forms.CharField(label=_("认定文号"), max_length=80)
    on = _date(_("认定日期"))


class ReasonForm(forms.Form):
    """Why."""

    reason = _words(_("理由"), 200)


class SpreadForm(forms.Form):
    """Who took it up, by which paper."""

    level = forms.ChoiceField(label=_("推广层级"), choices=Spread.Level.choices)
    paper = forms.CharField(label=_("推广文号"), max_length=80)
    on = _date(_("推广日期"))


MOVE_FORMS: dict[str, type[forms.Form]] = {
    "resubmit": forms.Form,
    "verify": VerifyForm,
    "return": ReasonForm,
    "approve": ApproveForm,
    "drop": ReasonForm,
}


def _duty_units() -> Any:
    units = Unit.objects.filter(active=True).order_by("path")
    return units.exclude(kind__in=[Unit.Kind.CITY, Unit.Kind.GRID])
