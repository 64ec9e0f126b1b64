"""Load files of standards: all or nothing, and nothing twice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.core import audit, clock
from tongchuang.standards.models import DataFile, Framework
from tongchuang.standards.rules.difference import Difference, differences, digest
from tongchuang.standards.rules.reading import Document
from tongchuang.standards.services.files import read_documents
from tongchuang.standards.services.writing import STEPS, Writer


class ChangedContent(Exception):
    """A file has the id of what is loaded and says something else; nothing changed.

    Either the edition is the same too, or campaigns stand on it (`campaigns`, their titles).
    """

    def __init__(
        self,
        file: str,
        code: str,
        edition: str,
        found: list[Difference],
        campaigns: Sequence[str] = (),
    ) -> None:
        self.file, self.code, self.edition, self.differences = file, code, edition, found
        self.campaigns = list(campaigns)
        named = {"file": file, "code": code, "edition": edition}
        if self.campaigns:
            named["campaigns"] = _("、").join(self.campaigns)
            head = _(
                "%(file)s：%(code)s（%(edition)s）正用于%(campaigns)s，版本不原地改动，未作改动。"
                "标准换了版本：请用新的 id 载入，对比两版后由人办理换版；"
                "只是某个数值待核实：在该指标页按文件更正，原值留存。不同之处："
            )
        else:
            head = _(
                "%(file)s：%(code)s（%(edition)s）已载入，内容不同，未作改动。"
                "内容有变时请换新的 edition。不同之处："
            )
        super().__init__("\n".join([head % named, *(str(row) for row in found)]))


class StillNeeded(Exception):
    """A new edition drops clauses on which records of the city stand; nothing changed."""

    def __init__(self, file: str, needed: list[str]) -> None:
        super().__init__(
            _("%(file)s：新版本去掉的条款还有记录在用，未作改动：%(needed)s")
            % {"file": file, "needed": "；".join(needed[:10])}
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """What happened to one file: "new", "updated" (a new edition) or "unchanged"."""

    file: str
    kind: str
    code: str
    result: str


def load_framework(path: Path, *, by: User) -> Loaded:
    """Load one framework (or other file of standards).

    Raises `BrokenFile` (line, path and reason of each fault) or `ChangedContent`.
    """
    return load_standards([path], by=by)[0]


def load_standards(
    paths: Iterable[Path], *, by: User, progress: Callable[[Loaded], None] | None = None
) -> list[Loaded]:
    """Load files in one transaction; running it again changes nothing.

    Raises `BrokenFile`, `ChangedContent` or `StillNeeded`; then nothing at all is loaded.
    """
    return load_documents(read_documents(paths), by=by, progress=progress)


def load_documents(
    documents: list[Document], *, by: User, progress: Callable[[Loaded], None] | None = None
) -> list[Loaded]:
    """The same for what is read and checked already. Raises `ChangedContent` or `StillNeeded`."""
    with transaction.atomic():
        results = [_compare(document) for document in documents]
        changed = [
            document
            for document, loaded in zip(documents, results, strict=True)
            if loaded.result != "unchanged"
        ]
        _write(changed, by=by)
    for loaded in results:
        if progress:
            progress(loaded)
    return results


def _compare(document: Document) -> Loaded:
    """What is to be done with a file. Raises `ChangedContent`."""
    kind, content = _kind(document), document.content
    before = DataFile.objects.filter(kind=kind, code=content["id"]).first()
    result = "updated" if before else "new"
    if before and before.content_sha256 == digest(content):
        result = "unchanged"
    elif before and (before.edition == content["edition"] or _stood_on(kind, before.code)):
        found = differences(before.content, content)
        titles = _stood_on(kind, before.code)
        raise ChangedContent(document.file, before.code, before.edition, found, titles)
    return Loaded(document.file, kind, content["id"], result)


def _stood_on(kind: str, code: str) -> list[str]:
    """Titles of the campaigns that stand on a framework: what they were judged by stays."""
    if kind != "framework":
        return []
    found = Framework.objects.filter(code=code, campaigns__isnull=False).order_by()
    return sorted(found.values_list("campaigns__title", flat=True))


def _write(documents: list[Document], *, by: User) -> None:
    at = clock.now()
    for kind, write in STEPS:
        for document in documents:
            if _kind(document) == kind:
                _refused_while_needed(write, document, at)
    audit.record_many([_remember(document, by=by, at=at) for document in documents])


def _refused_while_needed(write: Writer, document: Document, at: datetime) -> None:
    try:
        write(document, at)
    except ProtectedError as error:
        raise StillNeeded(document.file, sorted(map(str, error.protected_objects))) from error


def _remember(document: Document, *, by: User, at: datetime) -> audit.Entry:
    """Keep what was loaded, for the next comparison and for the audit trail."""
    content = document.content
    kept, _created = DataFile.objects.update_or_create(
        kind=_kind(document),
        code=content["id"],
        defaults={
            "edition": content["edition"],
            "content": content,
            "content_sha256": digest(content),
            "loaded_at": at,
        },
    )
    after = {"edition": kept.edition, "sha256": kept.content_sha256}
    return audit.Entry(subject=kept, action="load", by=by, after=after, at=at)


def _kind(document: Document) -> str:
    return str(document.content["schema"]).split("/")[1]
