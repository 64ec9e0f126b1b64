"""Reading settings from the environment; every failure names its variable."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_YES = {"1", "true", "yes", "on"}
_NO = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str) -> str:
    """The variable as text, or `default`."""
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """The variable as yes or no: 1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name, "yes" if default else "no").strip().lower()
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise ImproperlyConfigured(f"{name}: '{value}' is neither yes nor no")


def env_int(name: str, default: int) -> int:
    """The variable as a whole number."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}: '{value}' is not a whole number") from None


def env_list(name: str, default: str = "") -> list[str]:
    """The variable as a list, parted by commas."""
    return [part.strip() for part in env_str(name, default).split(",") if part.strip()]


def env_path(name: str, default: Path) -> Path:
    """The variable as a path, relative ones from the working folder."""
    return Path(os.environ.get(name, default)).resolve()
