"""Processes that are started, started anew, and ended together."""

from dataclasses import replace
from pathlib import Path

from carbonmeter.children import Child, end_all, restart, start, tail_of
from evidence.clock import parse_utc, start_scaled_clock


def test_who_is_started_anew_keeps_place_and_page_and_says_on_where_it_said(
    tmp_path: Path,
) -> None:
    clock = start_scaled_clock(parse_utc("2026-01-06T05:20:00Z"), 200.0)
    children: list[Child] = []
    for name in ("first", "second"):
        start(children, tmp_path, name, ["no-such-command"], clock)
    children[0] = before = replace(children[0], page="http://127.0.0.1/")
    before.process.wait(30)
    restart(children, "first", clock)
    after = children[0]
    after.process.wait(30)
    end_all(children)
    assert [each.name for each in children] == ["first", "second"]
    assert after.process.pid != before.process.pid
    assert (after.page, after.log, after.arguments) == (before.page, before.log, before.arguments)
    assert tail_of(after.log).count("no-such-command") == 2
