"""The closed loop: a problem, whose it is, what was done, how long it took."""

from tongchuang.cases.models.case import FLOW, Case, CaseHelper, CaseQuerySet
from tongchuang.cases.models.ownership import OwnershipSession
from tongchuang.cases.models.slip import Slip
from tongchuang.cases.models.trail import Extension, Leg, Pause, Photo, Source

__all__ = [
    "FLOW",
    "Case",
    "CaseHelper",
    "CaseQuerySet",
    "Extension",
    "Leg",
    "OwnershipSession",
    "Pause",
    "Photo",
    "Slip",
    "Source",
]
