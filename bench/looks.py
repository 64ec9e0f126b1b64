"""Recall and false alarms of the photo hash, and its search among many.

python -m bench.looks recall          made variants of the demonstration's drawn photos
python -m bench.looks search [ROWS]   search in the database of the settings, emptied after
"""

import random
import sys
from io import BytesIO
from itertools import combinations
from time import perf_counter

from django.db import transaction
from django.utils import timezone
from PIL import Image

import bench.django_setup  # noqa: F401 -- settings before models
from tongchuang.core.looks import bands_of, is_plain, near_files
from tongchuang.core.models import PhotoLook, StoredFile
from tongchuang.core.photos import difference_hash, look_distance
from tongchuang.demo.photos import _DIRT, draw
from tongchuang.demo.stream import stream

DRAWN = 12  # pictures of each scene, dirty and clean
DISTANCES = range(8)


def variants(image: Image.Image) -> dict[str, Image.Image]:
    """The same picture as people send it again."""
    width, height = image.size

    def cropped(share: float) -> Image.Image:
        x, y = round(width * share / 2), round(height * share / 2)
        return image.crop((x, y, width - x, height - y))

    out = BytesIO()
    image.save(out, "JPEG", quality=30)
    return {
        "resized to 50 %": image.resize((width // 2, height // 2)),
        "recompressed at quality 30": Image.open(out),
        "cropped by 2 %": cropped(0.02),
        "cropped by 5 %": cropped(0.05),
        "cropped by 10 %": cropped(0.10),
    }


def recall() -> None:
    """Print the share found of each variant, and of different pictures taken for near."""
    found: dict[str, list[int]] = {}
    looks = []
    for scene in _DIRT:
        for n in range(2 * DRAWN):
            data = draw(scene, dirty=n % 2 == 0, chance=stream(1, scene, n))
            image = Image.open(BytesIO(data)).convert("RGB")
            looks.append(own := difference_hash(image))
            for name, other in variants(image).items():
                found.setdefault(name, []).append(look_distance(own, difference_hash(other)))
    print(f"{len(looks)} pictures, of which plain: {sum(map(is_plain, looks))}")
    found["DIFFERENT pictures"] = [look_distance(a, b) for a, b in combinations(looks, 2)]
    print("| within bits | " + " | ".join(map(str, DISTANCES)) + " |")
    for name, apart in found.items():
        shares = [sum(one <= most for one in apart) / len(apart) for most in DISTANCES]
        print(f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")


def search(rows: int) -> None:
    """Fill a transaction with random hashes, search 100 of them, roll back."""
    chance = random.Random(1)  # noqa: S311 -- a measurement, not a secret
    looks = [f"{chance.getrandbits(64):016x}" for _ in range(rows)]
    with transaction.atomic():
        now = timezone.now()
        for start in range(0, rows, 10_000):
            files = StoredFile.objects.bulk_create(
                StoredFile(name="x", purpose="bench", size=1, looks=one, stored_at=now)
                for one in looks[start : start + 10_000]
            )
            PhotoLook.objects.bulk_create(
                PhotoLook(file=one, looks=one.looks, **bands_of(one.looks)) for one in files
            )
        for within in (3, 7):
            times = []
            for one in looks[:100]:
                begun = perf_counter()
                near_files(one, within=within)
                times.append((perf_counter() - begun) * 1000)
            times.sort()
            print(f"{rows} hashes, within {within}: median {times[50]:.1f} ms, p95 {times[95]:.1f}")
        transaction.set_rollback(True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["search"]:
        search(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    else:
        recall()
