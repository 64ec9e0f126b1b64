"""A photo handed in as new that was there before is told to the verifier, and only as a hint."""

import random
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tongchuang.accounts.tests.make import make_user
from tongchuang.cases import queries, services
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import Town, accepted, make_town, photo
from tongchuang.core import clock
from tongchuang.core.looks import fill_looks, is_plain, near_files
from tongchuang.core.models import PhotoLook, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- a picture, not a secret


def _scene(seed: int) -> Image.Image:
    small = Image.frombytes("L", (9, 8), _chance(seed).randbytes(72))
    return small.resize((480, 360), Image.Resampling.BICUBIC).convert("RGB")


def _upload(image: Image.Image, quality: int = 90) -> SimpleUploadedFile:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")


def _replied(town: Town, upload: SimpleUploadedFile) -> Case:
    case = accepted(town)
    clerk = town.city.bureau_clerk
    return services.reply_case(case, measure="已清运", photos=[upload], by=clerk)


def _check(town: Town, case: Case) -> str:
    client = Client()
    client.force_login(town.checker)
    return client.get(f"/cases/{case.pk}/check/").content.decode()


def test_a_photo_of_another_case_is_told_to_the_verifier(town: Town) -> None:
    first = _replied(town, _upload(_scene(1)))
    again = _replied(town, _upload(_scene(1).resize((300, 225)), quality=50))
    page = _check(town, again)
    assert first.number in page
    assert "仅作提示" in page
    assert "仅作提示" not in _check(town, _replied(town, _upload(_scene(2))))


def test_a_photo_of_a_case_one_may_not_see_is_not_shown(town: Town) -> None:
    _replied(town, _upload(_scene(1)))
    after = _replied(town, _upload(_scene(1))).photos.get()
    assert len(queries.alike_photos(after, town.checker)) == 1
    assert queries.alike_photos(after, make_user("nobody")) == []


def test_plain_pictures_are_near_to_nothing(town: Town) -> None:
    _replied(town, photo())
    again = _replied(town, photo())
    assert is_plain(again.photos.get().file.looks)
    assert "仅作提示" not in _check(town, again)


@pytest.mark.parametrize("bits", range(9))
def test_the_bands_find_everything_within_seven_bits(bits: int) -> None:
    looks = "5a5a5a5a5a5a5a5a"
    other = int(looks, 16)
    for at in _chance(bits).sample(range(64), bits):
        other ^= 1 << at
    stored = StoredFile.objects.create(
        name="a", purpose="case", size=1, looks=f"{other:016x}", stored_at=clock.now()
    )
    assert fill_looks() == 1
    assert fill_looks() == 0
    assert PhotoLook.objects.count() == 1
    assert near_files(looks, within=7) == ({stored.pk: bits} if bits <= 7 else {})
    assert near_files(looks, within=3) == ({stored.pk: bits} if bits <= 3 else {})
