"""When a works is ready, and what its checks say where they are meant to find something."""

import socket
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress

from evidence.errors import CodedError
from tests.system.works import Works


def listens(works: Works) -> bool:
    """Whether the collector answers HTTP; it subscribed to batches just before."""
    config = tomllib.loads((works.collector_dir / "collector.toml").read_text())
    with suppress(OSError), socket.create_connection(("127.0.0.1", config["api"]["port"])):
        return True
    return False


def found_by(checked: Callable[[], object]) -> Sequence[str]:
    """What a check says is wrong; nothing if it is content."""
    try:
        checked()
    except (AssertionError, CodedError) as wrong:
        return [str(wrong)]
    return []
