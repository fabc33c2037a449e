"""Where other people's software is installed to be compared with: never in our own environment."""

import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

from benchmarks.processes import SCRATCH, UnavailableError

LONGEST_S = 900
LIBRARIES = SCRATCH / "libraries"


def library(package: str, module: str) -> ModuleType:
    """A library of the same Python, from a folder of its own.

    Raises:
        UnavailableError: it does not install.
    """
    if str(LIBRARIES) not in sys.path:
        sys.path.append(str(LIBRARIES))
    try:
        return import_module(module)
    except ModuleNotFoundError:
        words = [sys.executable, "-m", "pip", "install", "-q", "--target", str(LIBRARIES), package]
        install(package, words)
        invalidate_caches()
        return import_module(module)


def environment(name: str, packages: Sequence[str]) -> Path:
    """The folder of programs of a virtual environment that holds `packages`.

    Raises:
        UnavailableError: they do not install.
    """
    folder = SCRATCH / name
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True)
        install(name, [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *packages])
        done.touch()
    return folder / "bin"


def install(name: str, words: Sequence[str], folder: Path = SCRATCH) -> None:
    """Runs an installer.

    Raises:
        UnavailableError: it fails, or takes longer than a quarter of an hour.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise UnavailableError(f"{name} does not install: {wrong}") from wrong
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise UnavailableError(f"{name} does not install: {said[-1][:200] if said else '-'}")
