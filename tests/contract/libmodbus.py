"""Programs on libmodbus, a foreign implementation in C, compiled where its headers are there."""

import shutil
import subprocess
from pathlib import Path

from tests.conftest import Require


def compiled(name: str, folder: Path, require: Require) -> Path:
    """The program of a source file beside this one."""
    compiler = shutil.which("cc")
    if compiler is None:
        require("libmodbus", "no C compiler cc on the path")
    source, program = Path(__file__).with_name(f"{name}.c"), folder / name
    command = [compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I/usr/include/modbus"]
    made = subprocess.run(
        [*command, str(source), "-o", str(program), "-lmodbus"],
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode and "modbus.h: No such file" in made.stderr:
        require("libmodbus", "its headers are not installed (Debian: libmodbus-dev)")
    assert made.returncode == 0, made.stderr
    return program
