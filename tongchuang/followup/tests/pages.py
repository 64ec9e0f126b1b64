"""Who may open which list that follows from the states, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
HQ = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}


def _clause(world: World) -> str:
    return str(world.one("priorities.Difficulty").clause.code)


def _measure(world: World) -> str:
    return str(world.one("priorities.Target").measure.code)


def _list(name: str, path: str, queries: int) -> list[PageRow]:
    """A list and its export."""
    return [
        PageRow(
            f"followup:{name}_list",
            "assessment.view",
            lambda w: f"/followup/{path}/?campaign=NSC",
            ALL,
            queries=queries,
        ),
        PageRow(
            f"followup:{name}_export",
            "assessment.view",
            lambda w: f"/followup/{path}/export/?campaign=NSC",
            ALL,
            queries=queries,
            html=False,
        ),
    ]


PAGES = [
    *_list("weak", "weak", 21),
    *_list("gap", "gaps", 24),
    *_list("strength", "strengths", 20),
    *_list("key", "keys", 20),
    *_list("item", "items", 23),
    PageRow(
        "followup:reason_new",
        "priorities.explain",
        lambda w: f"/followup/weak/{_clause(w)}/reason/?campaign=NSC",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 200},
        queries=12,
    ),
    PageRow(
        "followup:reason_move",
        "assessment.view",
        lambda w: f"/followup/reasons/{w.pk('priorities.Deferral', status='submitted')}/approve/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
    PageRow(
        "followup:target_set",
        "priorities.decide",
        lambda w: f"/followup/targets/{_measure(w)}/?campaign=NSC",
        HQ,
        queries=13,
    ),
    PageRow(
        "followup:key_edit",
        "priorities.decide",
        lambda w: f"/followup/keys/{_clause(w)}/?campaign=NSC",
        HQ,
        queries=15,
    ),
    PageRow(
        "followup:key_end",
        "priorities.decide",
        lambda w: f"/followup/keys/{_clause(w)}/end/?campaign=NSC",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
]
