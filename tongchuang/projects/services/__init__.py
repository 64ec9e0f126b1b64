"""Every change to projects: records, moves, the December round."""

from tongchuang.projects.services.moves import (
    MOVES,
    NotReady,
    accept_project,
    approve_project,
    begin_project,
    cancel_project,
    complete_project,
    fund_project,
    match_project,
    pause_project,
    pool_project,
    prepare_project,
    put_project_in_use,
    resume_project,
    send_back_project,
)
from tongchuang.projects.services.records import (
    add_photo,
    change_project,
    create_project,
    finish_node,
    save_funding,
    set_node,
)
from tongchuang.projects.services.rounds import close_round, open_round

__all__ = [
    "MOVES",
    "NotReady",
    "accept_project",
    "add_photo",
    "approve_project",
    "begin_project",
    "cancel_project",
    "change_project",
    "close_round",
    "complete_project",
    "create_project",
    "finish_node",
    "fund_project",
    "match_project",
    "open_round",
    "pause_project",
    "pool_project",
    "prepare_project",
    "put_project_in_use",
    "resume_project",
    "save_funding",
    "send_back_project",
    "set_node",
]
