"""Forms of units, people, posts, roles."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.comparison import GROUPS, group_word
from tongchuang.accounts.models import Post, Unit, User
from tongchuang.accounts.queries import person_named, unit_named
from tongchuang.accounts.roles import ROBOT_ROLE, ROLE_CHOICES
from tongchuang.accounts.services import PersonFacts, UnitFacts

SUGGESTIONS = 300
PHONE = RegexValidator(r"^[0-9+\- ]{5,20}$", gettext_lazy("手机号只含数字、空格、+ 和 -。"))
USERNAME = RegexValidator(
    r"^[\w.@+-]+$", gettext_lazy("登录名只含文字、数字和 . @ + - _，不含空格。")
)


class Suggesting(forms.TextInput):
    """A text field that offers what may be typed."""

    offers: Callable[[], list[str]] = staticmethod(list)

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """The field and its list of offers."""
        here = {**(attrs or {}), "list": f"{name}-offers"}
        options = format_html_join(
            "", '<option value="{}"></option>', ((o,) for o in self.offers())
        )
        field = super().render(name, value, here, renderer)
        return format_html('{}<datalist id="{}-offers">{}</datalist>', field, name, options)


class PersonField(forms.CharField):
    """A person, typed as name, sign-in name or phone."""

    widget = Suggesting

    def among(self, people: QuerySet[User], *, offered: QuerySet[User]) -> None:
        """Whom one may name, and whom the list offers."""
        self.people = people
        self.widget.offers = lambda: [
            f"{person.name}（{person.username}）" for person in offered[:SUGGESTIONS]
        ]

    def clean(self, value: Any) -> Any:
        """The one person meant."""
        text = super().clean(value)
        return _only(person_named(self.people, text), text, _("登录名")) if text else None


class UnitField(forms.CharField):
    """A unit, typed as name or code."""

    widget = Suggesting

    def among(self, units: QuerySet[Unit]) -> None:
        """Which units one may name."""
        self.units = units
        self.widget.offers = lambda: [
            unit_text(unit) for unit in units.order_by("depth", "path")[:SUGGESTIONS]
        ]

    def clean(self, value: Any) -> Any:
        """The one unit meant."""
        text = super().clean(value)
        return _only(unit_named(self.units, text), text, _("编码")) if text else None


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SignInForm(forms.Form):
    """Sign-in name or phone, and password."""

    username = forms.CharField(
        label=gettext_lazy("登录名或手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=gettext_lazy("口令"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ChangePasswordForm(forms.Form):
    """The old password once, the new one twice."""

    old = forms.CharField(
        label=gettext_lazy("原口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("新口令"),
        strip=False,
        max_length=128,
        help_text=gettext_lazy(
            "至少 10 位；不能全是数字，不能是常见口令，不能与登录名、姓名或手机号相近。"
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次新口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """For this person."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        """The present password."""
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise ValidationError(_("原口令不对。"))
        return old

    def clean_new(self) -> str:
        """By the rules of the settings."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean_again(self) -> str:
        """The same as the new one."""
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("两次输入的新口令不一样。"))
        return again


class UnitForm(forms.ModelForm[Unit]):
    """What is known of a unit; the name only when it is new."""

    class Meta:
        model = Unit
        fields = [
            "name",
            "short_name",
            "code",
            "kind",
            "comparison_group",
            "scored",
            "duty",
            "active",
        ]

    def __init__(self, *args: Any, renaming: bool = False, **kwargs: Any) -> None:
        """`renaming` False leaves the name of an existing unit alone."""
        super().__init__(*args, **kwargs)
        self.fields["comparison_group"] = _group_field(self.instance.comparison_group)
        if self.instance.pk and not renaming:
            del self.fields["name"]
            del self.fields["short_name"]

    def _post_clean(self) -> None:
        """The row is changed by the service alone."""

    def facts(self) -> UnitFacts:
        """As the service takes them."""
        kept = {"name": self.instance.name, "short_name": self.instance.short_name}
        return UnitFacts(**(kept | self.cleaned_data))


def _group_field(present: str) -> forms.ChoiceField:
    """The groups by name; one that the city named itself stays possible."""
    choices = {"": "—", **GROUPS, **({present: group_word(present)} if present else {})}
    return forms.ChoiceField(
        label=gettext_lazy("可比组"), choices=list(choices.items()), required=False
    )


class RenameForm(forms.Form):
    """Another name from a day on."""

    name = forms.CharField(label=gettext_lazy("新名称"), max_length=80)
    short_name = forms.CharField(label=gettext_lazy("新简称"), max_length=40, required=False)
    on = DayField(
        label=gettext_lazy("启用日期"),
        help_text=gettext_lazy("这一天以前的记录仍显示原名称。"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """A renaming is entered when it has happened."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """Not in the future."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("启用日期不能在今天以后；到那天再登记。"))
        return on


class AppointForm(forms.Form):
    """Who holds which post from when."""

    kind = forms.ChoiceField(label=gettext_lazy("岗位"), choices=Post.Kind.choices)
    holder = PersonField(
        label=gettext_lazy("人员"), help_text=gettext_lazy("输入姓名、登录名或手机号。")
    )
    on = DayField(
        label=gettext_lazy("任职日期"),
        help_text=gettext_lazy("岗位上原有的人到前一天为止。"),
    )


class GrantForm(forms.Form):
    """Which role, where, from when."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=[(key, label) for key, label in ROLE_CHOICES if key != ROBOT_ROLE],
    )
    unit = UnitField(
        label=gettext_lazy("范围"), help_text=gettext_lazy("含它下面的全部单位。输入名称或编码。")
    )
    on = DayField(label=gettext_lazy("起"))
    until = DayField(label=gettext_lazy("止"), required=False)


class PersonForm(forms.ModelForm[User]):
    """What is known of a person."""

    unit = UnitField(label=gettext_lazy("所在单位"))

    class Meta:
        model = User
        fields = ["name", "username", "unit", "title", "phone", "email", "session_limit"]

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        """With the units that one may choose."""
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, UnitField)  # noqa: S101 -- for the type checker
        field.among(units)
        self.fields["username"].validators.append(USERNAME)
        self.fields["phone"].validators.append(PHONE)
        if self.instance.unit:
            self.initial["unit"] = unit_text(self.instance.unit)

    def _post_clean(self) -> None:
        """The row is changed by the service alone."""

    def clean_session_limit(self) -> int:
        """At least one, or nobody gets in."""
        limit: int = self.cleaned_data["session_limit"]
        if not 1 <= limit <= 20:
            raise ValidationError(_("同时登录数须在 1 到 20 之间。"))
        return limit

    def facts(self) -> PersonFacts:
        """As the service takes them."""
        return PersonFacts(**self.cleaned_data)


class AbsenceForm(forms.Form):
    """From when to when, and who acts meanwhile."""

    deputy = PersonField(
        label=gettext_lazy("代理人"),
        help_text=gettext_lazy("期间代理人持有离岗人的全部角色。输入姓名、登录名或手机号。"),
    )
    from_on = DayField(label=gettext_lazy("起"))
    to_on = DayField(label=gettext_lazy("止"))
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=100, required=False)


class HandOverForm(forms.Form):
    """To whom, and what is unfinished."""

    receiver = PersonField(
        label=gettext_lazy("接手人"), help_text=gettext_lazy("输入姓名、登录名或手机号。")
    )
    on = DayField(label=gettext_lazy("移交日期"))
    note = forms.CharField(
        label=gettext_lazy("未了事项"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("写明在办的案件、任务、资料各到哪一步，找谁。"),
    )


def unit_text(unit: Unit) -> str:
    """How a unit is written in a field: its name with its code."""
    return f"{unit.name}（{unit.code}）"


def _only(found: list[Any], text: str, key: str) -> Any:
    """The one that was meant; two of the same name must be told apart."""
    if not found:
        raise ValidationError(_("没有找到“%s”，或不在您的管理范围内。") % text)
    if len(found) > 1:
        raise ValidationError(_("“%(text)s”不止一个，请改填%(key)s。") % {"text": text, "key": key})
    return found[0]
