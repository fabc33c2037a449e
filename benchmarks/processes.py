"""Processes that a benchmark starts: their CPU, their memory, and their end."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent
NATIVE = FOLDER / "native"
SCRATCH = (
    Path(os.environ.get("CARBONMETER_BENCH", tempfile.gettempdir())) / "carbonmeter-benchmarks"
)
"""Peers' environments and compiled programs; kept between runs."""


class UnavailableError(Exception):
    """Something that a benchmark needs is not on this machine; it says what."""


@contextlib.contextmanager
def running(
    words: Sequence[object], log: Path | None = None, **more: object
) -> Iterator[subprocess.Popen[str]]:
    """A process, killed at the end if it did not end by itself."""
    out = subprocess.DEVNULL if log is None else log.open("wb")
    settings = {"stdout": out, "stderr": out, "text": True, "cwd": FOLDER.parent, **more}
    process: subprocess.Popen[str] = subprocess.Popen([str(w) for w in words], **settings)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if not isinstance(out, int):
            out.close()


def python(module: str, *words: object) -> list[str]:
    """The words that run a module of this tree."""
    return [sys.executable, "-m", module, *map(str, words)]


def cpu_s(process: "subprocess.Popen[str]") -> float:
    """CPU seconds that a running process of ours has used, all its threads, to the ns."""
    return time.clock_gettime((~process.pid << 3) | 2)  # CPUCLOCK_SCHED of a process


def rss_kB(process: "subprocess.Popen[str]") -> int:
    """Resident memory of a running process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(process.pid)


def compiled(name: str, *libraries: str) -> Path:
    """The program made of `native/<name>.c`.

    Raises:
        UnavailableError: no compiler, or no library.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise UnavailableError("no C compiler (cc)")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    program, source = SCRATCH / name, NATIVE / f"{name}.c"
    words = [
        compiler,
        "-O2",
        "-Wall",
        "-o",
        str(program),
        str(source),
        *(f"-l{x}" for x in libraries),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()
        raise UnavailableError(f"{name}.c does not compile: {reason[0] if reason else 'no reason'}")
    return program


@contextlib.contextmanager
def devices(ports: int = 1) -> Iterator[list[int]]:
    """The ports of a process that answers as any number of Modbus devices."""
    words = [compiled("device_server"), ports]
    with running(words, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield [int(port) for port in server.stdout.readline().split()]


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder on the same disk as the peers' environments, gone at the end."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        yield Path(folder)
