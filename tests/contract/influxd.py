"""A real InfluxDB 1.x on loopback, with its data in a folder."""

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from carbonmeter.ports import free_port
from collector.views.influx_config import InfluxSection
from collector.views.influx_errors import InfluxError
from collector.views.influx_http import BoundedPool, asked
from tests.contract.mosquitto import SEARCHED, until

_SETTINGS = """reporting-disabled = true
bind-address = "127.0.0.1:{backup}"
[meta]
dir = "{data}/meta"
[data]
dir = "{data}/data"
wal-dir = "{data}/wal"
cache-snapshot-memory-size = "256k"
[monitor]
store-enabled = false
[subscriber]
enabled = false
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
max-body-size = {body}
"""


@dataclass(slots=True, kw_only=True)
class Influxd:
    """The server; it can be killed, wiped and started again on its port."""

    folder: Path
    program: str
    data: Path
    most_body_bytes: int = 25_000_000
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def section(self) -> InfluxSection:
        return InfluxSection(url=f"http://127.0.0.1:{self.port}", timeout_s=5.0)

    def start(self) -> None:
        self.port = self.port or free_port()
        settings = self.folder / "influxdb.conf"
        filled = _SETTINGS.format(
            backup=free_port(), data=self.data, port=self.port, body=self.most_body_bytes
        )
        settings.write_text(filled)
        environment = {**os.environ, "HOME": str(self.folder), "GOMAXPROCS": "1"}
        self.process = subprocess.Popen(
            [self.program, "-config", str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        until(self.answers)

    def answers(self) -> bool:
        with suppress(InfluxError):
            pool = BoundedPool(timeout_s=2.0)
            return asked(pool, "GET", f"{self.section.url}/ping", {}).status == 204
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def wipe(self) -> None:
        """Everything it stored is gone; it is stopped."""
        self.kill()
        for name in ("meta", "data", "wal"):
            shutil.rmtree(self.data / name, ignore_errors=True)


GO_BIN = Path.home() / "go" / "bin"
"""Where `go install` puts programs."""


def influxd_1_8_in(folder: Path, require: Callable[[str, str], NoReturn]) -> Influxd:
    """InfluxDB 1.8, which has /api/v2/write; not started. The test is skipped where there is none.

    `go install github.com/influxdata/influxdb/cmd/influxd@v1.8.3`, renamed to `influxd-1.8`.
    """
    program = shutil.which("influxd-1.8", path=f"{SEARCHED}:{GO_BIN}")
    if program is None:
        require("influxdb-1.8", "influxd-1.8 is not installed")
    return Influxd(folder=folder, program=program, data=folder)


def influxd_in(folder: Path, require: Callable[[str, str], NoReturn]) -> Influxd:
    """The server, not started; the test is skipped where there is none."""
    program = shutil.which("influxd", path=SEARCHED)
    if program is None:
        require("influxdb", "influxd is not installed")
    return Influxd(folder=folder, program=program, data=folder)
