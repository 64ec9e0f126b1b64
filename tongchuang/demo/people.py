"""Invented people: who holds which post and role, and the ten by whom a visitor may enter."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from tongchuang.accounts.models import Absence, Membership, Post, Unit, User
from tongchuang.accounts.queries import DemoPerson, one_person_of_each_role
from tongchuang.accounts.services import robot
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City, local
from tongchuang.demo.stream import Stream
from tongchuang.demo.words import GIVEN_FIRST, GIVEN_LAST, SURNAMES

UNUSABLE: Final = "!demo"
IN_OFFICE: Final = date(2013, 1, 5)


DEMO_PEOPLE: Final = (
    DemoPerson(_("副指挥长"), "周副市长", _("看关口、定卡住的事"), "gauge", _("后台"), "zhou"),
    DemoPerson(_("派单员"), "综合协调 王海燕", _("派发新案件"), "out", _("后台"), "wanghaiyan"),
    DemoPerson(_("单位联络员"), "城南街道 刘文", _("签收和回复"), "inbox", _("后台"), "liuwen"),
    DemoPerson(_("资料终审"), "资料组 何静", _("审资料、定口径"), "box", _("后台"), "hejing"),
    DemoPerson(_("督查考核"), "督查二组 陈立", _("到场核查、销号"), "check", _("后台"), "chenli"),
    DemoPerson(
        _("办公室主任"), "指挥部办公室 方远", _("通报、异议与裁定"), "news", _("后台"), "fangyuan"
    ),
    DemoPerson(_("只读审计"), "纪检监察 沈正", _("全部记录，只读"), "lock", _("后台"), "jiwei"),
    DemoPerson(
        _("系统管理员"), "信息数据 管建新", _("单位、人员与授权"), "gear", _("后台"), "guan"
    ),
    DemoPerson(_("督查员"), "南线 李明", _("今日 7 处"), "walk", _("现场"), "liming"),
    DemoPerson(
        _("网格员"), "津南村 网格 07 赵小军", _("手机上办理"), "phone", _("现场"), "wangge07"
    ),
    DemoPerson(_("市民"), _("不用登录"), _("随手报与查询"), "chat", _("公众与协作"), url="/p/"),
    DemoPerson(
        _("项目业主"), "城投公司 孙华", _("任务与案件"), "project", _("公众与协作"), "sunhua"
    ),
)


def sign_in_people() -> list[DemoPerson]:
    """The cards of the sign-in page; in a city without these people, one of each role."""
    known = set(User.objects.values_list("username", flat=True))
    cards = [card for card in DEMO_PEOPLE if card.url or card.username in known]
    return [_translated(card) for card in cards] if len(cards) > 1 else one_person_of_each_role()


def _translated(card: DemoPerson) -> DemoPerson:
    """A card in the visitor's language; the names of people stay as they are."""
    words = {key: gettext(getattr(card, key)) for key in ("role", "name", "note", "group")}
    return replace(card, **words)


# Named people of the story: username, name, unit, title, and roles as (role, unit).
_CITY = "349900"
_NAMED: Final = (
    ("shuji", "市委书记", _CITY, "政委", (("commander", _CITY),)),
    ("shizhang", "市长", _CITY, "指挥长", (("commander", _CITY),)),
    (
        "zhou",
        "周副市长",
        _CITY,
        "副指挥长（专职）",
        (("deputy_commander", _CITY), ("sponsor_leader", _CITY)),
    ),
    (
        "changwu",
        "郑副市长",
        _CITY,
        "常务副市长",
        (("deputy_commander", _CITY), ("sponsor_leader", _CITY)),
    ),
    ("xuanchuan", "宣传部孟部长", _CITY, "副指挥长", (("sponsor_leader", _CITY),)),
    ("fangyuan", "方远", "HQO", "指挥部办公室主任", (("hq_director", _CITY),)),
    ("wanghaiyan", "王海燕", "HQO-1", "派单员", (("hq_dispatcher", _CITY),)),
    ("luping", "陆平", "HQO-2", "派单员", (("hq_dispatcher", _CITY),)),
    ("qiulan", "邱兰", "HQO-2", "派单员", (("hq_dispatcher", _CITY),)),
    ("gaojun", "高军", "HQO-3", "督查考核科长", (("hq_supervisor", _CITY),)),
    ("hejing", "何静", "HQO-4", "资料终审", (("final_reviewer", _CITY),)),
    ("tanxue", "谭雪", "HQO-4", "资料审核", (("final_reviewer", _CITY),)),
    ("guan", "管建新", "HQO-7", "系统管理员", (("admin", _CITY),)),
    ("chengang", "陈刚", "S1", "督查一组组长", (("inspector", _CITY),)),
    ("wuyong", "吴勇", "S1", "北线督查员", (("inspector", _CITY),)),
    ("xumei", "徐梅", "S1", "督查员", (("inspector", _CITY),)),
    ("chenli", "陈立", "S2", "督查二组组长", (("inspector", _CITY), ("hq_supervisor", _CITY))),
    ("liming", "李明", "S2", "南线督查员", (("inspector", _CITY),)),
    ("dingli", "丁丽", "S2", "督查员", (("inspector", _CITY),)),
    ("songtao", "宋涛", "S3", "督查三组组长", (("inspector", _CITY),)),
    ("tianfang", "田芳", "S3", "西线督查员", (("inspector", _CITY),)),
    ("renjie", "任杰", "S3", "东线督查员", (("inspector", _CITY),)),
    ("ducha", "侯督查", "U02", "市委督查室", (("party_supervision", _CITY),)),
    ("duban", "邵督办", "U02", "市政府督办室", (("gov_supervision", _CITY),)),
    ("mubiao", "万目标", "U02", "目标办", (("target_office", _CITY),)),
    ("jiwei", "沈正", "U06", "监督室", (("auditor", _CITY),)),
    ("rexian", "夏晴", "U32", "12345 坐席", (("hotline_agent", _CITY),)),
    ("cepin", "第三方测评员", "HQO-3", "测评公司", (("third_party", _CITY),)),
    ("zhuanjia", "专家甲", "HQO-1", "省专家库", (("expert", _CITY),)),
    ("liuwen", "刘文", "T03", "城南街道联络员", ()),
    ("sunhua", "孙华", "U40", "城投公司联络员", ()),
    ("zhangqiang", "张强", "T0303", "津南村卫生委员", (("community_clerk", "T0303"),)),
    ("wangge07", "赵小军", "T030307", "网格员", (("grid_worker", "T0303"),)),
)
_LIAISONS: Final = {"T03": "liuwen", "U40": "sunhua"}
_POSTS: Final = (
    (Post.Kind.HEAD, "主要负责人", "unit_head", "town_head"),
    (Post.Kind.DEPUTY, "分管负责人", "unit_deputy", "unit_deputy"),
    (Post.Kind.LIAISON, "联络员", "unit_clerk", "town_clerk"),
    (Post.Kind.ARCHIVIST, "资料员", "unit_archivist", "unit_archivist"),
)
_GROUP_LEADS: Final = tuple(
    f"U{n:02d}" for n in (1, 3, 2, 10, 12, 20, 17, 21, 21, 19, 20, 22, 11, 18, 14)
)
_WITH_GRID_WORKER: Final = 24


def settle(city: City) -> None:
    """Insert all people, the posts they hold and the roles they were given."""
    chance = city.stream("people")
    names = _names(chance)
    city.people = {name: _person(city, *row) for name, *row in ((n[0], *n[:4]) for n in _NAMED)}
    posts = list(_unit_posts(city, names))
    extra = [*_community_people(city, names), *_grid_people(city, names)]
    city.people |= {user.username: user for user, _role, _unit in extra}
    loading.insert(list(city.people.values()))
    loading.insert(_bound(posts))
    grants = [*_named_grants(city), *_post_grants(city), *_lead_grants(city)]
    grants += [
        Membership(user_id=user.pk, role=role, unit=unit, from_on=IN_OFFICE)
        for user, role, unit in extra
    ]
    loading.insert(grants)
    _absent(city)
    city.people["robot"] = robot()
    city.counts["people"] = len(city.people)
    city.entries.append(_founded(city))


def _person(city: City, username: str, name: str, unit: str, title: str) -> User:
    return User(
        username=username,
        name=name,
        unit=city.units[unit],
        title=title,
        password=UNUSABLE,
        is_active=True,
    )


def _names(chance: Stream) -> Iterator[str]:
    """Names without end, none twice, none of the story's people."""
    used = {row[1] for row in _NAMED}
    while True:
        middle = chance.choice(GIVEN_FIRST) if chance.random() < 0.75 else ""
        name = chance.choice(SURNAMES) + middle + chance.choice(GIVEN_LAST)
        if name not in used:
            used.add(name)
            yield name


def _unit_posts(city: City, names: Iterator[str]) -> Iterator[Post]:
    """The four posts of every unit that must have them."""
    for unit in city.units.values():
        if unit.kind not in Unit.WITH_POSTS:
            continue
        for kind, title, _role, _town_role in _POSTS:
            username = f"{unit.code.lower()}-{kind}"
            if kind == Post.Kind.LIAISON and unit.code in _LIAISONS:
                holder = city.people[_LIAISONS[unit.code]]
            else:
                holder = _person(city, username, next(names), unit.code, f"{unit.label}{title}")
                city.people[username] = holder
            city.posts[unit.code, kind] = holder
            yield Post(unit=unit, kind=kind, holder=holder, from_on=IN_OFFICE)


def _bound(posts: Iterable[Post]) -> list[Post]:
    """Posts whose holders have got their keys by now."""
    found = list(posts)
    for post in found:
        post.holder_id = post.holder.pk
    return found


def _post_grants(city: City) -> Iterator[Membership]:
    """The role that goes with each post."""
    roles = {kind: (role, town_role) for kind, _title, role, town_role in _POSTS}
    for (code, kind), holder in city.posts.items():
        role, town_role = roles[Post.Kind(kind)]
        unit = city.units[code]
        chosen = town_role if unit.comparison_group == "town" else role
        yield Membership(user_id=holder.pk, role=chosen, unit=unit, from_on=IN_OFFICE)


def _named_grants(city: City) -> Iterator[Membership]:
    for username, _name, _unit, _title, roles in _NAMED:
        for role, code in roles:
            yield Membership(
                user_id=city.people[username].pk,
                role=role,
                unit=city.units[code],
                from_on=IN_OFFICE,
            )


def _lead_grants(city: City) -> Iterator[Membership]:
    """Leads and clerks of the fifteen groups, and the trade reviewers."""
    for n, code in enumerate(_GROUP_LEADS, 1):
        group = city.units[f"G{n:02d}"]
        for kind, role in ((Post.Kind.DEPUTY, "group_lead"), (Post.Kind.LIAISON, "group_clerk")):
            holder = city.posts[code, kind]
            yield Membership(user_id=holder.pk, role=role, unit=group, from_on=IN_OFFICE)
    for code in ("U11", "U19", "U21", "U14"):
        holder = city.posts[code, Post.Kind.DEPUTY]
        yield Membership(
            user_id=holder.pk, role="trade_regulator", unit=city.units[code], from_on=IN_OFFICE
        )


def _community_people(city: City, names: Iterator[str]) -> Iterator[tuple[User, str, Unit]]:
    """One clerk for each community and village."""
    for unit in city.units.values():
        if unit.kind in {Unit.Kind.COMMUNITY, Unit.Kind.VILLAGE} and unit.code != "T0303":
            user = _person(city, unit.code.lower(), next(names), unit.code, "卫生委员")
            yield user, "community_clerk", unit


def _grid_people(city: City, names: Iterator[str]) -> Iterator[tuple[User, str, Unit]]:
    """Grid workers of the streets; each answers for the community of their grid."""
    grids = [unit for unit in city.units.values() if unit.kind == Unit.Kind.GRID]
    for unit in grids[::6][:_WITH_GRID_WORKER]:
        if unit.code != "T030307":
            user = _person(city, unit.code.lower(), next(names), unit.code, "网格员")
            yield user, "grid_worker", unit


def _absent(city: City) -> None:
    """The liaison of the health commission is away, and a deputy stands in."""
    away, deputy = city.posts["U11", Post.Kind.LIAISON], city.posts["U11", Post.Kind.ARCHIVIST]
    Absence.objects.create(
        person=away, deputy=deputy, from_on=date(2016, 3, 1), to_on=date(2016, 3, 14), reason="培训"
    )


def _founded(city: City) -> Entry:
    """The first event of the chain: the city was registered."""
    at = local(date(2013, 1, 5), 9)
    return Entry(
        city.units["349900"],
        "create",
        city.people["guan"],
        reason="建立示例市组织架构",
        after={"units": len(city.units), "people": len(city.people)},
        at=min(at, NOW),
    )
