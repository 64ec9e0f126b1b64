"""Every way in for files: what is taken, what is refused, what is kept."""

import gzip
import hashlib
import io
import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.http import FileResponse
from django.test import RequestFactory
from PIL import Image, ImageDraw

from tongchuang.core import files, filetypes
from tongchuang.core.files import FileRefused, Shot, serve_file, store_file, store_generated
from tongchuang.core.models import StoredFile
from tongchuang.core.photos import look_distance

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(width: int = 400, height: int = 300, form: str = "JPEG", **how: Any) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 3, height // 2), fill="navy")
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def shot_exif(*, orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "HUAWEI", "P8"
    exif.get_ifd(0x8769)[0x9003] = "2016:03:08 14:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 37.0, 30.0), 3: "E", 4: (118.0, 58.0, 48.0)})
    return exif


def package(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return out.getvalue()


XLSX = {"[Content_Types]_xml": "<x/>", "xl__workbook_xml": "<x/>"}


def put(data: bytes, name: str, **how: Any) -> StoredFile:
    return store_file(ContentFile(data, name), by=None, purpose="test", **how)


def on_disk(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_original_is_sealed_as_it_came(folder: Path) -> None:
    data = picture(exif=shot_exif())
    stored = put(data, "菜场门口.jpg")
    digest = hashlib.sha256(data).hexdigest()
    path = folder / f"sealed/{digest[:2]}/{digest[2:4]}/{digest}.jpg"
    assert path.read_bytes() == data
    assert not path.stat().st_mode & 0o222
    assert (stored.sha256, stored.name, stored.size) == (digest, "菜场门口.jpg", len(data))


def test_the_same_bytes_lie_on_disk_once(folder: Path) -> None:
    one, other = put(picture(), "甲.jpg"), put(picture(), "乙.jpg")
    assert one.sealed.name == other.sealed.name
    assert len(on_disk(folder)) == 3


def test_facts_of_the_camera_are_kept() -> None:
    stored = put(picture(exif=shot_exif()), "a.jpg")
    assert stored.taken_at == datetime(2016, 3, 8, 6, 30, tzinfo=UTC)
    assert (stored.lon, stored.lat) == (118.98, 30.625)
    assert stored.camera == "HUAWEI P8"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_copies_are_upright_and_carry_nothing_but_pixels(orientation: int) -> None:
    exif = shot_exif(orientation=orientation)
    stored = put(picture(3000, 2000, exif=exif, comment=b"secret", icc_profile=b"x" * 9), "a.jpg")
    for field, side in ((stored.copy, 2048), (stored.thumb, 320)):
        with Image.open(field) as image:
            assert max(image.size) == side
            assert (image.height > image.width) is (orientation in {6, 8})
            assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert not image.getexif()


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_photo_forms_become_jpeg_copies(form: str) -> None:
    stored = put(picture(form=form), "a.jpg")  # chat programs misname photos
    assert stored.content_type == f"image/{form.lower()}"
    assert Image.open(stored.copy).format == "JPEG"


def test_a_sealed_photo_without_copy_when_none_is_wanted() -> None:
    stored = put(picture(), "a.jpg", public_copy=False)
    assert (stored.copy.name, stored.thumb.name, stored.width) == ("", "", 400)


BOMB = gzip.compress(b"a" * 3_000_000, mtime=0)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.jpg", "空"),
        (b"<?php", "a.jpg", "无法识别"),
        (picture(), "a.pdf", "内容却是"),
        (b"%PDF-1.4\n%%EOF", "a.xlsx", "内容却是"),
        (b"%PDF-1.4\n", "a.pdf", "不完整"),
        (b"MZ", "a.exe", "不支持"),
        (b"\xd0\xcf\x11\xe0", "旧表.xls", "另存为"),
        (b"x", "a.heic", "HEIC"),
        (picture()[:900], "a.jpg", "无法打开"),
        (b"PK\x03\x04broken", "a.xlsx", "损坏"),
        (package(**XLSX, **{"xl/vbaProject.bin": "x"}), "a.xlsx", "宏"),
        (package(**{**XLSX, "xl__workbook_xml": "<!DOCTYPE x>"}), "a.xlsx", "异常"),
        (package(**{"a.txt": "x"}), "a.zip", "不接受"),
        (BOMB, "a.csv.gz", "过大"),
        (package(**XLSX, big="a" * 3_000_000), "a.xlsx", "过大"),
        (gzip.compress(b"a,b", mtime=0)[:-9], "a.csv.gz", "损坏"),
        (b"a\0b", "a.csv", "无法识别"),
        (b"{", "a.json", "无法识别"),
    ],
)
def test_what_is_refused_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, name: str, words: str
) -> None:
    monkeypatch.setattr(filetypes, "MAX_UNPACKED_BYTES", 2_000_000)
    with pytest.raises(FileRefused, match=words):
        put(data, name)
    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()


def test_caps_on_bytes_and_pixels(settings: Any) -> None:
    settings.UPLOAD_MAX_PIXELS = 400 * 300 - 1
    with pytest.raises(FileRefused, match="400×300"):
        put(picture(), "a.jpg")
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(FileRefused, match="1 MB"):
        put(b"x" * (1024 * 1024 + 1), "a.csv")


def keep_and_fail() -> None:
    with files._all_or_nothing() as keep:
        keep("sealed/aa/bb/x.jpg", b"x")
        raise RuntimeError


def test_what_fails_later_takes_its_files_back(folder: Path) -> None:
    with pytest.raises(RuntimeError):
        keep_and_fail()
    assert on_disk(folder) == []


def test_a_torn_file_of_a_crash_is_written_again(folder: Path) -> None:
    stored = put(picture(), "a.jpg")
    path = folder / str(stored.sealed.name)
    path.chmod(0o644)
    path.write_bytes(b"torn")
    put(picture(), "a.jpg")
    assert path.read_bytes() == picture()


def test_the_sweep_takes_only_old_files_without_a_row(folder: Path) -> None:
    stored, lost = put(picture(), "a.jpg"), put(picture(500), "b.jpg")
    lost.delete()
    assert files.sweep_orphans() == 0
    assert files.sweep_orphans(older_than=timedelta(seconds=-5)) == 3
    assert default_storage.exists(str(stored.sealed.name))
    assert not default_storage.exists(str(lost.sealed.name))


def test_the_sweep_goes_on_after_a_full_lot(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SWEPT_AT_ONCE", 2)
    for size in (500, 510, 520):
        put(picture(size), "a.jpg").delete()
    kept = put(picture(), "b.jpg")
    assert files.sweep_orphans(older_than=timedelta(seconds=-5)) == 9
    assert default_storage.exists(str(kept.sealed.name))


def test_the_command_sweeps_what_is_a_day_old(folder: Path) -> None:
    lost = put(picture(), "a.jpg")
    lost.delete()
    yesterday = time.time() - 90_000
    os.utime(folder / str(lost.sealed.name), (yesterday, yesterday))
    call_command("sweep_files", stdout=io.StringIO())
    assert not default_storage.exists(str(lost.sealed.name))
    assert default_storage.exists(str(lost.thumb.name)), "written a moment ago"


def test_drawn_photos_are_their_own_copy(folder: Path) -> None:
    shot = Shot(datetime(2016, 3, 8, tzinfo=UTC), 118.98, 30.6)
    stored = store_generated(picture(), "a.jpg", by=None, purpose="demo", shot=shot)
    assert stored.copy.name == stored.sealed.name
    assert stored.lon == 118.98
    assert len(on_disk(folder)) == 2


def test_near_photos_look_alike_and_others_do_not() -> None:
    one = put(picture(), "a.jpg").looks
    again = put(picture(800, 600, quality=40), "b.jpg").looks
    other = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 50)
    out = io.BytesIO()
    other.save(out, "PNG")
    assert look_distance(one, again) <= 4
    assert look_distance(one, put(out.getvalue(), "c.png").looks) > 10


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\照片\\菜 场.csv", "菜 场.csv"),
        ("../../etc/表.csv", "表.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("长" * 300 + ".csv", "长" * 196 + ".csv"),
    ],
)
def test_names_are_for_people_and_never_a_path(given: str, kept: str) -> None:
    assert files.clean_name(given) == kept


def test_a_file_is_served_privately_under_its_name() -> None:
    stored = put(picture(), "菜场.jpg")
    response = serve_file(RequestFactory().get("/"), stored, "thumb")
    assert isinstance(response, FileResponse)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")
    assert "inline; filename*=utf-8''%E8%8F%9C" in response["Content-Disposition"]
    again = RequestFactory().get("/", headers={"If-None-Match": response["ETag"]})
    assert serve_file(again, stored, "thumb").status_code == 304


def test_tables_are_served_as_downloads() -> None:
    stored = put(b"a,b\n1,2\n", "表.csv")
    response = serve_file(RequestFactory().get("/"), stored, "sealed")
    assert response["Content-Disposition"].startswith("attachment")
