"""Arithmetic of dossiers without Django: which asked papers are there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

YEARS_THAT_COUNT = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One asked paper of a clause: accepted, handed in and not yet accepted, or missing."""

    text: str
    accepted: int
    waiting: int

    @property
    def state(self) -> str:
        """One of accepted, waiting, missing."""
        return "accepted" if self.accepted else "waiting" if self.waiting else "missing"


def first_year(year: int) -> int:
    """The earliest year whose papers still count in `year`."""
    return year - YEARS_THAT_COUNT + 1


def asked_papers(
    asked: Iterable[str], accepted: Mapping[str, int], waiting: Mapping[str, int]
) -> list[Asked]:
    """Every asked paper once, in its order, with how many were accepted and handed in."""
    return [
        Asked(text, accepted.get(text, 0), waiting.get(text, 0)) for text in dict.fromkeys(asked)
    ]
