"""A real VictoriaMetrics on loopback, with its data in a folder: Debian's, or a newer one.

`go install github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@v1.151.0` makes it.
"""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

import msgspec

from carbonmeter.ports import free_port
from collector.views.influx_errors import InfluxError
from collector.views.influx_http import BoundedPool, asked
from tests.contract.influxd import GO_BIN
from tests.contract.mosquitto import SEARCHED, until


@dataclass(slots=True, kw_only=True)
class Victoria:
    """The server. It keeps all time, and one of two points with one stamp."""

    folder: Path
    program: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self.port or free_port()
        self.process = subprocess.Popen(
            [
                self.program,
                f"-storageDataPath={self.folder}",
                f"-httpListenAddr=127.0.0.1:{self.port}",
                "-retentionPeriod=100y",
                "-dedup.minScrapeInterval=1ms",
                "-loggerLevel=ERROR",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers)

    def answers(self) -> bool:
        with suppress(InfluxError):
            return asked(BoundedPool(timeout_s=2.0), "GET", f"{self.url}/ping", {}).status == 204
        return False

    def points(self, field: str) -> dict[tuple[str, int], list[float]]:
        """(channel, UTC ms) -> what it has of a field, as it exports it."""
        pool = BoundedPool(timeout_s=10.0)
        for path in ("/internal/force_flush", "/internal/resetRollupResultCache"):
            asked(pool, "GET", f"{self.url}{path}", {})
        query = urlencode({"match[]": f'{{__name__="reading_{field}"}}', "start": 0})
        body = asked(pool, "GET", f"{self.url}/api/v1/export?{query}", {}).body
        found: dict[tuple[str, int], list[float]] = {}
        for each in map(msgspec.json.decode, body.splitlines()):
            for at_ms, value in zip(each["timestamps"], each["values"], strict=True):
                found.setdefault((each["metric"]["channel"], at_ms), []).append(value)
        return found

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


def victoria_in(folder: Path, require: Callable[[str, str], NoReturn]) -> Victoria:
    """The server, not started; the test is skipped where there is none."""
    program = shutil.which("victoria-metrics", path=f"{SEARCHED}:{GO_BIN}")
    if program is None:
        require("victoria-metrics", "it is not installed")
    return Victoria(folder=folder, program=program)
