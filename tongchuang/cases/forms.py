"""Forms of cases: what people type for each move, and the filter of the list."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.cases.models import Case, CaseHelper, Leg, OwnershipSession
from tongchuang.cases.queries import CaseFilter
from tongchuang.cases.queries.lists import STEPS
from tongchuang.cases.services.extending import longest_extension
from tongchuang.cases.services.ownership import returned_units
from tongchuang.places.models import Site
from tongchuang.standards.models import ProblemClass

MAX_PHOTOS = 9
PASS, FAIL = "pass", "fail"


# Fields
class PhotosInput(forms.ClearableFileInput):
    """A file control for several photos; on a phone it offers the camera."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos; what is no photo is refused later by the file gateway, in words."""

    widget = PhotosInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("照片"))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = "image/*"

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file by itself; at most nine."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MAX_PHOTOS:
            raise forms.ValidationError(_("一次最多 9 张照片。"))
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"])
        return [super(PhotosField, self).clean(one, initial) for one in given]


def _text(label: Any, *, required: bool = True, most: int = 500, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
        **kwargs,
    )


def lead_units(case: Case) -> QuerySet[Unit]:
    """The units of the city that may lead a case."""
    kinds = [*Unit.WITH_POSTS, Unit.Kind.COMMUNITY, Unit.Kind.VILLAGE, Unit.Kind.SCHOOL]
    kinds.append(Unit.Kind.PROPERTY)
    found = Unit.objects.filter(subtree(case.city.path), active=True, kind__in=kinds)
    return cast(QuerySet[Unit], found.order_by("path"))


# Moves
class MoveForm(forms.Form):
    """The form of one move; knows the case and the person."""

    upload = False

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.user = case, user
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the case."""


class VerifyForm(MoveForm):
    upload = True
    result = forms.ChoiceField(
        label=_("核实结果"),
        choices=[(PASS, _("属实，立案")), (FAIL, _("不属实，不予立案"))],
        widget=forms.RadioSelect,
        initial=PASS,
    )
    note = _text(_("情况说明"), required=False)
    photos = PhotosField(label=_("现场照片"))

    def clean(self) -> dict[str, Any]:
        """A refusal needs a reason."""
        data = super().clean() or {}
        if data.get("result") == FAIL and not data.get("note", "").strip():
            self.add_error("note", _("请写明不予立案的理由。"))
        return data


class ReasonForm(MoveForm):
    reason = _text(_("理由"))


class MergeForm(MoveForm):
    into = forms.CharField(
        label=_("并入案号"), max_length=20, help_text=_("保留的那一件，如 2016-1302")
    )

    def clean_into(self) -> Case:
        """The surviving case by its number, among those the person may see."""
        number = self.cleaned_data["into"].strip()
        found = Case.objects.visible_to(self.user).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("没有找到这个案号。"))
        return found


class DispatchForm(MoveForm):
    to = forms.ModelChoiceField(Unit.objects.none(), label=_("主办单位"), empty_label=_("请选择"))
    basis = _text(_("依据"), required=False, help_text=_("退回后改派、不按建议派发时请写明"))

    def prepare(self) -> None:
        self.fields["to"].queryset = lead_units(self.case)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["to"].initial = self.case.proposed_lead_id


class AcceptForm(MoveForm):
    handler = forms.ModelChoiceField(
        User.objects.none(), label=_("承办人"), required=False, empty_label=_("本人承办")
    )

    def prepare(self) -> None:
        people = User.objects.filter(unit=self.case.lead_id, is_active=True, robot=False)
        self.fields["handler"].queryset = people.exclude(pk=self.user.pk)  # type: ignore[attr-defined]  # a ModelChoiceField


class ReturnForm(MoveForm):
    reason = forms.ChoiceField(
        label=_("退回理由"),
        choices=[
            ("not_ours", _("不属本单位职责")),
            ("handed_over", _("地块或设施已移交")),
            ("wrong_place", _("地点不在辖区")),
            ("already_done", _("问题已不存在")),
            ("other", _("其他")),
        ],
        widget=forms.RadioSelect,
    )
    proposed = forms.ModelChoiceField(
        Unit.objects.none(), label=_("建议主办单位"), required=False, empty_label=_("不清楚")
    )
    basis = _text(_("依据"), help_text=_("文件名称和文号，或可以核对的事实"))

    def prepare(self) -> None:
        units = lead_units(self.case).exclude(pk=self.case.lead_id)
        self.fields["proposed"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField


class ReplyForm(MoveForm):
    upload = True
    measure = _text(_("整改措施"), most=2000)
    photos = PhotosField(
        label=_("整改后照片"), required=True, help_text=_("请在原位置拍摄，与整改前同一角度")
    )
    explanation = _text(
        _("说明"), required=False, most=120, help_text=_("照片离原位置超过 50 米时必填")
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput(attrs={"data-lon": ""}))
    lat = forms.FloatField(required=False, widget=forms.HiddenInput(attrs={"data-lat": ""}))


class CheckForm(MoveForm):
    upload = True
    result = forms.ChoiceField(
        label=_("核查结果"),
        choices=[(PASS, _("已整改到位，销号")), (FAIL, _("未整改到位，返工"))],
        widget=forms.RadioSelect,
    )
    photos = PhotosField(label=_("核查照片"))
    no_photo_reason = forms.CharField(
        label=_("无照片原因"), required=False, max_length=120, help_text=_("没有照片时填写")
    )
    note = _text(_("核查意见"), required=False, most=1000)

    def clean(self) -> dict[str, Any]:
        """Passing needs a photo or a reason for none, failing needs words."""
        data = super().clean() or {}
        if data.get("result") == FAIL and not data.get("note", "").strip():
            self.add_error("note", _("请写明哪里没有整改到位。"))
        without = not data.get("photos") and not data.get("no_photo_reason", "").strip()
        if data.get("result") == PASS and without:
            self.add_error("photos", _("请附核查照片，或说明没有照片的原因。"))
        return data


class ExtensionForm(MoveForm):
    days = forms.IntegerField(label=_("延长天数"), min_value=1)
    reason = _text(_("理由"), most=200)

    def prepare(self) -> None:
        most = longest_extension(self.case)
        self.fields["days"].widget.attrs["max"] = most
        self.fields["days"].help_text = _("最多 %(most)s 天，不超过原时限") % {"most": most}


class DecideForm(MoveForm):
    result = forms.ChoiceField(
        label=_("批复"),
        choices=[(PASS, _("批准")), (FAIL, _("不准"))],
        widget=forms.RadioSelect,
    )
    answer = _text(_("批复意见"), required=False, most=200)

    def clean(self) -> dict[str, Any]:
        """A refusal needs a reason."""
        data = super().clean() or {}
        if data.get("result") == FAIL and not data.get("answer", "").strip():
            self.add_error("answer", _("请写明不准延期的理由。"))
        return data


class PauseForm(MoveForm):
    reason = forms.ChoiceField(
        label=_("事由"),
        choices=[
            ("等待市外第三方", _("等待市外第三方")),
            ("气象红色预警", _("气象红色预警")),
            ("上级要求停止", _("上级要求停止")),
        ],
    )
    paper = forms.CharField(label=_("依据文号"), max_length=80)


class NothingForm(MoveForm):
    """A move that asks for nothing but a click."""


class HelperForm(MoveForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("单位"), empty_label=_("请选择"))
    part = forms.ChoiceField(label=_("责任方式"), choices=CaseHelper.Part.choices)
    remove = forms.BooleanField(label=_("从本案移除该单位"), required=False)

    def prepare(self) -> None:
        units = lead_units(self.case).exclude(pk=self.case.lead_id)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["part"].initial = CaseHelper.Part.HELPER


# Filing
class SiteChoice(forms.ModelChoiceField[Site]):
    """A site as people tell it apart: name, number, address."""

    def label_from_instance(self, obj: Site) -> str:
        """One line of the choice."""
        return " · ".join(part for part in (obj.name, obj.code, obj.address) if part)


class FilingForm(forms.Form):
    """A problem as someone on the spot writes it down."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("问题"), max_length=120)
    problem_class = forms.ModelChoiceField(
        ProblemClass.objects.filter(active=True), label=_("问题类别"), empty_label=_("请选择")
    )
    channel = forms.ChoiceField(
        label=_("来源"),
        choices=[pair for pair in Case.Channel.choices if pair[0] != Case.Channel.IMPORT],
        initial=Case.Channel.INSPECTION,
    )
    grade = forms.ChoiceField(
        label=_("等级"), choices=[("", _("按类别")), *Case.Grade.choices], required=False
    )
    photos = PhotosField(label=_("现场照片"))
    no_photo_reason = forms.CharField(label=_("无照片原因"), required=False, max_length=120)
    find = forms.CharField(
        label=pgettext_lazy("one", "点位"),
        required=False,
        max_length=60,
        help_text=_("输入名称、编号或地址查找"),
    )
    site = SiteChoice(
        Site.objects.none(), label=_("选择点位"), required=False, widget=forms.RadioSelect
    )
    address = forms.CharField(label=_("地点说明"), required=False, max_length=200)
    lon = forms.FloatField(
        label=_("经度"), required=False, min_value=-180, max_value=180, widget=forms.HiddenInput
    )
    lat = forms.FloatField(
        label=_("纬度"), required=False, min_value=-90, max_value=90, widget=forms.HiddenInput
    )
    description = _text(_("情况"), required=False, most=2000)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_id"].initial = uuid.uuid4
        words = str(self.data.get("find") or self.initial.get("find") or "").strip()
        chosen = self.data.get("site") or self.initial.get("site")
        field = cast(forms.ModelChoiceField[Site], self.fields["site"])
        field.queryset = sites_found(user, words, chosen)
        field.empty_label = None
        self.has_sites = bool(words or chosen)

    def clean(self) -> dict[str, Any]:
        """A place, and a photo or a reason for none."""
        data = super().clean() or {}
        if data.get("find") and not data.get("site"):
            self.add_error("site", _("请在查到的点位中选一个；没有合适的请清空后填写地点说明。"))
        elif not (data.get("site") or data.get("address") or data.get("lon") is not None):
            self.add_error("find", _("请说明地点：查找点位、定位，或填写地点说明。"))
        if not data.get("photos") and not data.get("no_photo_reason", "").strip():
            self.add_error("photos", _("请附上照片；确实没有的，请说明原因。"))
        return data


def sites_found(user: User, words: str, chosen: Any = None) -> QuerySet[Site]:
    """Up to 8 active sites that match what was typed, and the one already chosen."""
    sites = Site.objects.visible_to(user).active()
    chosen_pk = int(chosen) if str(chosen or "").isdigit() else None
    if not words:
        return sites.filter(pk=chosen_pk) if chosen_pk else sites.none()
    match = Q(name__icontains=words) | Q(code__istartswith=words) | Q(address__icontains=words)
    keys = list(sites.filter(match).order_by("code").values_list("pk", flat=True)[:8])
    if chosen_pk:
        keys.append(chosen_pk)
    return sites.filter(pk__in=keys)


# Whose it is
class HoldForm(forms.Form):
    """What was seen at an ownership session on the spot."""

    held_at = forms.DateTimeField(
        label=_("召开时间"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    present = _text(_("到场单位和人员"), most=1000)
    papers = _text(_("查看的材料"), most=2000, help_text=_("文件、协议、图纸的名称和文号"))
    findings = _text(_("现场情况"), most=2000)


class RulingForm(forms.Form):
    """Whose the case is, for what else that holds, whose returns had no ground."""

    lead = forms.ModelChoiceField(
        Unit.objects.none(), label=_("认定的主办单位"), empty_label=_("请选择")
    )
    grounds = _text(_("裁定理由"), most=2000, help_text=_("依据哪份材料、哪条规定"))
    scope = forms.ChoiceField(
        label=_("适用范围"),
        choices=OwnershipSession.Scope.choices,
        widget=forms.RadioSelect,
        help_text=_("除“只对本案”外，裁定从今天起成为主办规则。"),
    )
    groundless = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("无理由退回的单位"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("计入该单位当月考核"),
    )

    def __init__(self, *args: Any, session: OwnershipSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = session.case
        self.fields["lead"].queryset = lead_units(case)  # type: ignore[attr-defined]  # a ModelChoiceField
        sent_back = [unit.pk for unit in returned_units(case)]
        units = Unit.objects.filter(pk__in=sent_back)
        self.fields["groundless"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField


# The filter of the list
def read_filter(address: QueryDict) -> CaseFilter:
    """What the address asks for; anything that cannot be understood is left out."""
    text: Callable[[str], str] = lambda name: address.get(name, "").strip()[:60]  # noqa: E731
    return CaseFilter(
        tab=text("tab"),
        channel=text("channel") if text("channel") in Case.Channel.values else "",
        grade=text("grade") if text("grade") in Case.Grade.values else "",
        territory=_number(text("territory")),
        lead=_number(text("lead")),
        clause=_number(text("clause")),
        problem_class=text("class"),
        site=_number(text("site")),
        filed=_day(text("filed")),
        month=_day(f"{text('month')}-01"),
        certainty=text("certainty"),
        mine=text("mine") == "1",
        step=text("step") if text("step") in STEPS else "",
        day=_day(text("day")),
        leg=text("leg") if text("leg") in Leg.Stage.values else "",
        holder=_number(text("holder")),
        since=_day(text("since")),
        q=text("q"),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 15 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
