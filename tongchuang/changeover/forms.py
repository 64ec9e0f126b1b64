"""Forms of changeovers."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.changeover.models import Changeover, Line
from tongchuang.changeover.queries import Way
from tongchuang.standards.models import Clause


class ChangeoverForm(forms.Form):
    """Which campaign moves to which edition, and why."""

    way = forms.ChoiceField(label=gettext_lazy("换版"))
    note = forms.CharField(
        label=gettext_lazy("缘由"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("如：新版标准施行，下一轮评审按新版。"),
    )

    def __init__(self, *args: Any, ways: list[Way], **kwargs: Any) -> None:
        """Offer only moves that could be drafted."""
        super().__init__(*args, **kwargs)
        self.ways = {way.key: way for way in ways}
        cast(Any, self.fields["way"]).choices = [(way.key, _way(way)) for way in ways]

    @property
    def chosen(self) -> Way:
        """The move that was chosen."""
        return self.ways[self.cleaned_data["way"]]


def _way(way: Way) -> str:
    old = way.campaign.framework
    named = {
        "campaign": way.campaign.title,
        "old": old.name if old else "",
        "new": way.new.name,
    }
    if way.by_people:
        return _("%(campaign)s：%(old)s → %(new)s（两版对照有人整理）") % named
    return _("%(campaign)s：%(old)s → %(new)s（两版按代码对照）") % named


class LineForm(forms.Form):
    """Where the records of one line go."""

    targets = forms.MultipleChoiceField(
        label=gettext_lazy("转到新版的"),
        required=False,
        help_text=gettext_lazy("一个都不选，就留在原版，留存可查。"),
        widget=forms.CheckboxSelectMultiple,
    )
    more = forms.CharField(
        label=gettext_lazy("其他新条款代码"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("上面没有的，写代码，多个用顿号或逗号分开。"),
    )
    helps = forms.MultipleChoiceField(
        label=gettext_lazy("其中只配合、不牵头的"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    asked = forms.ChoiceField(label=gettext_lazy("算作新版的哪份材料"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea({"rows": 3})
    )

    def __init__(
        self, *args: Any, line: Line, near: list[Clause], papers: list[str], **kwargs: Any
    ) -> None:
        """Offer the clauses where the article lands; ask only what concerns the kind."""
        super().__init__(*args, **kwargs)
        choices = [(clause.code, _clause(clause)) for clause in near]
        fields = cast(dict[str, Any], self.fields)
        fields["targets"].choices = fields["helps"].choices = choices
        if line.kind == Line.Kind.PAPER:
            unknown = [("", _("不对应具体材料"))]
            fields["asked"].choices = unknown + [(text, text) for text in papers]
        else:
            del self.fields["asked"]
        if line.kind != Line.Kind.DUTY:
            del self.fields["helps"]

    def clean(self) -> dict[str, Any]:
        """The codes of both fields together, as the service takes them."""
        cleaned = super().clean() or {}
        more = split_codes(cleaned.pop("more", ""))
        cleaned["targets"] = [*cleaned.get("targets", []), *more]
        return cleaned


def split_codes(text: str) -> list[str]:
    """Codes in a text, separated by 、 or commas."""
    parts = text.replace(",", "、").replace("，", "、").split("、")
    return [part.strip() for part in parts if part.strip()]


def _clause(clause: Clause) -> str:
    depth = "" if clause.level == Clause.Level.ARTICLE else "　"
    return f"{depth}{clause.number} {clause.name}".rstrip()


class ReasonForm(forms.Form):
    """A move that needs a reason."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, widget=forms.Textarea({"rows": 2})
    )


class SignForm(forms.Form):
    """The signature."""

    paper_no = forms.CharField(
        label=gettext_lazy("批准文号"),
        max_length=80,
        help_text=gettext_lazy("签批后立即换版：职责、任务、资料按台账转入，原版结论留存。"),
    )


def move_form(move: str, data: Any = None) -> forms.Form:
    """The form of a move; one without fields for moves that need nothing."""
    kinds: dict[str, type[forms.Form]] = {
        "return": ReasonForm,
        "withdraw": ReasonForm,
        "sign": SignForm,
    }
    return kinds.get(move, forms.Form)(data, prefix=move) if move else forms.Form(data)


def line_initial(line: Line, near: list[Clause]) -> dict[str, Any]:
    """A line as its form shows it."""
    offered = {clause.code for clause in near}
    return {
        "targets": [code for code in line.targets if code in offered],
        "more": "、".join(code for code in line.targets if code not in offered),
        "helps": list(line.helps),
        "asked": line.asked,
        "reason": line.reason,
    }


def is_draft(changeover: Changeover) -> bool:
    """Whether lines may be decided."""
    return changeover.status == Changeover.Status.DRAFT
