"""An analyser that is checked with gas by a schedule, and whose status says nothing of it."""

from pathlib import Path

import pytest

from calibration.indication import MissReason
from edge_agent.checked import in_checks
from edge_agent.config_errors import ConfigError
from edge_agent.cycle import unpolled
from edge_agent.installation import Installation
from edge_agent.poll import Poll
from edge_agent.tick import Tick
from tests.unit.edge_agent.site import START_NS, device, installed, poll

MINUTE_NS = 60_000_000_000
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS
MIDNIGHT_NS = START_NS - START_NS % DAY_NS
CHECKED = """
[[lines.devices.checks]]
channels = ["{channel}"]
at = 03:10:00
every_h = {every_h}
duration_s = {duration_s}
"""


def site_of(
    folder: Path, channel: str = "active_energy_import", every_h: int = 24, duration_s: float = 900
) -> Installation:
    more = CHECKED.format(channel=channel, every_h=every_h, duration_s=duration_s)
    return installed(folder, device(more=more))


def marked(site: Installation, at_ns: int) -> Poll:
    made = poll(site, at_ns, 0, 7.0)
    return in_checks(made, site.devices["feeder-1"].checks)


def test_what_is_shown_in_a_check_is_a_miss_that_keeps_its_bytes(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    begin_ns = MIDNIGHT_NS + 3 * HOUR_NS + 10 * MINUTE_NS
    made = poll(site, begin_ns, 0, 7.0)
    after = in_checks(made, site.devices["feeder-1"].checks)
    (shown,), (lacking,) = made.readings, after.lacking
    assert after.readings == ()
    assert lacking.reason == MissReason.CALIBRATING
    assert (lacking.channel, lacking.at_ms, lacking.raw, lacking.number) == (
        shown.channel,
        shown.at_ms,
        shown.raw,
        shown.number,
    )


@pytest.mark.parametrize(
    ("minutes", "every_h", "gone"),
    [
        (3 * 60 + 9, 24, 0),
        (3 * 60 + 10, 24, 1),
        (3 * 60 + 24, 24, 1),
        (3 * 60 + 25, 24, 0),
        (27 * 60 + 10, 24, 1),
        (9 * 60 + 10, 6, 1),
        (9 * 60 + 10, 24, 0),
        (21 * 60 + 24, 6, 1),
    ],
)
def test_a_check_lasts_from_its_begin_until_the_sample_is_back(
    tmp_path: Path, minutes: int, every_h: int, gone: int
) -> None:
    found = marked(site_of(tmp_path, every_h=every_h), MIDNIGHT_NS + minutes * MINUTE_NS)
    assert (len(found.lacking), len(found.readings)) == (gone, 1 - gone)


def test_a_poll_without_an_answer_keeps_its_own_reason(tmp_path: Path) -> None:
    site = site_of(tmp_path)
    at_ns = MIDNIGHT_NS + 3 * HOUR_NS + 10 * MINUTE_NS
    gone = unpolled(site.devices["feeder-1"], Tick(sequence=0, at_ns=at_ns), MissReason.TIMEOUT)
    assert in_checks(gone, site.devices["feeder-1"].checks) == gone


@pytest.mark.parametrize(
    ("channel", "every_h", "code"),
    [
        ("active_power", 24, "E_CONFIG_REFERENCE"),
        ("active_energy_import", 7, "E_CONFIG_LIMIT"),
        ("active_energy_import", 36, "E_CONFIG_LIMIT"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(
    tmp_path: Path, channel: str, every_h: int, code: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        site_of(tmp_path, channel, every_h)
    assert caught.value.code == code
