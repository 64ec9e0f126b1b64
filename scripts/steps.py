"""The commands of the Makefile, as numbered steps that remember what is done.

Needs nothing but the standard library. A step is skipped while its stamp, written only after
success and beside what the step made, still names the present inputs. So a second run does
nothing twice and needs no network, and an interrupted run goes on where it stopped.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
FRONTEND = ROOT / "frontend"
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
PIP = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--quiet",
    "--disable-pip-version-check",
    "--require-hashes",
)


class Trouble(Exception):
    """A step could not be done; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. Without `stamp` it is done every time."""

    title: str
    act: Callable[[], None]
    advice: str
    stamp: Path | None = None
    inputs: Callable[[], Iterable[Path]] = field(default=lambda: ())

    def fingerprint(self) -> str:
        """One line that changes whenever an input changes, is added or is removed."""
        total = hashlib.sha256()
        for path in sorted(self.inputs()):
            total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        return total.hexdigest()

    def is_done(self) -> bool:
        """Whether the stamp names the present inputs."""
        if self.stamp is None or not self.stamp.exists():
            return False
        return self.stamp.read_text() == self.fingerprint()

    def run(self) -> None:
        """Act, then write the stamp."""
        fingerprint = self.fingerprint()
        if self.stamp:
            self.stamp.unlink(missing_ok=True)
        self.act()
        if self.stamp:
            self.stamp.parent.mkdir(parents=True, exist_ok=True)
            self.stamp.write_text(fingerprint)


def run_steps(steps: list[Step]) -> None:
    """Do the steps in order, telling which one and how long; raises `Trouble` with advice."""
    for number, step in enumerate(steps, start=1):
        label = f"[{number}/{len(steps)}] {step.title}"
        if step.is_done():
            print(f"{label}: already done", flush=True)
            continue
        print(f"{label} …", flush=True)
        began = time.monotonic()
        try:
            with _signs_of_life():
                step.run()
        except (subprocess.CalledProcessError, OSError) as reason:
            raise Trouble(f"{label} failed: {_short(reason)}\n{step.advice}") from reason
        print(f"      done in {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def _signs_of_life(every_s: float = 20) -> Iterator[None]:
    """Tell now and then that a silent step still works."""
    ended = threading.Event()

    def tell() -> None:
        waited = every_s
        while not ended.wait(every_s):
            print(f"      still working, {waited:.0f} s", flush=True)
            waited += every_s

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _short(reason: Exception) -> str:
    if isinstance(reason, subprocess.CalledProcessError):
        return f"the command ended with code {reason.returncode}"
    return str(reason)


def environment() -> dict[str, str]:
    """What every command runs with: our own tools first, and the demonstration's settings."""
    return os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "TONGCHUANG_DEMO": os.environ.get("TONGCHUANG_DEMO", "1"),
    }


def call(*command: str, folder: Path = ROOT) -> None:
    """Run a command and let its output through; raises `CalledProcessError`."""
    subprocess.run(command, cwd=folder, env=environment(), check=True)


def python(*arguments: str) -> None:
    """Run the virtual environment's Python."""
    call(str(BIN / "python"), *arguments)


def tongchuang(*arguments: str) -> None:
    """Run the product's own command."""
    call(str(BIN / "tongchuang"), *arguments)


# Building


def make_venv() -> None:
    """Create the virtual environment, or make it anew when it was left half made or was moved."""
    if not _works(BIN / "pip", "--version"):
        call(sys.executable, "-m", "venv", "--clear", str(VENV))
    _install_ourselves()


def _works(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _install_ourselves() -> None:
    """Put the project on the path and the command in place, without a build and a network."""
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "tongchuang.pth").write_text("../../../..\n")
    command = BIN / "tongchuang"
    command.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m tongchuang "$@"\n')
    command.chmod(0o755)


def source_files(folder: Path, *ignored: str) -> list[Path]:
    """Every file under `folder`, but for the named folders."""
    if not folder.exists():
        return []
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not set(path.relative_to(folder).parts) & set(ignored)
    ]


def _frontend_sources() -> list[Path]:
    return source_files(FRONTEND, "node_modules", "dist")


def _static_sources() -> list[Path]:
    own = [path for path in (ROOT / "tongchuang").glob("*/static/**/*") if path.is_file()]
    return own + source_files(FRONTEND / "dist", ".stamp")


def _npm_ci() -> None:
    call("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=FRONTEND)


def _collect_static() -> None:
    tongchuang("collectstatic", "--noinput", "--clear", "-v", "0")


_NETWORK = (
    "Look at the lines above. Most often the network or the package mirror did not answer: "
    "check it (pip reads PIP_INDEX_URL, npm reads npm_config_registry) and repeat the command; "
    "what is done stays done."
)
_PLEASE_REPORT = "The lines above say why. Put that right and repeat the command."


def build_steps(requirements: str) -> list[Step]:
    """From a bare clone to everything that the server needs."""
    return [
        Step(
            "Python environment in .venv",
            make_venv,
            "Python could not make a virtual environment. Check the space on the disk and that "
            "the venv module is installed (Debian: apt-get install python3-venv).",
        ),
        Step(
            f"Python packages ({requirements})",
            lambda: python(*PIP, "-r", requirements),
            _NETWORK,
            stamp=VENV / f".stamp-{requirements}",
            inputs=lambda: [ROOT / requirements],
        ),
        Step(
            "Front-end packages",
            _npm_ci,
            _NETWORK,
            stamp=FRONTEND / "node_modules" / ".stamp",
            inputs=lambda: [FRONTEND / "package.json", FRONTEND / "package-lock.json"],
        ),
        Step(
            "Front-end build",
            lambda: call("npm", "run", "build", "--silent", folder=FRONTEND),
            _PLEASE_REPORT,
            stamp=FRONTEND / "dist" / ".stamp",
            inputs=_frontend_sources,
        ),
        Step(
            "Translations",
            lambda: python("scripts/compile_translations.py"),
            _PLEASE_REPORT,
            stamp=VENV / ".stamp-translations",
            inputs=lambda: (ROOT / "locale").rglob("*.po"),
        ),
        Step(
            "Static files",
            _collect_static,
            _PLEASE_REPORT,
            stamp=ROOT / "static" / ".stamp",
            inputs=_static_sources,
        ),
    ]


# Running


def require_free_port() -> None:
    """Raises `Trouble` when something else listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except ValueError:
            raise Trouble(f"PORT={PORT} is not a number.") from None
        except OSError as reason:
            raise Trouble(
                f"Port {PORT} cannot be used ({reason.strerror}). Stop what runs there, or choose "
                f"another one: make run PORT={int(PORT) + 1}"
            ) from None


def _load_database() -> None:
    tongchuang("migrate", "--noinput", "-v", "0")
    tongchuang("load_standards", "-v", "0")


def _load_city() -> None:
    if city_exists():
        print("      the city is there already; `make demo` builds it anew")
        return
    tongchuang("demo")


def city_exists() -> bool:
    """Whether the demonstration city was loaded to its end."""
    asked = subprocess.run(
        [BIN / "python", "scripts/city_exists.py"], cwd=ROOT, env=environment(), check=False
    )
    return asked.returncode == 0


def database_steps() -> list[Step]:
    """From an empty folder to a city."""
    return [
        Step("Database and standards", _load_database, _PLEASE_REPORT),
        Step("Demonstration city", _load_city, _PLEASE_REPORT),
    ]


def run() -> None:
    """Everything, then the server in the foreground."""
    require_free_port()
    run_steps(build_steps("requirements-build.txt") + database_steps())
    python("scripts/welcome.py", f"http://{HOST}:{PORT}/")
    where = ["--host", HOST, "--port", PORT]
    server = [str(BIN / "tongchuang"), "serve", *where, "--with-worker", "--no-static"]
    os.chdir(ROOT)
    os.execve(server[0], server, environment())  # noqa: S606  our own command, no shell


def demo() -> None:
    """A new city in place of the old one."""
    run_steps(
        [
            *build_steps("requirements-build.txt"),
            Step("Database and standards", _load_database, _PLEASE_REPORT),
            Step("Demonstration city, anew", lambda: tongchuang("demo", "--reset"), _PLEASE_REPORT),
        ]
    )


# Developing


def prepare() -> None:
    """What tests and checks need, but for browser and databases."""
    run_steps(build_steps("requirements-dev.txt"))


def test() -> None:
    """Every test."""
    prepare()
    python("scripts/run_tests.py")


def check() -> None:
    """Every check that needs no running code; all are run before the first failure ends it."""
    prepare()
    checks: dict[str, tuple[str, ...]] = {
        "format": ("ruff", "format", "--check", "."),
        "lint": ("ruff", "check", "."),
        "types": ("mypy", "."),
        "layers": ("lint-imports",),
        "migrations": ("tongchuang", "makemigrations", "--check", "--dry-run"),
        "generated docs": ("python", "scripts/write_docs.py", "--check"),
        "templates": ("djhtml", "--check", "--tabwidth", "2", "tongchuang"),
        "front end": ("npm", "--prefix", "frontend", "run", "check", "--silent"),
    }
    failed = []
    for number, (title, command) in enumerate(checks.items(), start=1):
        print(f"[{number}/{len(checks)}] {title}: {' '.join(command)}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode:
            failed.append(title)
    if failed:
        raise Trouble(
            f"Findings in: {', '.join(failed)}. None is allowed; see above. These mend some: "
            "`.venv/bin/ruff format .`, `.venv/bin/ruff check --fix .`, "
            "`.venv/bin/djhtml --tabwidth 2 tongchuang`, `make docs`."
        )
    print("No finding.")


def docs() -> None:
    """The generated pages of docs/."""
    prepare()
    python("scripts/write_docs.py")


def bench() -> None:
    """Measurements."""
    prepare()
    python("-m", "bench")


def screenshots() -> None:
    """Pictures for the READMEs."""
    prepare()
    python("scripts/screenshots.py")


def lock() -> None:
    """Newest fitting versions, with hashes, without addresses of registries."""
    prepare()
    python("-m", "pip", "install", "--quiet", "uv")
    for name, extras in (
        ("requirements.txt", ()),
        ("requirements-build.txt", ("build",)),
        ("requirements-dev.txt", ("build", "dev")),
    ):
        chosen = [part for extra in extras for part in ("--extra", extra)]
        call(
            "uv", "pip", "compile", "--quiet", "--upgrade", "--no-header", "--no-annotate",
            "--generate-hashes", "--universal", "--python-version", "3.11", *chosen,
            "pyproject.toml", "-o", name,
        )  # fmt: skip
    call("npm", "update", "--package-lock-only", "--no-audit", "--no-fund", folder=FRONTEND)


def clean() -> None:
    """Remove what was built."""
    made = [VENV, FRONTEND / "node_modules", FRONTEND / "dist", ROOT / "static"]
    made += [ROOT / ".ruff_cache", ROOT / ".mypy_cache", ROOT / ".import_linter_cache"]
    made += (ROOT / "locale").rglob("*.mo")
    for path in made:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print("Removed what was built. The database and its files are still in var/.")


def show_help() -> None:
    """The list of commands, from the Makefile."""
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        name, marked, text = line.partition(": ## ")
        if marked:
            print(f"  make {name:12} {text}")


COMMANDS: dict[str, Callable[[], None]] = {
    "help": show_help,
    "run": run,
    "test": test,
    "check": check,
    "demo": demo,
    "docs": docs,
    "bench": bench,
    "screenshots": screenshots,
    "lock": lock,
    "clean": clean,
}


def main(name: str) -> int:
    """Run one command of the Makefile."""
    try:
        COMMANDS[name]()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as reason:
        return reason.returncode or 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "help"))
