"""What a file really is, told from its content and never from its name alone."""

import gzip
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import filetype
from django.utils.translation import gettext as _

MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_ZIP_PARTS = 10_000
TEXT_ENCODINGS = ("utf-8-sig", "gb18030")


class FileRefused(ValueError):
    """The file cannot be taken; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file that we take: `group` is photo, sheet, document, data or package."""

    content_type: str
    group: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The extension under which we keep it."""
        return self.extensions[0]


_OFFICE = "application/vnd.openxmlformats-officedocument."
JPEG = Kind("image/jpeg", "photo", (".jpg", ".jpeg"))
PNG = Kind("image/png", "photo", (".png",))
WEBP = Kind("image/webp", "photo", (".webp",))
PDF = Kind("application/pdf", "document", (".pdf",))
XLSX = Kind(f"{_OFFICE}spreadsheetml.sheet", "sheet", (".xlsx",))
DOCX = Kind(f"{_OFFICE}wordprocessingml.document", "document", (".docx",))
PPTX = Kind(f"{_OFFICE}presentationml.presentation", "document", (".pptx",))
CSV = Kind("text/csv", "sheet", (".csv",))
CSV_GZ = Kind("application/gzip", "sheet", (".csv.gz",))
JSON = Kind("application/json", "data", (".json", ".geojson"))
ZIP = Kind("application/zip", "package", (".zip",))
KINDS = (JPEG, PNG, WEBP, PDF, XLSX, DOCX, PPTX, CSV, CSV_GZ, JSON, ZIP)
_BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}


def extension_of(name: str) -> str:
    """The extension in lower case; ".csv.gz" counts as one."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    return "".join(suffixes[-2:]) if suffixes[-2:] == [".csv", ".gz"] else (suffixes or [""])[-1]


def kind_of(data: bytes, name: str) -> Kind:
    """The type of `data`. Raises `FileRefused` when unknown, damaged, or unlike its name."""
    if not data:
        raise FileRefused(_("文件是空的，请重新选择。"))
    extension = extension_of(name)
    promised = _BY_EXTENSION.get(extension)
    if extension and promised is None:
        raise FileRefused(_unsupported(extension))
    found = _by_content(data, promised)
    if found is None:
        raise FileRefused(_("无法识别这个文件的内容，可能已损坏或不是支持的类型。"))
    if promised and promised is not found and {promised.group, found.group} != {"photo"}:
        raise FileRefused(
            _("文件名以 %(extension)s 结尾，内容却是 %(found)s，请核对后重新上传。")
            % {"extension": extension, "found": found.extension[1:].upper()}
        )
    return found


def _unsupported(extension: str) -> str:
    if extension in {".xls", ".doc", ".ppt"}:
        return _("旧版 Office 文件（%(extension)s）请另存为新格式后再上传。") % {
            "extension": extension
        }
    if extension in {".heic", ".heif"}:
        return _("HEIC 照片请在手机相机设置中改为“兼容性最佳”，或转换为 JPG 后再上传。")
    return _("不支持 %(extension)s 文件。") % {"extension": extension}


def _by_content(data: bytes, promised: Kind | None) -> Kind | None:
    guess = filetype.guess(data[:8192])
    mime = guess.mime if guess else ""
    for kind in (JPEG, PNG, WEBP):
        if mime == kind.content_type:
            return kind
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(_COMPOUND):
        raise FileRefused(
            _("文件设了打开密码，或是旧版格式。请去掉密码、另存为 .xlsx 或 .docx 后再上传。")
        )
    if data.startswith(b"\x1f\x8b"):
        return _gzipped(data)
    return _plain(data, promised)


def _pdf(data: bytes) -> Kind:
    if b"%%EOF" not in data[-2048:]:
        raise FileRefused(_("PDF 文件不完整，请重新导出后上传。"))
    return PDF


# Compound files: Office before 2007, and new files under a password ([MS-CFB] 2.2).
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {"xl/workbook.xml": XLSX, "word/document.xml": DOCX, "ppt/presentation.xml": PPTX}


def _zipped(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _package(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise FileRefused(_("文件已损坏，无法打开，请重新保存后上传。")) from None


def _package(archive: zipfile.ZipFile) -> Kind:
    parts = archive.infolist()
    if len(parts) > MAX_ZIP_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FileRefused(_("文件展开后过大，已拒绝。"))
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        return ZIP
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("文件含有宏，请另存为不含宏的格式后上传。"))
    for name, kind in _PARTS.items():
        if name in names:
            _refuse_entities(archive, parts)
            return kind
    raise FileRefused(_("无法识别这个文件的内容，可能已损坏或不是支持的类型。"))


def _refuse_entities(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Office files declare no document type; one that does is an attack."""
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if b"<!" in stream.read(1024).replace(b"<!--", b""):
                    raise FileRefused(_("文件内容异常，已拒绝。"))


def _gzipped(data: bytes) -> Kind:
    unpacked = 0
    try:
        with gzip.open(BytesIO(data)) as stream:
            while chunk := stream.read(1024 * 1024):
                unpacked += len(chunk)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise FileRefused(_("文件展开后过大，已拒绝。"))
                if b"\0" in chunk:
                    raise FileRefused(_("无法识别这个文件的内容，可能已损坏或不是支持的类型。"))
    except (OSError, EOFError, zlib.error):
        raise FileRefused(_("文件已损坏，无法打开，请重新保存后上传。")) from None
    return CSV_GZ


def _plain(data: bytes, promised: Kind | None) -> Kind | None:
    checks: dict[Kind | None, Callable[[bytes], bool]] = {CSV: _is_text, JSON: _is_json}
    check = checks.get(promised)
    return promised if check and check(data) else None


def _is_text(data: bytes) -> bool:
    return b"\0" not in data and text_encoding(data) is not None


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def text_encoding(data: bytes) -> str | None:
    """The first of `TEXT_ENCODINGS` in which the whole text can be read."""
    for encoding in TEXT_ENCODINGS:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None
