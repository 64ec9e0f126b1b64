"""A clause then and now: better, worse or as it was. Pure functions over states."""

from enum import StrEnum

from tongchuang.assessment.rules import ORDER, State


class Change(StrEnum):
    """What became of a clause between two days."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    ASSESSED = "assessed"  # nobody knew then
    UNKNOWN = "unknown"  # nobody knows now


def change(then: str, now: str) -> Change:
    """Compare two states; not assessed is neither good nor bad."""
    known_then, known_now = then in ORDER, now in ORDER
    if not known_now:
        return Change.UNKNOWN if known_then else Change.SAME
    if not known_then:
        return Change.ASSESSED
    before, after = ORDER.index(State(then)), ORDER.index(State(now))
    if before == after:
        return Change.SAME
    return Change.BETTER if after < before else Change.WORSE
