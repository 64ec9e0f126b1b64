"""Units, people, posts, memberships."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from tongchuang.accounts.roles import ROLE_CHOICES


class Unit(MP_Node):  # type: ignore[misc]  # treebeard has no types
    """A node of the one tree: province, city, headquarters, department, town, village, grid, …

    `path` (treebeard) is the scope prefix: everything under a unit starts with its path.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        HEADQUARTERS = "headquarters", _("指挥部")
        OFFICE = "office", _("指挥部办公室")
        GROUP = "group", _("专项工作组")
        DEPARTMENT = "department", _("部门")
        INSTITUTION = "institution", _("事业单位")
        MASS = "mass", _("群团组织")
        ENTERPRISE = "enterprise", _("企业")
        ZONE = "zone", _("开发区")
        TOWN = "town", _("乡镇")
        STREET = "street", _("街道")
        COMMUNITY = "community", _("社区")
        VILLAGE = "village", _("村")
        GRID = "grid", _("网格")
        SCHOOL = "school", _("学校")
        PROPERTY = "property", _("物业公司")

    TERRITORIES: ClassVar[frozenset[str]] = frozenset(
        {Kind.ZONE, Kind.TOWN, Kind.STREET, Kind.COMMUNITY, Kind.VILLAGE, Kind.GRID}
    )
    WITH_POSTS: ClassVar[frozenset[str]] = frozenset(
        {
            Kind.DEPARTMENT,
            Kind.INSTITUTION,
            Kind.MASS,
            Kind.ENTERPRISE,
            Kind.ZONE,
            Kind.TOWN,
            Kind.STREET,
        }
    )

    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    comparison_group = models.CharField(_("可比组"), max_length=20, blank=True)
    scored = models.BooleanField(_("参加考评"), default=False)
    duty = models.CharField(_("职责"), max_length=200, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    version = models.PositiveIntegerField(default=0)
    # The name of the day of the record that shows this unit: `queries.show_as_of` sets it.
    dated: "UnitName | None" = None

    class Meta:
        verbose_name = _("单位")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The short name where there is one; a grid with its community, for many are "网格 03"."""
        shown = self.dated or self
        return shown.name if self.kind == self.Kind.GRID else shown.short_name or shown.name

    @property
    def full_name(self) -> str:
        """The long name, on the day of the record that shows the unit."""
        return (self.dated or self).name

    def unit_ids(self) -> set[int]:
        """Units whose members may act on this record: itself."""
        return {self.pk}


class UnitName(models.Model):
    """The name of a unit during a time: records show the name that was valid on their day."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    valid_from = models.DateField(_("起"), null=True, blank=True)
    valid_to = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("单位曾用名")
        ordering = ["unit", F("valid_from").asc(nulls_first=True)]

    def __str__(self) -> str:
        return self.short_name or self.name


class UserManager(BaseUserManager["User"]):
    """Makes people with a hashed password."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in; without a password only the demonstration lets them in."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person (or the robot user under whose name jobs act)."""

    username = models.CharField(_("登录名"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("所在单位"),
    )
    title = models.CharField(_("职务"), max_length=60, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    robot = models.BooleanField(_("系统用户"), default=False)
    must_change_password = models.BooleanField(_("下次登录须改口令"), default=False)
    session_limit = models.PositiveSmallIntegerField(_("同时登录数"), default=3)
    version = models.PositiveIntegerField(default=0)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("人员")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.username

    def unit_ids(self) -> set[int]:
        """Units whose managers may act on this person."""
        return {self.unit_id} if self.unit_id else set()


class Post(models.Model):
    """A duty that a unit must fill: head and deputy in charge are compulsory (speech 3.1.8)."""

    class Kind(models.TextChoices):
        HEAD = "head", _("主要负责人（负总责）")
        DEPUTY = "deputy", _("分管负责人（具体抓）")
        LIAISON = "liaison", _("联络员")
        ARCHIVIST = "archivist", _("资料员")

    ORDER: ClassVar[tuple[str, ...]] = (Kind.HEAD, Kind.DEPUTY, Kind.LIAISON, Kind.ARCHIVIST)
    COMPULSORY: ClassVar[tuple[str, ...]] = (Kind.HEAD, Kind.DEPUTY)

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="posts", verbose_name=_("单位"))
    kind = models.CharField(_("岗位"), max_length=20, choices=Kind.choices)
    holder = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("人员"))
    from_on = models.DateField(_("任职起"))
    to_on = models.DateField(_("任职止"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位")
        ordering = ["unit", "kind", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"],
                condition=Q(to_on=None),
                name="accounts_one_holder_per_post",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="accounts_post_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()} {self.holder}"


class Absence(models.Model):
    """While a person is away the deputy holds the same memberships (speech 3.2.7)."""

    person = models.ForeignKey(
        User, models.CASCADE, related_name="absences", verbose_name=_("离岗人")
    )
    deputy = models.ForeignKey(
        User, models.PROTECT, related_name="stand_ins", verbose_name=_("代理人")
    )
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    reason = models.CharField(_("事由"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("离岗代理")
        ordering = ["-from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="accounts_absence_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("deputy")), name="accounts_deputy_is_another_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.deputy}"


class Membership(models.Model):
    """Grants a role in a unit and everything under it."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("人员")
    )
    role = models.CharField(_("角色"), max_length=30, choices=ROLE_CHOICES)
    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="memberships", verbose_name=_("范围")
    )
    from_on = models.DateField(_("起"), default=date(2000, 1, 1))
    to_on = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("授权")
        ordering = ["user", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(to_on=None),
                name="accounts_role_once_per_unit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.unit}"

    def unit_ids(self) -> set[int]:
        """Units whose managers may change this grant."""
        return {self.unit_id}


class HandOver(models.Model):
    """One clerk hands posts, roles and the state of open work to another on a day."""

    giver = models.ForeignKey(
        User, models.PROTECT, related_name="handed_over", verbose_name=_("移交人")
    )
    receiver = models.ForeignKey(
        User, models.PROTECT, related_name="taken_over", verbose_name=_("接手人")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="hand_overs", verbose_name=_("所在单位")
    )
    on = models.DateField(_("移交日期"))
    note = models.TextField(_("未了事项"))

    class Meta:
        verbose_name = _("工作移交")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")), name="accounts_receiver_is_another_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver} {self.on}"


class SignInSession(models.Model):
    """One session of a person, so that their number can be limited and each be ended."""

    class Ended(models.TextChoices):
        SIGNED_OUT = "signed_out", _("本人退出")
        LIMIT = "limit", _("登录处数超过上限")
        BY_PERSON = "by_person", _("本人在别处结束")
        BY_MANAGER = "by_manager", _("管理员结束")
        PASSWORD = "password", _("口令已更改")

    user = models.ForeignKey(User, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(_("登录时间"))
    address = models.GenericIPAddressField(_("地址"), null=True)
    device = models.CharField(_("设备"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_because = models.CharField(
        _("结束原因"), max_length=20, choices=Ended.choices, blank=True
    )

    class Meta:
        verbose_name = _("登录会话")
        ordering = ["started_at", "id"]

    def __str__(self) -> str:
        return f"{self.user} {self.started_at:%m-%d %H:%M}"
