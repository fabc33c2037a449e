"""Reads one DCC in a process that can neither run on nor grow: `python -m collector.dcc_child`.

A document of strangers is read by a large parser. Whatever that does, it does it here: within
seconds of processor time and a bounded memory, and nothing but JSON leaves.
"""

import json
import os
import resource
import sys
from typing import Any, Final

MOST_CPU_S: Final = 10
MOST_MEMORY_BYTES: Final = 768 * 1024 * 1024


def main() -> None:
    """Answers on stdout; stdin is a line of JSON (what is asked for), then the document."""
    limit()
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(_answer(asked, data)))


def limit() -> None:
    """Bounds this process from here on."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each thread would take address space
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(asked: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        from calibration.dcc.errors import DccError  # noqa: PLC0415 - within the limits
        from collector.dcc_read import read_dcc  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        return {"missing": missing.name}
    try:
        return {"read": read_dcc(data, asked)}
    except DccError as wrong:
        return {"refused": {"en": wrong.say("en"), "zh": wrong.say("zh")}}


if __name__ == "__main__":
    main()
