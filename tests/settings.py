"""Settings of a test run: the product's own, with quick passwords and folders that vanish."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

_folder = TemporaryDirectory(prefix="tongchuang-tests-")
os.environ["TONGCHUANG_VAR"] = _folder.name
os.environ.setdefault("TONGCHUANG_DEMO", "1")

from tongchuang.config.settings import *  # noqa: E402, F403  the environment is set first

STATIC_ROOT = Path(_folder.name) / "static"
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = Path(_folder.name) / "files"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Templates name their static files before the front end is built.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
