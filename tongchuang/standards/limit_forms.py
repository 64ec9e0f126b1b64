"""Forms on which limits and closing conditions are set."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongchuang.core.worktime import LimitUnit
from tongchuang.standards.models import Grade, GradeLimit
from tongchuang.standards.rules.shapes import LIMIT_PARTS
from tongchuang.standards.services import ClassTerms, Ground

_BY_GRADE, _NONE = "", "none"
_UNITS = [
    (LimitUnit.URGENT_HOUR, _("紧急工时（全天候）")),
    (LimitUnit.WORK_HOUR, _("工时（上班时间）")),
    (LimitUnit.WORK_DAY, _("个工作日")),
    (LimitUnit.CALENDAR_DAY, _("天（自然日）")),
]


class LimitWidget(forms.MultiWidget):
    """A number and its unit, side by side."""

    use_fieldset = True

    def __init__(self, units: list[tuple[str, Any]]) -> None:
        number = forms.NumberInput(
            attrs={"min": "0.1", "step": "0.1", "inputmode": "decimal", "aria-label": _("数量")}
        )
        super().__init__(
            [number, forms.Select(choices=units, attrs={"aria-label": _("单位")})],
            attrs={"class": "standards-limit"},
        )

    def decompress(self, value: str | None) -> list[str]:
        """A text like "4 work_hour"; None goes by the grade, an empty one is no limit."""
        if not value:
            return ["", _BY_GRADE if value is None else _NONE]
        return value.split(" ", 1)


class LimitField(forms.MultiValueField):
    """One limit; cleans to a text like "4 work_hour", "" for none, None for the grade's."""

    def __init__(self, *, by_grade: bool, **kwargs: Any) -> None:
        units: list[tuple[str, Any]] = [(_NONE, _("没有")), *_UNITS]
        if by_grade:
            units = [(_BY_GRADE, _("按等级")), *units]
        number = forms.DecimalField(
            required=False, min_value=Decimal("0.1"), max_value=999, decimal_places=1
        )
        super().__init__(
            (number, forms.ChoiceField(choices=units, required=False)),
            required=False,
            require_all_fields=False,
            widget=LimitWidget(units),
            **kwargs,
        )

    def compress(self, data_list: list[Any]) -> str | None:
        """Number and unit belong together."""
        number, unit = data_list or (None, _BY_GRADE)
        if unit in {_BY_GRADE, _NONE}:
            if number is not None:
                raise forms.ValidationError(_("有数量就要选单位；按等级或没有时限的，不填数量。"))
            return None if unit == _BY_GRADE else ""
        if number is None:
            raise forms.ValidationError(_("请填数量。"))
        return f"{number.normalize():f} {unit}"


class GroundForm(forms.Form):
    """From when and why something is set differently."""

    from_on = forms.DateField(
        label=_("施行日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("最早是明天。这天起立案的案件按新的规定，之前立案的不变。"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    paper = forms.CharField(
        label=_("依据文件"),
        required=False,
        max_length=200,
        help_text=_("文件名称和文号，如指挥部会议纪要。"),
    )

    def ground(self) -> Ground:
        """What was typed, as the ground of a change."""
        data = self.cleaned_data
        return Ground(data["from_on"], data["reason"], data["paper"])


def _limit_fields(*, by_grade: bool) -> dict[str, LimitField]:
    return {
        part: LimitField(
            label=GradeLimit._meta.get_field(part).verbose_name,  # type: ignore[union-attr]  # a column
            by_grade=by_grade,
        )
        for part in LIMIT_PARTS
    }


class ClassLimitsForm(GroundForm):
    """What holds for a class of problems."""

    grade = forms.ChoiceField(label=_("等级"), choices=Grade.choices)
    closing_condition = forms.CharField(
        label=_("销号条件"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    closing_condition_en = forms.CharField(
        label=_("英文销号条件"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("grade", *LIMIT_PARTS, "closing_condition", "closing_condition_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_limit_fields(by_grade=True))
        self.order_fields(self.field_order)

    def terms(self) -> ClassTerms:
        """What was typed, as terms."""
        data = self.cleaned_data
        return ClassTerms(
            data["grade"],
            {part: data[part] for part in LIMIT_PARTS if data[part] is not None},
            data["closing_condition"],
            data["closing_condition_en"],
        )


class GradeLimitsForm(GroundForm):
    """What holds for a whole grade."""

    field_order = LIMIT_PARTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_limit_fields(by_grade=False))
        self.order_fields(self.field_order)

    def limits(self) -> Mapping[str, str]:
        """What was typed, by part."""
        return {part: self.cleaned_data[part] or "" for part in LIMIT_PARTS}
