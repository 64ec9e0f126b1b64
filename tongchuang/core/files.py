"""The one gateway for files, whatever way they come in; see docs/adr/0008-files.md."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path, PurePath
from typing import Any, Literal

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.core import clock
from tongchuang.core.filetypes import FileRefused, Kind, kind_of
from tongchuang.core.looks import keep_looks
from tongchuang.core.models.files import StoredFile
from tongchuang.core.photos import Photo, Shot, read_clean_photo, read_photo

__all__ = [
    "FileRefused",
    "Shot",
    "serve_file",
    "store_bytes",
    "store_file",
    "store_generated",
    "sweep_orphans",
]
FOLDERS = ("sealed", "copy", "thumb")
SWEPT_AT_ONCE = 500  # files that one query of the sweep asks for
_SHOWN_INLINE = {"image/jpeg", "image/png", "image/webp", "application/pdf"}


def store_file(
    upload: File[bytes],
    *,
    by: AbstractBaseUser | None,
    purpose: str,
    public_copy: bool = True,
    accept: Collection[str] = ("photo", "sheet", "document", "data"),
) -> StoredFile:
    """Check, seal and register an uploaded file.

    `accept` names groups of `filetypes.Kind`; photos get their copies unless `public_copy` is
    off. `by=None` is a citizen. Raises `FileRefused` with a sentence; then nothing is kept.
    """
    _check_size(upload.size)
    upload.seek(0)
    data = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    return store_bytes(
        data, upload.name or "", by=by, purpose=purpose, public_copy=public_copy, accept=accept
    )


def store_bytes(
    data: bytes,
    name: str,
    *,
    by: AbstractBaseUser | None,
    purpose: str,
    public_copy: bool = True,
    accept: Collection[str] = ("photo", "sheet", "document", "data"),
) -> StoredFile:
    """The same as `store_file` for bytes that came by another way (import, API)."""
    _check_size(len(data))
    kind = kind_of(data, name)
    if kind.group not in accept:
        raise FileRefused(_("这里不接受 %(kind)s 文件。") % {"kind": kind.extension[1:].upper()})
    photo = read_photo(data) if kind.group == "photo" else None
    row = _described(data, name, kind, purpose, by)
    return _keep(row, data, kind, photo, public_copy=public_copy)


def store_generated(
    data: bytes,
    name: str,
    *,
    by: AbstractBaseUser | None,
    purpose: str,
    shot: Shot | None = None,
) -> StoredFile:
    """Keep a file that our own code made: no size cap, packages allowed, bare photos quick.

    `shot` gives time and place of a drawn photo.
    """
    kind = kind_of(data, name)
    photo = (read_clean_photo(data) or read_photo(data)) if kind.group == "photo" else None
    if photo and shot:
        photo = replace(photo, shot=shot)
    return _keep(_described(data, name, kind, purpose, by), data, kind, photo, public_copy=True)


def _check_size(size: int | None) -> None:
    if size is not None and size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("文件超过 %(limit)s MB，请压缩后上传。")
            % {"limit": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        )


def clean_name(name: str) -> str:
    """The name as people wrote it, without folders, control characters or tricks of direction."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    if len(kept) > 200:
        suffix = PurePath(kept).suffix[:20]
        kept = kept[: 200 - len(suffix)] + suffix
    return kept or _("未命名文件")


def _described(
    data: bytes, name: str, kind: Kind, purpose: str, by: AbstractBaseUser | None
) -> StoredFile:
    return StoredFile(
        name=clean_name(name),
        purpose=purpose,
        content_type=kind.content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        stored_at=clock.now(),
        stored_by_id=by.pk if by else None,
    )


def _keep(
    row: StoredFile, data: bytes, kind: Kind, photo: Photo | None, *, public_copy: bool
) -> StoredFile:
    with _all_or_nothing() as put:
        row.sealed.name = put(f"sealed/{_place(row.sha256)}{kind.extension}", data)
        if photo:
            _describe_photo(row, photo)
        if photo and public_copy:
            row.thumb.name = put(f"thumb/{_place(row.sha256)}.jpg", photo.thumb)
            row.copy.name = row.sealed.name
            if photo.copy is not None:
                row.copy.name = put(f"copy/{_place(row.sha256)}.jpg", photo.copy)
        row.save(force_insert=True)
        if row.looks:
            keep_looks([row])
    return row


def _describe_photo(row: StoredFile, photo: Photo) -> None:
    row.width, row.height, row.looks = photo.width, photo.height, photo.looks
    row.taken_at, row.camera = photo.shot.taken_at, photo.shot.camera
    row.lon, row.lat = photo.shot.lon, photo.shot.lat


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


@contextmanager
def _all_or_nothing() -> Iterator[Any]:
    """Puts files; takes back those that are new when the block fails."""
    written: list[str] = []

    def put(name: str, data: bytes) -> str:
        if not _already_kept(name, len(data)):
            _write(name, data)
            written.append(name)
        return name

    try:
        yield put
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def _already_kept(name: str, size: int) -> bool:
    """Same hash, same bytes; a shorter file is the rest of a crash and is written again."""
    if not default_storage.exists(name):
        return False
    if default_storage.size(name) == size:
        with suppress(NotImplementedError):
            Path(default_storage.path(name)).touch()
        return True
    default_storage.delete(name)
    return False


def _write(name: str, data: bytes) -> None:
    saved = default_storage.save(name, ContentFile(data))
    if saved != name:  # somebody else stored the same bytes a moment earlier
        default_storage.delete(saved)
        return
    with suppress(NotImplementedError):
        Path(default_storage.path(name)).chmod(0o444)


# Sweeping
def sweep_orphans(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files that no row names (left by a rolled-back transaction); how many went."""
    before = timezone.now() - older_than  # the age of files on disk is not domain time
    names = (name for folder in FOLDERS for name in _names_under(folder))
    old = (name for name in names if _is_older(name, before))
    gone = 0
    while some := list(islice(old, SWEPT_AT_ONCE)):
        for name in set(some) - _named(some):
            if _is_older(name, before):  # a file taken into use again meanwhile was touched
                default_storage.delete(name)
                gone += 1
    return gone


def _is_older(name: str, before: datetime) -> bool:
    return default_storage.get_modified_time(name) < before


def _named(names: Iterable[str]) -> set[str]:
    """Which of these files a row names; one query."""
    digests = {PurePath(name).name.split(".")[0] for name in names}
    rows = StoredFile.objects.filter(sha256__in=digests)
    return {str(name) for row in rows.values_list("sealed", "copy", "thumb") for name in row}


def _names_under(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from _names_under(f"{folder}/{name}")


# Serving
def serve_file(
    request: HttpRequest, stored: StoredFile, kind: Literal["sealed", "copy", "thumb"]
) -> HttpResponse | FileResponse:
    """Send one of the three files; the caller has checked that the reader may see it."""
    field = getattr(stored, kind)
    if not field:
        raise Http404
    tag = f'"{stored.sha256[:32]}-{kind}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    try:
        stream = default_storage.open(field.name)
    except FileNotFoundError:
        raise Http404 from None
    content_type = "image/jpeg" if kind != "sealed" else stored.content_type
    name = stored.name if kind == "sealed" else f"{PurePath(stored.name).stem}.jpg"
    inline = content_type in _SHOWN_INLINE and "download" not in request.GET
    return FileResponse(
        stream,
        as_attachment=not inline,
        filename=name,
        content_type=content_type,
        headers={
            "ETag": tag,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        },
    )
