"""Defences of the views taken away; as `tests.faults.undefended`."""

import os
from contextlib import suppress
from typing import Protocol

from collector.judge_thread import JudgeThread
from collector.views.influx_errors import InfluxError
from collector.views.influx_following import Portion
from collector.views.influx_http import BoundedPool, asked
from collector.views.influx_reconciling import Reconciling
from collector.views.influx_server import Server

DATABASE = "FAULTS_DATABASE"


class Patch(Protocol):
    """As `setattr`."""

    def __call__(self, owner: object, name: str, value: object, /) -> None: ...


def believe_the_database(patch: Patch) -> None:
    """Whatever it answers to a write is taken for 204, and nothing is compared."""

    def written(portion: Portion, server: Server, _name: str) -> int:
        with suppress(InfluxError):
            server.write(b"\n".join(point.line for point in portion.points))
        taken, portion.points = len(portion.points), []
        return taken

    patch(Portion, "write", written)
    patch(Reconciling, "compare_next", lambda *_: None)


def wait_for_the_database(patch: Patch) -> None:
    """What is committed is shown before it is receipted: the database is asked each time."""
    wake, pool = JudgeThread.wake, BoundedPool(timeout_s=2.0)

    def asking(judge: JudgeThread, *committed: object) -> None:
        with suppress(InfluxError):
            asked(pool, "GET", f"{os.environ[DATABASE]}/ping", {})
        wake(judge, *committed)

    patch(JudgeThread, "wake", asking)
