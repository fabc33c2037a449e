"""A register that rolls over, jumps, is reset and is exchanged: totals by hand."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.register_site import RegisterSite

E_A, E_B = 1.002, 0.999  # 1 + the relative error by each meter's certificate
EXCHANGE = """
[[lines.devices.exchanges]]
at = 2026-03-02T04:22:30Z
old_serial = "SN-A"
new_serial = "SN-B"
closing = { energy = 95.0 }
opening = { energy = 1000.0 }
"""
SHOWN = (
    (9800.0, 9850.0, 9900.0, 9950.0),
    (9990.0, 30.0, 60.0, 100.0),  # rolls over at 10000
    (140.0, 170.0, 9000.0, 230.0),  # one wild reading
    (260.0, 290.0, 5.0, 25.0),  # was reset to 0
    (45.0, 80.0, 1010.0, 1050.0),  # exchanged between 80 and 1010
    (1090.0, 1130.0, 1170.0, 1210.0),
    (1250.0,),
)
READINGS = [value for hour in SHOWN for value in hour]
BY_HAND = [
    (9990.0 - 9800.0) / E_A,
    (10_000.0 - 9990.0 + 140.0) / E_A,
    (260.0 - 140.0) / E_A,
    ((290.0 - 260.0) + (45.0 - 5.0)) / E_A,
    (95.0 - 45.0) / E_A + (1090.0 - 1000.0) / E_B,
    (1250.0 - 1090.0) / E_B,
]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RegisterSite]:
    made = RegisterSite(tmp_path)
    yield made
    made.close()


def test_each_hour_counts_what_the_register_grew_by_under_the_meter_that_was_there(
    site: RegisterSite,
) -> None:
    site.start(EXCHANGE)
    site.shows(READINGS)
    asyncio.run(site.stop())
    site.judge()
    windows = site.windows()
    assert [window.value for window in windows] == pytest.approx(BY_HAND, rel=1e-12)
    found = [[finding.kind for finding in window.findings] for window in windows]
    assert found == [[], ["rollover"], ["spike"], ["reset"], ["exchange"], []]
    assert [window.grounds.serials for window in windows[3:]] == [
        ("SN-A",),
        ("SN-A", "SN-B"),
        ("SN-B",),
    ]


def test_the_total_of_the_day_is_the_sum_and_names_what_happened(site: RegisterSite) -> None:
    site.start(EXCHANGE)
    site.shows(READINGS)
    asyncio.run(site.stop())
    site.judge()
    datum = site.activity(6)
    assert datum.value == pytest.approx(sum(BY_HAND), rel=1e-12)
    uncorrected = 190.0 + 150.0 + 120.0 + 70.0 + 140.0 + 160.0
    assert datum.uncorrected_value == pytest.approx(uncorrected, rel=1e-12)
    assert [event.kind for event in datum.events] == ["rollover", "spike", "reset", "exchange"]
    exchange = datum.events[-1]
    assert (exchange.at, exchange.before, exchange.after) == ("2026-03-02T04:22:30Z", 95.0, 1000.0)
    assert datum.serials == ("SN-A", "SN-B")
    assert datum.certificates == ("C-SN-A", "C-SN-B")
    assert datum.opening is not None
    assert datum.closing is not None
    assert (datum.opening.value, datum.closing.value) == (9800.0, 1250.0)
    assert datum.completeness.expected == 24


def test_an_exchange_that_is_written_down_later_gives_the_same_hours(site: RegisterSite) -> None:
    """The meter is exchanged at 04:22; the person edits the configuration after 05:00."""
    site.start()
    site.shows(READINGS[:22])
    asyncio.run(site.stop())
    site.judge()
    wrong = site.windows()[4]
    assert "exchange" not in [finding.kind for finding in wrong.findings]
    assert wrong.value != pytest.approx(BY_HAND[4], rel=1e-3)
    site.start(EXCHANGE)
    site.shows(READINGS[22:])
    asyncio.run(site.stop())
    site.judge()
    assert [window.value for window in site.windows()] == pytest.approx(BY_HAND, rel=1e-12)
    assert [event.kind for event in site.activity(6).events][-1] == "exchange"


def test_a_restart_of_the_collector_at_any_poll_changes_no_hour(site: RegisterSite) -> None:
    site.start(EXCHANGE)
    for value in READINGS:
        site.shows([value])
        site.deliver()
        site.judge()
    asyncio.run(site.stop())
    site.judge()
    assert [window.value for window in site.windows()] == pytest.approx(BY_HAND, rel=1e-12)
