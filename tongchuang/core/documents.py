"""Official documents after GB/T 9704-2012 from structure; see docs/adr/0009-documents.md.

`document_blocks` is the vocabulary, `document_layout` sets it in Word, `to_pdf` prints it.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tongchuang.core.document_blocks import (
    Attachment,
    Block,
    Contents,
    Heading,
    PageBreak,
    Paragraph,
    Table,
)
from tongchuang.core.document_layout import chinese_date, layout

__all__ = [
    "Attachment",
    "Block",
    "Heading",
    "OfficialDocument",
    "PageBreak",
    "Paragraph",
    "Table",
    "chinese_date",
    "document_number",
    "to_pdf",
]

_PRINTING = threading.Lock()
_PRINT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class OfficialDocument(Contents):
    """One document in the ordinary form; the fields are those of `Contents`."""

    def docx(self) -> bytes:
        """The Word file; the same data gives the same bytes."""
        return layout(self)


def document_number(code: str, year: int, number: int) -> str:
    """示创卫办〔2016〕12号: hexagonal brackets, no 第, no leading zeros (§7.2.5)."""
    return f"{code}〔{year}〕{number}号"


# Printing
def to_pdf(docx: bytes) -> bytes | None:
    """The PDF of a Word file by LibreOffice; None when it is missing or fails.

    One conversion at a time per process: LibreOffice wants its profile for itself.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    with _PRINTING, tempfile.TemporaryDirectory(prefix="tongchuang-print-") as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(docx)
        if not _convert(program, source):
            return None
        result = source.with_suffix(".pdf")
        return result.read_bytes() if result.exists() else None


def _convert(program: str, source: Path) -> bool:
    profile = Path(tempfile.gettempdir()) / f"tongchuang-office-{os.getpid()}"
    fonts = Path(settings.FRAMEWORK_DATA) / "fonts" / "fonts.conf"
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(source.parent),
        str(source),
    ]
    try:
        subprocess.run(  # noqa: S603 -- a fixed command; the file name is ours
            command,
            check=True,
            capture_output=True,
            timeout=_PRINT_SECONDS,
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
    except (subprocess.SubprocessError, OSError):
        return False
    return True
