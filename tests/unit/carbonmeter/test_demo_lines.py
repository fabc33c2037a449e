"""The demo's product lines: they stand in the journal, and name channels that the demo reads."""

from pathlib import Path

from carbonmeter.demo_config import Ports, write_collector
from carbonmeter.demo_lines import BOUNDARIES, ENGINEER, save_lines
from carbonmeter.demo_run import EXPECTED
from collector.activity.acts import known_in
from collector.journal_read import read_journal
from evidence.clock import SteppedClock


def test_the_lines_of_the_demo_stand_in_the_journal_with_channels_that_are_read(
    tmp_path: Path,
) -> None:
    config, _ = write_collector(tmp_path, Ports(broker=1, relay=2, api=3, lines={}), {})
    save_lines(config, SteppedClock(5))
    save_lines(config, SteppedClock(5))  # word for word: not entered again
    with read_journal(tmp_path / "collector", "collector") as journal:
        found = list(known_in(journal).boundaries.standing())
        assert journal.head().size == len(BOUNDARIES)
    assert {each.line for _, each in found} == {"Rolling line", "Utilities"}
    assert {each.told("line", "zh") for _, each in found} == {"轧制线", "公用工程"}
    assert {version.who for version, _ in found} == {ENGINEER}
    assert {channel for _, each in found for channel in each.channels} <= set(EXPECTED)
