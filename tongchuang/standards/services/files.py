"""Find and read files of standards; nothing is written here."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tongchuang.standards.models import (
    ChecklistItem,
    Clause,
    Framework,
    Mapping,
    Measure,
    SiteType,
)
from tongchuang.standards.rules import reading
from tongchuang.standards.rules.checks import Known, codes_of, faults_of
from tongchuang.standards.rules.reading import BrokenFile, Document, Fault
from tongchuang.standards.rules.shapes import SHAPES

FOLDERS = ("checklists", "crosswalks", "frameworks", "processes")
SINGLES = ("problem_classes.yaml", "limits.yaml", "vector_levels.yaml")


def standard_files(paths: Iterable[Path] = ()) -> list[Path]:
    """The files to load: those named, those of the folders named, or all that the product ships."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return found or shipped_files()


def shipped_files() -> list[Path]:
    """Every file of standards under data/."""
    root = settings.FRAMEWORK_DATA
    files = [file for folder in FOLDERS for file in sorted((root / folder).glob("*.yaml"))]
    return files + [root / name for name in SINGLES if (root / name).exists()]


def read_documents(paths: Iterable[Path]) -> list[Document]:
    """Read and check files together, so that they may refer to each other.

    Raises `BrokenFile` with the faults of all of them.
    """
    documents, faults = _read_all(paths)
    known = known_codes()
    for document in documents:
        known.add(document)
    for document in documents:
        faults += faults_of(document, known)
    faults += taken(documents)
    if faults:
        raise BrokenFile(faults)
    return documents


def known_codes() -> Known:
    """What files may refer to because it is loaded already."""
    return Known(
        clauses=dict(Clause.objects.values_list("code", "framework__code")),
        measures=dict(Measure.objects.values_list("code", "clause__code")),
        site_types=set(SiteType.objects.values_list("code", flat=True)),
        frameworks=set(Framework.objects.values_list("code", flat=True)),
    )


def _read_all(paths: Iterable[Path]) -> tuple[list[Document], list[Fault]]:
    documents: list[Document] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            documents.append(_read(path))
        except BrokenFile as broken:
            faults += broken.faults
    return documents, faults


def _read(path: Path) -> Document:
    node = reading.compose(path)
    schema = reading.scalar_at(node, "schema")
    if schema not in SHAPES:
        known = " ".join(SHAPES)
        reason = _("缺少或不认识的 schema，可用：%(known)s") % {"known": known}
        raise BrokenFile([Fault(str(path), node.start_mark.line + 1, "schema", reason)])
    return reading.read(path, node, SHAPES[schema])


def taken(documents: list[Document]) -> list[Fault]:
    """Two files with one id, and clauses, measures or items that belong to another file."""
    owners = _owners()
    files: dict[tuple[str, str], str] = {}
    faults = []
    for document in documents:
        own, schema = document.content["id"], document.content["schema"]
        if (schema, own) in files:
            reason = _("与 %(file)s 的编号相同") % {"file": files[schema, own]}
            faults.append(document.fault("id", reason))
        files[schema, own] = document.file
        for path, code in codes_of(document.content):
            if owners.setdefault(code, own) != own:
                reason = _("编号 %(code)s 已属于 %(owner)s") % {"code": code, "owner": owners[code]}
                faults.append(document.fault(path, reason))
    return faults


def _owners() -> dict[str, str]:
    """Code of every loaded clause, measure and item to the file it came from."""
    owners = dict(Clause.objects.values_list("code", "framework__code"))
    owners |= dict(Measure.objects.values_list("code", "clause__framework__code"))
    owners |= dict(Mapping.objects.values_list("code", "file"))
    return owners | dict(ChecklistItem.objects.values_list("code", "site_type__code"))
