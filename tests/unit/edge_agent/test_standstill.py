"""A meter that goes on answering while its measurement has stopped."""

from pathlib import Path

import msgspec

from calibration.indication import Quality
from edge_agent.installation import Installation
from edge_agent.standstill import Standstill
from tests.unit.edge_agent.site import START_NS, device, installed, poll

HOUR_NS = 3_600_000_000_000
WATCHED = "frozen_after_s = 3600.0"


def marked(
    site: Installation, watch: Standstill, *steps: tuple[float, float], name: str = "feeder-1"
) -> list[Quality]:
    """Qualities of polls, each at an hour after the start and of a number."""
    found = []
    for hour, number in steps:
        made = poll(site, START_NS + round(hour * HOUR_NS), 0, number, name=name)
        after = watch.marked(site.devices[name], made)
        (reading,) = after.readings
        assert msgspec.structs.replace(reading, quality=Quality.GOOD) == made.readings[0]
        found.append(reading.quality)
    return found


def test_what_stands_still_for_longer_than_the_site_allows_is_marked_until_it_moves(
    tmp_path: Path,
) -> None:
    site = installed(tmp_path, device(more=WATCHED))
    assert site.devices["feeder-1"].frozen_after_ns == HOUR_NS
    steps = [(0.0, 7.0), (0.5, 8.0), (1.0, 8.0), (1.49, 8.0), (1.5, 8.0), (9.0, 8.0), (9.1, 8.01)]
    good, frozen = Quality.GOOD, Quality.FROZEN
    assert marked(site, Standstill(), *steps) == [good, good, good, good, frozen, frozen, good]


def test_nothing_is_marked_where_the_site_says_nothing(tmp_path: Path) -> None:
    site = installed(tmp_path, device())
    assert marked(site, Standstill(), (0.0, 7.0), (9000.0, 7.0)) == [Quality.GOOD] * 2


def test_each_device_stands_still_for_itself(tmp_path: Path) -> None:
    site = installed(tmp_path, device(more=WATCHED) + device("feeder-2", 2, more=WATCHED))
    watch = Standstill()
    assert marked(site, watch, (0.0, 7.0)) == [Quality.GOOD]
    assert marked(site, watch, (1.5, 7.0), name="feeder-2") == [Quality.GOOD]
    assert marked(site, watch, (1.6, 7.0)) == [Quality.FROZEN]


def test_a_clock_that_was_set_back_begins_anew(tmp_path: Path) -> None:
    site = installed(tmp_path, device(more=WATCHED))
    good, frozen = Quality.GOOD, Quality.FROZEN
    assert marked(site, Standstill(), (5.0, 7.0), (0.0, 7.0), (0.9, 7.0), (1.0, 7.0)) == [
        good,
        good,
        good,
        frozen,
    ]


def test_a_reading_whose_time_is_suspect_stays_so(tmp_path: Path) -> None:
    site = installed(tmp_path, device(more=WATCHED))
    watch, feeder = Standstill(), site.devices["feeder-1"]
    first = poll(site, START_NS, 0, 7.0)
    later = poll(site, START_NS + 2 * HOUR_NS, 1, 7.0)
    suspect = tuple(
        msgspec.structs.replace(each, quality=Quality.CLOCK_SUSPECT) for each in later.readings
    )
    watch.marked(feeder, first)
    found = watch.marked(feeder, msgspec.structs.replace(later, readings=suspect))
    assert found.readings == suspect
