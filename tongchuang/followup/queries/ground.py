"""What the lists share: the articles of a campaign, who leads them, what hangs on them.

Everything is gathered for all articles at once, in a number of queries that does not grow.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.assessment.models import Snapshot
from tongchuang.assessment.queries import snapshot_of
from tongchuang.assessment.rules import State
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

OPEN_TASKS = (Task.Status.RUNNING, Task.Status.BLOCKED, Task.Status.SUBMITTED)
BELOW = (State.WEAK, State.HARD, State.BAD)
"""The states of a clause that does not hold."""


@dataclass(slots=True)
class Ground:
    """The articles of a campaign that `user` may see, with their state and lead.

    `article_of` leads from every clause to its article; `states` are those of the latest snapshot.
    """

    user: User
    campaign: Campaign
    snapshot: Snapshot | None
    articles: dict[int, Clause]
    article_of: dict[int, int]
    states: dict[int, State]
    duties: dict[int, Assignment] = field(default_factory=dict)

    def state_of(self, article: int) -> State:
        """The state of an article in the city as a whole."""
        return self.states.get(article, State.UNKNOWN)

    def lead_of(self, article: int) -> Unit | None:
        """The unit that answers for it."""
        duty = self.duties.get(article)
        return duty.lead if duty else None


def ground_of(user: User, campaign: Campaign) -> Ground:
    """Four queries. Whoever does not see the whole city sees the clauses of their units."""
    snapshot = snapshot_of(campaign)
    rows = Clause.objects.filter(framework=campaign.framework_id).order_by("ordinal")
    articles: dict[int, Clause] = {}
    article_of: dict[int, int] = {}
    for row in rows:
        if row.level == Clause.Level.ARTICLE:
            articles[row.pk] = row
            article_of[row.pk] = row.pk
        elif row.level == Clause.Level.REQUIREMENT:
            above = row.parent_id if row.parent_id in articles else row.pk
            if above == row.pk:
                articles[row.pk] = row
            article_of[row.pk] = above or row.pk
    known = snapshot.readiness.get("clauses", {}) if snapshot else {}
    states = {int(key): State(state) for key, state in known.items()}
    found = Ground(user, campaign, snapshot, articles, article_of, states)
    _read_duties(found)
    return found


def _read_duties(found: Ground) -> None:
    rows = Assignment.objects.visible_to(found.user).filter(campaign=found.campaign)
    for row in rows.select_related("lead", "sponsor", "clause").order_by("clause__ordinal"):
        article = found.article_of.get(row.clause_id)
        if article is not None:
            found.duties.setdefault(article, row)
    if not reach(found.user, "campaigns.view").everything:
        found.articles = {key: row for key, row in found.articles.items() if key in found.duties}


def tasks_by_article(found: Ground, rows: QuerySet[Task]) -> dict[int, list[Task]]:
    """Tasks of the campaign under their articles. One query."""
    by_article: dict[int, list[Task]] = defaultdict(list)
    rows = rows.filter(campaign=found.campaign, clause__in=list(found.article_of))
    for row in rows.select_related("unit", "sponsor").order_by("due_on", "id"):
        by_article[found.article_of[row.clause_id or 0]].append(row)
    return by_article


def projects_by_article(found: Ground) -> dict[int, list[Project]]:
    """Projects that are more than an idea and not given up, under their articles. One query.

    Titles of projects are for everybody; what a project costs is not.
    """
    links = Project.clauses.through.objects.filter(clause__in=list(found.article_of))
    links = links.exclude(project__status__in=[Project.Status.IDEA, Project.Status.CANCELLED])
    by_article: dict[int, dict[int, Project]] = defaultdict(dict)
    rows = links.select_related("project__unit", "project__sponsor").order_by("project")
    for link in rows:
        by_article[found.article_of[link.clause_id]][link.project_id] = link.project
    return {article: list(projects.values()) for article, projects in by_article.items()}
