"""The policy register: rules, measures and plans with their legal basis and state."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.standards.models import Clause


class _Status(models.TextChoices):
    DRAFTING = "drafting", _("起草")
    CONSULTING = "consulting", _("征求意见")
    LEGAL = "legal", _("合法性审查")
    IN_FORCE = "in_force", _("施行")
    REPEALED = "repealed", _("已废止")
    SUPERSEDED = "superseded", _("已被替代")


POLICY_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "consult": Move(
            frozenset({_Status.DRAFTING}), _Status.CONSULTING, "meetings.policy", _("征求意见")
        ),
        "ask_review": Move(
            frozenset({_Status.CONSULTING}),
            _Status.LEGAL,
            "meetings.policy",
            _("送合法性审查"),
        ),
        "issue": Move(
            frozenset({_Status.LEGAL}),
            _Status.IN_FORCE,
            "meetings.policy",
            _("印发施行"),
            ("number", "issued_on", "opinion"),
        ),
        "send_back": Move(
            frozenset({_Status.CONSULTING, _Status.LEGAL}),
            _Status.DRAFTING,
            "meetings.policy",
            _("退回起草"),
            ("reason",),
        ),
        "review": Move(
            frozenset({_Status.IN_FORCE}),
            None,
            "meetings.policy",
            _("登记评估"),
            ("opinion", "review_on"),
        ),
        "supersede": Move(
            frozenset({_Status.IN_FORCE}),
            _Status.SUPERSEDED,
            "meetings.policy",
            _("被新文件替代"),
            ("successor",),
        ),
        "repeal": Move(
            frozenset({_Status.IN_FORCE}),
            _Status.REPEALED,
            "meetings.policy",
            _("废止"),
            ("reason",),
        ),
    },
)


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Lists of policies."""

    def visible_to(self, user: User) -> Self:
        """What was issued is open to all members; drafts to those whose unit writes them."""
        where = reach(user, "meetings.view")
        if not where:
            return self.none()
        if where.everything:
            return self
        drafts = [_Status.DRAFTING, _Status.CONSULTING, _Status.LEGAL]
        return self.filter(~Q(status__in=drafts) | Q(issuer__in=where.unit_ids))


class Policy(models.Model):
    """A rule, measure or plan: number, issuer, what law it rests on, how long it holds.

    `basis` lists law and article: [{"law": "城市市容和环境卫生管理条例", "article": "第十四条"}].
    """

    Status = _Status
    FLOW: ClassVar[Flow] = POLICY_FLOW

    class Kind(models.TextChoices):
        RULE = "rule", _("管理制度")
        MEASURE = "measure", _("政策措施")
        PLAN = "plan", _("规划方案")
        MECHANISM = "mechanism", _("长效机制")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="policies")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("名称"), max_length=120)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("制定单位"))
    basis = models.JSONField(_("法律依据"), default=list, blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status.choices, default=Status.DRAFTING
    )
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    review_on = models.DateField(_("下次评估"), null=True, blank=True)
    opinion = models.CharField(_("审查或评估意见"), max_length=300, blank=True)
    clauses = models.ManyToManyField(
        Clause, related_name="policies", verbose_name=_("对应条款"), blank=True
    )
    tasks = models.ManyToManyField(
        Task, related_name="policies", verbose_name=_("关联任务"), blank=True
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("替代文件"),
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    version = models.PositiveIntegerField(default=0)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策措施")
        ordering = ["kind", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="meetings_a_policy_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["drafting", "consulting", "legal"])
                | (~Q(number="") & Q(issued_on__isnull=False)),
                name="meetings_an_issued_policy_has_number_and_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="superseded") | Q(successor__isnull=False),
                name="meetings_a_superseded_policy_names_its_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def basis_words(self) -> list[str]:
        """Each basis as it is cited: 《law》 article."""
        return [f"《{row['law']}》{row['article']}" for row in self.basis]

    def unit_ids(self) -> set[int]:
        """The unit that issues it."""
        return {self.issuer_id}
