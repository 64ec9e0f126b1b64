"""The vocabulary of official documents: what a document says, without how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1–4; the numbering (一、 （一） 1. （1）) is part of `text`."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body, indented by two characters unless `indent` is off."""

    text: str
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose head repeats on every page; `widths` are shares of the line."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment on its own page; `landscape` for wide tables."""

    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """One document in the ordinary form. Texts are final; nothing is looked up here.

    The place of the seal stays blank: the program never draws a seal. `copy_to` and `printed_by`
    make the imprint; without them there is none. `people`, lists of (label, names), makes it
    minutes (§10.3): issuer and day stand above the red rule, there is no seal and no signature.
    """

    issuer_mark: str
    number: str
    title: str
    blocks: Sequence[Block]
    signer: str
    dated: date
    addressee: str = ""
    attachments: Sequence[Attachment] = ()
    copy_to: Sequence[str] = ()
    printed_by: str = ""
    printed_on: date | None = None
    with_seal: bool = True
    contact: str = ""
    people: Sequence[tuple[str, str]] = ()
