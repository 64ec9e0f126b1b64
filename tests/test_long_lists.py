"""A list costs the same number of queries with one row and with sixty.

Each row of a long list has its own unit, person or class where it can, so that a look-up per
row shows. `LISTS` names every page that is a list; another test sees that none is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages import all_pages
from tongchuang.accounts.models import Post, SignInSession, Unit, User
from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_post, make_unit, make_user
from tongchuang.assessment.models import Cell
from tongchuang.assessment.tests.make import make_figure, make_open_case, make_scene, snapshot
from tongchuang.campaigns.models import (
    Assignment,
    BreakdownDraft,
    ChangeNote,
    Obstacle,
    Opinion,
    Relation,
    TaskLink,
)
from tongchuang.campaigns.tests.make import (
    make_campaign,
    make_gate,
    make_plan,
    make_task,
    make_title,
)
from tongchuang.cases.models import Case, OwnershipSession, Photo, Slip
from tongchuang.cases.tests.make import Town, dispatched, make_class, make_site, make_town
from tongchuang.changeover.tests.make import make_changeover, make_entry
from tongchuang.core import audit, clock, outbox
from tongchuang.core.models import StoredFile
from tongchuang.dossiers.tests.make import make_paper, make_shelf
from tongchuang.inspections.models import Round, Visit
from tongchuang.inspections.services import draw_round
from tongchuang.inspections.tests.make import make_beat, planned
from tongchuang.meetings.tests.make import (
    make_body,
    make_hall,
    make_held,
    make_item,
    make_matter,
    make_meeting,
    make_policy,
    make_ruled,
)
from tongchuang.places.models import LeadRule
from tongchuang.priorities.tests.make import make_highlight
from tongchuang.priorities.tests.make import make_scene as make_priorities
from tongchuang.projects.tests.make import make_funding, make_project, make_yard
from tongchuang.projects.tests.make import make_round as make_matching_round
from tongchuang.public.models import Report
from tongchuang.public.services import new_code
from tongchuang.standards.models import Draft
from tongchuang.standards.tests.make import (
    make_article,
    make_chapter,
    make_clause,
    make_framework,
    make_mapping,
    make_measure,
    make_site_type,
)
from tongchuang.supervision.models import Bulletin

pytestmark = pytest.mark.django_db
MANY = 60


@dataclass(frozen=True, slots=True)
class LongList:
    """Who opens which address, and what adds row number `n` to it."""

    user: User
    address: str
    add: Callable[[int], object]


def _stored(number: int) -> StoredFile:
    return StoredFile.objects.create(
        name=f"{number}.jpg",
        sha256=f"{number:064}",
        size=1,
        content_type="image/jpeg",
        stored_at=clock.now(),
    )


# accounts
def unit_list() -> LongList:
    town = make_town().city
    return LongList(town.admin, "/accounts/units/", lambda _n: make_unit(parent=town.root))


def posts_missing() -> LongList:
    city = make_town().city
    page = "/accounts/units/posts-missing/"
    return LongList(city.admin, page, lambda _n: make_unit(parent=city.bureau))


def person_list() -> LongList:
    city = make_town().city

    def add(_n: int) -> None:
        unit = make_unit(parent=city.root)
        make_post(unit=unit, kind=Post.Kind.HEAD, holder=make_user(role="unit_head", unit=unit))

    return LongList(city.admin, "/accounts/people/", add)


def audit_log() -> LongList:
    city = make_town().city
    auditor = make_user(role="auditor", unit=city.root)

    def add(_n: int) -> None:
        person = make_user(unit=make_unit(parent=city.root))
        audit.record(subject=make_unit(parent=city.root), action="change", by=person)

    return LongList(auditor, "/accounts/audit/", add)


def sessions() -> LongList:
    person = make_town().city.bureau_clerk

    def add(n: int) -> None:
        at = clock.now() - timedelta(minutes=n)
        ended = at if n % 2 else None
        SignInSession.objects.create(
            user=person, session_key=f"key{n}", started_at=at, ended_at=ended
        )

    return LongList(person, "/accounts/me/sessions/", add)


# standards
def framework_list() -> LongList:
    return LongList(_reader(), "/standards/", lambda _n: make_framework())


def unsure_list() -> LongList:
    framework = make_framework()
    chapter = make_chapter(framework)
    page = f"/standards/frameworks/{framework.code}/unsure/"
    return LongList(
        _reader(),
        page,
        lambda _n: make_measure(make_clause(make_article(chapter)), unsure=True),
    )


def draft_list() -> LongList:
    city = make_town().city

    def add(n: int) -> None:
        Draft.objects.create(
            code=f"own{n}",
            title=f"本市标准{n}",
            edition="1",
            content={},
            content_sha256="0" * 64,
            file_name="本市标准.xlsx",
            made_by=make_user(unit=make_unit(parent=city.root)),
            made_at=clock.now(),
        )

    return LongList(city.director, "/standards/drafts/", add)


def site_type_list() -> LongList:
    return LongList(_reader(), "/standards/site-types/", lambda _n: make_site_type())


def problem_class_list() -> LongList:
    page = "/standards/problem-classes/"
    return LongList(_reader(), page, lambda n: make_class(group=f"大类{n}", title=f"问题{n}"))


def pairs(page: str = "") -> Callable[[], LongList]:
    """A page of the crosswalk: every pair is of clauses of its own, between two standards."""

    def made() -> LongList:
        here, there = make_article(), make_article()

        def add(_n: int) -> None:
            said = {"tension": "拖累", "source_window": 36, "target_window": 12}
            make_mapping(make_clause(here), make_clause(there), **said)

        return LongList(_reader(), f"/standards/crosswalk/{page}", add)

    return made


def alone_list() -> LongList:
    article = make_article()
    page = f"/standards/crosswalk/alone/?framework={article.framework.code}"
    return LongList(_reader(), page, lambda _n: make_clause(article))


def suggestion_list() -> LongList:
    here, there = make_article(), make_article()

    def add(n: int) -> None:
        make_measure(make_clause(here, title=f"道路清扫{n}"))
        make_measure(make_clause(there, title=f"道路清扫{n}"))

    ends = f"framework={here.framework.code}&other={there.framework.code}"
    return LongList(_reader(), f"/standards/crosswalk/suggestions/?{ends}", add)


def _reader() -> User:
    return make_town().city.director


# places
def site_list() -> LongList:
    city = make_town().city

    def add(_n: int) -> None:
        make_site(make_unit(parent=city.street), site_type=make_site_type())

    return LongList(city.director, "/places/sites/", add)


def rule_list() -> LongList:
    return LongList(_reader(), "/places/rules/", lambda _n: make_site_type())


def lead_rule_list() -> LongList:
    city = make_town().city

    def add(n: int) -> None:
        unit = make_unit(parent=city.root)
        LeadRule.objects.create(
            kind="agreement",
            party="unit",
            unit=unit,
            territory=make_unit(parent=city.street, kind=Unit.Kind.COMMUNITY),
            problem_class=make_class(),
            source=f"协议{n}",
            from_on=date(2016, 1, 4),
        )

    return LongList(city.director, "/places/leads/?ended=1", add)


# campaigns
def campaign_list() -> LongList:
    city = make_town().city

    def add(_n: int) -> None:
        make_gate(make_campaign(city=city.root), due_on=date(2016, 12, 1))

    return LongList(city.director, "/campaigns/", add)


def assignment_list() -> LongList:
    scene = make_scene()
    return LongList(
        scene.city.director,
        "/campaigns/assignments/?campaign=NSC",
        lambda _n: Assignment.objects.create(
            campaign=scene.campaign,
            clause=make_article(scene.article.parent),
            lead=make_unit(parent=scene.city.root),
        ),
    )


def duty_list() -> LongList:
    scene = make_scene()
    page = f"/campaigns/NSC/duties/{scene.city.bureau.code}/"

    def add(_n: int) -> None:
        clause = make_article(scene.article.parent)
        Assignment.objects.create(campaign=scene.campaign, clause=clause, lead=scene.city.bureau)

    return LongList(scene.city.director, page, add)


def plan_list() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        make_plan(campaign=scene.campaign, unit=make_unit(parent=scene.city.root))

    return LongList(scene.city.director, "/campaigns/plans/", add)


def task_list() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        make_task(campaign=scene.campaign, unit=make_unit(parent=scene.city.root))

    return LongList(scene.city.director, "/campaigns/tasks/", add)


# projects
def project_list() -> LongList:
    yard = make_yard()

    def add(_n: int) -> None:
        unit = make_unit(parent=yard.city.root)
        make_funding(make_project(yard, unit=unit, area=unit, status="pooled"))

    return LongList(yard.city.director, "/projects/", add)


def project_clause_list() -> LongList:
    scene = project_list()
    return LongList(scene.user, "/projects/clauses/", scene.add)


def matching_round_list() -> LongList:
    yard = make_yard()

    def add(n: int) -> None:
        make_project(yard, unit=make_unit(parent=yard.city.root))
        make_project(yard, round=make_matching_round(yard, year=2000 + n), status="matched")

    return LongList(yard.city.director, "/projects/matching/", add)


# meetings
def meeting_list() -> LongList:
    hall = make_hall()

    def add(n: int) -> None:
        make_item(make_meeting(hall, held_on=date(2016, 1, 4) + timedelta(days=n)))

    return LongList(hall.city.director, "/meetings/", add)


def ruling_list() -> LongList:
    hall = make_hall()
    meeting = make_held(hall)

    def add(_n: int) -> None:
        unit = make_unit(parent=hall.city.root)
        make_ruled(meeting, hall, unit=unit).helpers.add(hall.city.street)

    return LongList(hall.city.director, "/meetings/rulings/", add)


def matter_list() -> LongList:
    hall = make_hall()
    meeting = make_held(hall)

    def add(_n: int) -> None:
        matter = make_matter(hall, unit=make_unit(parent=hall.city.root))
        make_ruled(meeting, hall, matter=matter, item=make_item(meeting, matter=matter))

    return LongList(hall.city.director, "/meetings/matters/", add)


def policy_list() -> LongList:
    hall = make_hall()

    def add(_n: int) -> None:
        make_policy(hall, issuer=make_unit(parent=hall.city.root))

    return LongList(hall.city.director, "/meetings/policies/", add)


def body_list() -> LongList:
    hall = make_hall()

    def add(_n: int) -> None:
        make_body(hall, unit=make_unit(parent=hall.city.root))

    return LongList(hall.city.director, "/meetings/bodies/", add)


def meeting_types() -> LongList:
    hall = make_hall()

    def add(n: int) -> None:
        hall.weekly.pk, hall.weekly.title = None, f"会{n}"
        hall.weekly.save()
        hall.weekly.units.add(hall.city.bureau)

    return LongList(hall.city.director, "/meetings/types/", add)


# cases
def case_list() -> LongList:
    town = make_town()

    def add(_n: int) -> None:
        unit = make_unit(parent=town.city.root)
        place = make_site(make_unit(parent=town.city.street))
        dispatched(town, to=unit, site=place, problem_class=make_class())

    return LongList(town.city.director, "/cases/", add)


def ownership_list() -> LongList:
    town = make_town()

    def add(_n: int) -> None:
        case = dispatched(town, to=make_unit(parent=town.city.root), problem_class=make_class())
        OwnershipSession.objects.create(
            case=case, opened_at=clock.now(), due_at=clock.now(), interim=town.city.street
        )

    return LongList(town.city.director, "/cases/ownership/", add)


# inspections
def round_list() -> LongList:
    beat = make_beat()

    def add(n: int) -> None:
        planned(beat, title=f"第{n}轮", campaign=make_campaign(city=beat.town.city.root))

    return LongList(beat.inspector, "/inspections/", add)


def my_visits() -> LongList:
    beat = make_beat()

    def add(_n: int) -> None:
        make_site(make_unit(parent=beat.town.city.street), site_type=beat.town.site.site_type)
        Round.objects.update(status=Round.Status.CLOSED)
        draw_round(planned(beat), inspectors=[beat.inspector], by=beat.town.city.supervisor)

    return LongList(beat.inspector, "/inspections/mine/", add)


def place_visits() -> LongList:
    beat = make_beat()
    city = beat.town.city

    def add(n: int) -> None:
        at = clock.now() - timedelta(days=n)
        Visit.objects.create(
            city=city.root,
            campaign=beat.campaign,
            site=beat.town.site,
            inspector=make_user(role="inspector", unit=make_unit(parent=city.root)),
            status=Visit.Status.FINISHED,
            started_at=at,
            finished_at=at,
        )

    return LongList(city.director, f"/inspections/places/{beat.town.site.code}/", add)


# dossiers
def paper_list() -> LongList:
    shelf = make_shelf()

    def add(_n: int) -> None:
        unit = make_unit(parent=shelf.city.root)
        by = make_user(role="unit_clerk", unit=unit)
        make_paper(shelf, unit=unit, by=by, clauses=[make_article(shelf.article.parent)])

    return LongList(shelf.reviewer, "/dossiers/papers/", add)


# assessment
def figure_list() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        measure = make_measure(make_clause(make_article(scene.article.parent)))
        make_figure(replace(scene, measure=measure), "60")

    return LongList(scene.city.director, "/assessment/figures/?campaign=NSC", add)


def heat() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        article, lead = make_article(scene.article.parent), make_unit(parent=scene.city.root)
        Assignment.objects.create(campaign=scene.campaign, clause=article, lead=lead)
        make_open_case(replace(scene, article=article), lead=lead)
        snapshot(scene)

    return LongList(scene.city.director, "/assessment/?campaign=NSC", add)


# supervision
def bulletin_list() -> LongList:
    scene = make_scene()

    def add(n: int) -> None:
        month = f"{2000 + n // 12}-{n % 12 + 1:02}"
        Bulletin.objects.create(
            campaign=scene.campaign, month=month, frozen_at=clock.now(), rules_version="x"
        )

    return LongList(scene.city.director, "/supervision/", add)


def slip_list() -> LongList:
    town = make_town()

    def add(_n: int) -> None:
        case = dispatched(town, to=make_unit(parent=town.city.root))
        assert case.lead
        Slip.objects.create(
            case=case,
            unit=case.lead,
            step=Slip.Step.BLUE,
            stage="fix",
            due_at=clock.now(),
            issued_at=clock.now(),
            by=robot(),
        )

    return LongList(town.city.director, "/supervision/slips/", add)


# public
def report_list() -> LongList:
    town = make_town()

    def add(_n: int) -> None:
        Report.objects.create(
            tracking_code=new_code(),
            city=town.city.root,
            title="垃圾",
            at=clock.now(),
            case=dispatched(town),
            answering_unit=make_unit(parent=town.city.root),
        )

    return LongList(town.city.director, "/p/reports/", add)


def results() -> LongList:
    town = make_town()

    def add(n: int) -> None:
        case = dispatched(town, to=make_unit(parent=town.city.root))
        _closed_with_public_photos(town, case, number=2 * n)

    return LongList(town.city.director, "/p/results/", add)


def _closed_with_public_photos(town: Town, case: Case, *, number: int) -> None:
    at = clock.now() + timedelta(seconds=number)
    Case.objects.filter(pk=case.pk).update(
        status=Case.Status.CLOSED, closed_at=at, replied_at=at, accepted_at=at
    )
    for plus, moment in enumerate((Photo.Moment.BEFORE, Photo.Moment.AFTER)):
        Photo.objects.create(
            case=case, file=_stored(number + plus), moment=moment, public=True, added_at=at
        )


# campaigns, further lists
def title_list() -> LongList:
    city = make_town().city

    def add(_n: int) -> None:
        make_title(make_unit(parent=city.root, kind=Unit.Kind.TOWN))

    return LongList(city.director, "/campaigns/titles/", add)


def task_slips() -> LongList:
    """Every late task is followed by one of another unit that it pushes."""
    city = make_town().city
    campaign = make_campaign(city=city.root)

    def add(_n: int) -> None:
        late, after = (
            make_task(
                campaign=campaign,
                unit=make_unit(parent=city.root),
                starts_on=date(2016, month, 1),
                due_on=date(2016, month, 28),
            )
            for month in (1, 3)
        )
        TaskLink.objects.create(before=late, after=after)

    return LongList(city.director, "/campaigns/tasks/gantt/slips/", add)


def breakdown_list() -> LongList:
    city = make_town().city
    campaign = make_campaign(city=city.root)

    def add(n: int) -> None:
        BreakdownDraft.objects.create(
            campaign=campaign,
            file=_stored(n),
            made_by=make_user(unit=make_unit(parent=city.root)),
            made_at=clock.now(),
        )

    return LongList(city.director, "/campaigns/breakdown/", add)


def change_list() -> LongList:
    scene = make_scene()

    def add(n: int) -> None:
        unit = make_unit(parent=scene.city.root)
        ChangeNote.objects.create(
            campaign=scene.campaign,
            task=make_task(campaign=scene.campaign, unit=unit),
            year=2016,
            serial=n + 1,
            reason="改期",
            by=make_user(unit=unit),
            at=clock.now(),
        )

    return LongList(scene.city.director, "/campaigns/changes/", add)


def opinion_list() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        unit = make_unit(parent=scene.city.root)
        Opinion.objects.create(
            campaign=scene.campaign,
            task=make_task(campaign=scene.campaign, unit=unit),
            unit=unit,
            relation=Relation.LEAD,
            asked_at=clock.now(),
            due_at=clock.now() + timedelta(days=3),
        )

    return LongList(scene.city.director, "/campaigns/consultation/", add)


def obstacle_list() -> LongList:
    scene = make_scene()

    def add(_n: int) -> None:
        unit = make_unit(parent=scene.city.root)
        Obstacle.objects.create(
            task=make_task(campaign=scene.campaign, unit=unit, status="blocked", cause="funds"),
            cause="funds",
            reason="资金未到",
            since=clock.now(),
            by=make_user(unit=unit),
        )

    return LongList(scene.city.director, "/campaigns/obstacles/", add)


# followup and priorities
def followed(page: str, state: str) -> Callable[[], LongList]:
    """A page of the four lists: every clause of its own, in one state at a unit of its own."""

    def made() -> LongList:
        scene = make_scene()
        kept = snapshot(scene)
        chapter = scene.article.parent
        assert chapter is not None

        def add(_n: int) -> None:
            article = make_article(chapter)
            make_measure(make_clause(article))
            unit = make_unit(parent=scene.city.root)
            Assignment.objects.create(campaign=scene.campaign, clause=article, lead=unit)
            Cell.objects.create(snapshot=kept, clause=article, unit=unit, state=state)
            kept.readiness["clauses"][str(article.pk)] = state
            kept.save(update_fields=["readiness"])
            if state == "hard":
                make_task(campaign=scene.campaign, clause=article, unit=unit, status="blocked")

        return LongList(scene.city.director, f"/followup/{page}/?campaign=NSC", add)

    return made


def highlight_list() -> LongList:
    scene = make_priorities()

    def add(_n: int) -> None:
        make_highlight(scene, unit=make_unit(parent=scene.city.root))

    return LongList(scene.city.director, "/priorities/highlights/", add)


# changeover
def changeover_list() -> LongList:
    city = make_town().city

    def add(_n: int) -> None:
        make_changeover(make_campaign(city=city.root))

    return LongList(city.director, "/changeovers/", add)


def changeover_entries() -> LongList:
    city = make_town().city
    found = make_changeover(make_campaign(city=city.root))

    def add(n: int) -> None:
        make_entry(found, n)

    return LongList(city.director, f"/changeovers/{found.pk}/records/", add)


# desk
def message_list() -> LongList:
    city = make_town().city

    def add(n: int) -> None:
        outbox.post(to=city.bureau, kind="case", subject=f"第{n}件", body="请签收", url="/cases/")

    return LongList(city.bureau_clerk, "/messages/", add)


LISTS: dict[str, Callable[[], LongList]] = {
    "accounts:unit_list": unit_list,
    "accounts:posts_missing": posts_missing,
    "accounts:person_list": person_list,
    "accounts:audit_log": audit_log,
    "accounts:sessions": sessions,
    "standards:framework_list": framework_list,
    "standards:unsure_list": unsure_list,
    "standards:draft_list": draft_list,
    "standards:site_type_list": site_type_list,
    "standards:problem_class_list": problem_class_list,
    "standards:mapping_list": pairs(),
    "standards:strictest_list": pairs("strictest/"),
    "standards:threshold_list": pairs("thresholds/"),
    "standards:window_list": pairs("windows/"),
    "standards:tension_list": pairs("tensions/"),
    "standards:alone_list": alone_list,
    "standards:suggestion_list": suggestion_list,
    "places:site_list": site_list,
    "places:lead_rule_list": lead_rule_list,
    "places:rule_list": rule_list,
    "projects:list": project_list,
    "projects:clause_list": project_clause_list,
    "projects:round_list": matching_round_list,
    "meetings:list": meeting_list,
    "meetings:ruling_list": ruling_list,
    "meetings:matter_list": matter_list,
    "meetings:policy_list": policy_list,
    "meetings:body_list": body_list,
    "meetings:type_list": meeting_types,
    "campaigns:list": campaign_list,
    "campaigns:assignment_list": assignment_list,
    "campaigns:duty_list": duty_list,
    "campaigns:plan_list": plan_list,
    "campaigns:task_list": task_list,
    "campaigns:title_list": title_list,
    "campaigns:slip_list": task_slips,
    "campaigns:breakdown_list": breakdown_list,
    "campaigns:change_list": change_list,
    "campaigns:opinion_list": opinion_list,
    "campaigns:obstacle_list": obstacle_list,
    "followup:weak_list": followed("weak", "weak"),
    "followup:gap_list": followed("gaps", "weak"),
    "followup:strength_list": followed("strengths", "strength"),
    "followup:key_list": followed("keys", "hard"),
    "followup:item_list": followed("items", "met"),
    "priorities:highlight_list": highlight_list,
    "cases:list": case_list,
    "cases:ownership_list": ownership_list,
    "inspections:round_list": round_list,
    "inspections:my_visits": my_visits,
    "inspections:place_visits": place_visits,
    "dossiers:paper_list": paper_list,
    "assessment:figure_list": figure_list,
    "assessment:heat": heat,
    "supervision:bulletin_list": bulletin_list,
    "supervision:slip_list": slip_list,
    "public:report_list": report_list,
    "public:results": results,
    "changeover:list": changeover_list,
    "changeover:entry_list": changeover_entries,
    "desk:message_list": message_list,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_sixty(name: str) -> None:
    robot()
    one = LISTS[name]()
    client = Client()
    client.force_login(one.user)
    one.add(0)
    few, short = _queries(client, one.address)
    for number in range(1, MANY):
        one.add(number)
    many, long = _queries(client, one.address)
    assert long > short, "the added rows do not show"
    assert len(many) == len(few), "\n".join(many)


def _queries(client: Client, address: str) -> tuple[list[str], int]:
    client.get(address)  # what is cached once per process is not counted
    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
    assert answer.status_code == 200
    return [query["sql"][:160] for query in found], len(answer.content)


def test_every_page_named_a_list_is_measured() -> None:
    named = {row.name for row in all_pages() if row.name.endswith(("_list", ":list"))}
    assert named - set(LISTS) == set()
