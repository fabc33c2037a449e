"""A process that follows a ledger into a database, to be killed: FOLDER URL [cursor-first]."""

import sqlite3
import sys
from pathlib import Path

from collector.ledger_read import read_ledger
from collector.store import Store
from collector.views.influx_config import InfluxSection
from collector.views.influx_following import Following, Portion, Sources
from collector.views.influx_server import Secrets, Server, connect
from collector.views.influx_state import Cursor, InfluxState


def follow(folder: Path, url: str) -> None:
    """Writes all that was judged."""
    section, state = InfluxSection(url=url), InfluxState(folder)
    sources = Sources(
        ledger=read_ledger(folder), store=Store(lambda: sqlite3.connect(folder / "derived.db"))
    )
    following = Following(sources, state, section)
    server = connect(section, Secrets())
    while following.write_next(server) is not None:
        pass


def turn_round() -> None:
    """Has the cursor move before the portion is written: the defence off."""
    write, keep = Portion.write, Following._keep
    later: list[tuple[Portion, Server, str]] = []

    def put_off(portion: Portion, server: Server, name: str) -> int:
        later.append((portion, server, name))
        return len(portion.points)

    def keep_first(following: Following, before: Cursor, after: Cursor, portion: Portion) -> None:
        keep(following, before, after, portion)
        write(*later.pop())

    for kind, name, turned in ((Portion, "write", put_off), (Following, "_keep", keep_first)):
        setattr(kind, name, turned)


if __name__ == "__main__":
    if "cursor-first" in sys.argv:
        turn_round()
    follow(Path(sys.argv[1]), sys.argv[2])
