"""Forms of places."""

import json
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit
from tongchuang.places.models import LeadRule, Site
from tongchuang.standards.models import ProblemClass, SiteType

MAX_GEOJSON_BYTES = 30 * 1024 * 1024


class SiteForm(forms.Form):
    """A site as people write it; the position may be left open."""

    code = forms.CharField(
        label=_("编号"), max_length=40, help_text=_("全市唯一，可印在点位牌上。")
    )
    name = forms.CharField(label=_("名称"), max_length=120)
    site_type = forms.ModelChoiceField(
        SiteType.objects.all(), label=_("类别"), empty_label=_("请选择")
    )
    territory = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("属地"),
        empty_label=_("请选择"),
        help_text=_("街道、社区或网格。"),
    )
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    trade = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("行业主管"),
        required=False,
        empty_label=_("不指定"),
        help_text=_("不填则按类别的责任规则。"),
    )
    holder = forms.ModelChoiceField(
        Unit.objects.none(), label=_("产权单位"), required=False, empty_label=_("不指定")
    )
    holder_name = forms.CharField(label=_("产权人"), max_length=80, required=False)
    holder_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    recorded_lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    recorded_lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    datum = forms.ChoiceField(
        label=_("坐标系"),
        choices=Site.Datum.choices,
        help_text=_("手机地图多为 GCJ-02，保存时换算为 WGS 84。"),
    )
    accuracy_m = forms.FloatField(label=_("精度（米）"), required=False, min_value=0)

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        """Fill the unit lists; an existing site keeps its code."""
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(active=True)
        territories = units.filter(kind__in=Unit.TERRITORIES)
        cast(forms.ModelChoiceField[Unit], self.fields["territory"]).queryset = territories
        others = units.exclude(kind__in=[Unit.Kind.PROVINCE, Unit.Kind.GRID])
        cast(forms.ModelChoiceField[Unit], self.fields["trade"]).queryset = others
        cast(forms.ModelChoiceField[Unit], self.fields["holder"]).queryset = others
        self.site = site
        if site:
            del self.fields["code"]

    def clean_code(self) -> str:
        """A code may be given once."""
        code: str = self.cleaned_data["code"].strip()
        if Site.objects.filter(code=code).exists():
            raise forms.ValidationError(
                _("编号 %(code)s 已被另一个点位使用。"), params={"code": code}
            )
        return code

    def clean(self) -> dict[str, Any]:
        """Longitude and latitude come together."""
        cleaned = super().clean() or {}
        if (cleaned.get("recorded_lon") is None) != (cleaned.get("recorded_lat") is None):
            self.add_error("recorded_lat", _("经度和纬度要么都填，要么都不填。"))
        return cleaned


class CloseForm(forms.Form):
    """Why a site is taken out of use."""

    reason = forms.CharField(label=_("停用原因"), max_length=200)


class BoundaryForm(forms.Form):
    """A GeoJSON file with the boundaries of units."""

    file = forms.FileField(
        label=_("边界文件"),
        help_text=_("GeoJSON，坐标系 WGS 84；每个图形的 code 或 name 与单位一致。"),
    )
    source = forms.CharField(label=_("数据来源"), max_length=120)

    def clean_file(self) -> list[dict[str, Any]]:
        """The features of the file."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_GEOJSON_BYTES:
            raise forms.ValidationError(_("文件超过 30 MB，请简化边界后再传。"))
        try:
            content = json.loads(upload.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise forms.ValidationError(_("这不是 GeoJSON 文件，没有导入任何内容。")) from None
        features = content.get("features") if isinstance(content, dict) else None
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            raise forms.ValidationError(_("文件里没有 FeatureCollection，没有导入任何内容。"))
        return features


class RuleForm(forms.Form):
    """Which department regulates a kind of site."""

    trade = forms.ModelChoiceField(
        Unit.objects.none(), label=_("行业主管"), required=False, empty_label=_("不指定")
    )
    holder_hint = forms.CharField(label=_("产权方"), max_length=80, required=False)
    source = forms.CharField(label=_("依据"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer units that can regulate a trade."""
        super().__init__(*args, **kwargs)
        kinds = [Unit.Kind.DEPARTMENT, Unit.Kind.INSTITUTION, Unit.Kind.ENTERPRISE]
        found = Unit.objects.filter(kind__in=kinds, active=True)
        cast(forms.ModelChoiceField[Unit], self.fields["trade"]).queryset = found


class LeadRuleForm(forms.Form):
    """Who leads where, from when to when, by what paper."""

    kind = forms.ChoiceField(
        label=_("规则来源"),
        choices=[
            (kind.value, kind.label) for kind in LeadRule.Kind if kind != LeadRule.Kind.RULING
        ],
        help_text=_("权属认定的规则由认定纪要产生，不在这里填。"),
    )
    site_code = forms.CharField(label=_("点位编号"), max_length=40, required=False)
    site_type = forms.ModelChoiceField(
        SiteType.objects.all(), label=_("点位类别"), required=False, empty_label=_("不限")
    )
    problem_class = forms.ModelChoiceField(
        ProblemClass.objects.all(), label=_("问题类别"), required=False, empty_label=_("不限")
    )
    territory = forms.ModelChoiceField(
        Unit.objects.none(), label=_("属地"), required=False, empty_label=_("不限")
    )
    party = forms.ChoiceField(label=_("由谁主办"), choices=LeadRule.Party.choices)
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("主办单位"),
        required=False,
        empty_label=_("按上一项"),
        help_text=_("只在选“指定单位”时填。"),
    )
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("文件或协议的名称和文号。")
    )
    from_on = forms.DateField(label=_("起"), widget=forms.DateInput(attrs={"type": "date"}))
    to_on = forms.DateField(
        label=_("止"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill the unit lists."""
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(active=True)
        territories = units.filter(kind__in=Unit.TERRITORIES)
        cast(forms.ModelChoiceField[Unit], self.fields["territory"]).queryset = territories
        others = units.exclude(kind__in=[Unit.Kind.PROVINCE, Unit.Kind.GRID])
        cast(forms.ModelChoiceField[Unit], self.fields["unit"]).queryset = others

    def clean(self) -> dict[str, Any]:
        """A place, a unit where one is to be named, and an end after the start."""
        data = super().clean() or {}
        code = (data.pop("site_code", "") or "").strip()
        data["site"] = Site.objects.filter(code=code).first() if code else None
        if code and data["site"] is None:
            self.add_error("site_code", _("没有这个编号的点位。"))
        elif not any(data.get(n) for n in ("site", "site_type", "problem_class", "territory")):
            self.add_error("site_type", _("点位、类别、问题类别、属地至少填一项。"))
        named = data.get("party") == LeadRule.Party.UNIT
        if named and not data.get("unit"):
            self.add_error("unit", _("请选主办单位。"))
        data["unit"] = data.get("unit") if named else None
        if data.get("to_on") and data.get("from_on") and data["to_on"] < data["from_on"]:
            self.add_error("to_on", _("止期不能早于起期。"))
        return data
