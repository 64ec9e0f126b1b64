"""Streams of chance: one per part, so that a part stays as it was when another changes."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing")
Stream = random.Random


def stream(seed: int, *parts: object) -> Stream:
    """The stream of one part of the city: the same for the same seed and part."""
    words = "/".join(str(part) for part in (seed, *parts))
    return random.Random(words)  # noqa: S311 -- a story to tell, not a secret to keep


def weighted(chance: Stream, weights: Mapping[Thing, float]) -> Thing:
    """One of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def several(chance: Stream, things: Sequence[Thing], count: int) -> list[Thing]:
    """Up to `count` different things, in the order they stand in."""
    places = sorted(chance.sample(range(len(things)), min(count, len(things))))
    return [things[place] for place in places]
