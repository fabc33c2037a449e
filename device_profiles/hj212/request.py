"""Requests of a monitoring centre to a site, as segments (annex C)."""

from device_profiles.hj212.errors import require
from device_profiles.hj212.load import commands
from device_profiles.hj212.segment import Segment
from device_profiles.hj212.site import Site, command
from device_profiles.hj212.times import MINUTE_INTERVALS, is_time


def read_clock(site: Site, qn: str, factor: str | None = None) -> Segment:
    """1011: the clock of the logger, or of the instrument for `factor` (C.2)."""
    return command(site, "1011", qn, _of(factor))


def set_clock(site: Site, qn: str, local_time: str, factor: str | None = None) -> Segment:
    """1012: set the clock of the logger, or of the instrument for `factor` (C.3).

    Args:
        site: whom it is for.
        qn: names the exchange.
        local_time: YYYYMMDDhhmmss in local time of the site.
        factor: the factor whose instrument is meant.

    Raises:
        ComposeError: `local_time` is no time.
    """
    require(is_time(local_time), "SystemTime", local_time, "YYYYMMDDhhmmss")
    before = _of(factor) + b";" if factor else b""
    return command(site, "1012", qn, before + f"SystemTime={local_time}".encode())


def read_real_time_interval(site: Site, qn: str) -> Segment:
    """1061: how often real-time data are sent (C.5)."""
    return command(site, "1061", qn)


def set_real_time_interval(site: Site, qn: str, interval_s: int) -> Segment:
    """1062: send real-time data every `interval_s` seconds, 30..3600 (C.6)."""
    require(30 <= interval_s <= 3600, "RtdInterval", interval_s, "30..3600 s")
    return command(site, "1062", qn, b"RtdInterval=%d" % interval_s)


def read_minute_interval(site: Site, qn: str) -> Segment:
    """1063: how long the interval of minute data is (C.7)."""
    return command(site, "1063", qn)


def set_minute_interval(site: Site, qn: str, interval_min: int) -> Segment:
    """1064: make the interval of minute data `interval_min`: 1..6, 10, 12, 15, 20, 30 (C.8)."""
    limit = ", ".join(map(str, MINUTE_INTERVALS))
    require(interval_min in MINUTE_INTERVALS, "MinInterval", interval_min, f"{limit} min")
    return command(site, "1064", qn, b"MinInterval=%d" % interval_min)


def set_timeouts(site: Site, qn: str, over_time_s: int, re_count: int) -> Segment:
    """1000: wait `over_time_s` (1..99) for an answer, send again `re_count` times (1..99) (C.1)."""
    require(0 < over_time_s <= 99, "OverTime", over_time_s, "1..99 s")
    require(0 < re_count <= 99, "ReCount", re_count, "1..99")
    return command(site, "1000", qn, b"OverTime=%d;ReCount=%d" % (over_time_s, re_count))


def start_real_time(site: Site, qn: str) -> Segment:
    """2011: send real-time data from now on (C.10)."""
    return command(site, "2011", qn)


def stop_real_time(site: Site, qn: str) -> Segment:
    """2012, a notice: send no more real-time data (C.11)."""
    return command(site, "2012", qn)


def history(site: Site, cn: str, qn: str, begin: str, end: str) -> Segment:
    """2031, 2041, 2051 or 2061: the records whose DataTime lies from `begin` to `end` (C.20-C.23).

    Args:
        site: whom it is for.
        cn: which records.
        qn: names the exchange.
        begin: DataTime of the first record, YYYYMMDDhhmmss in local time of the site.
        end: DataTime of the last record: 08:00 to 08:00 asks for the one hour from 08:00 on.

    Raises:
        ComposeError: the command has no history, a time is none, or `end` is before `begin`.
    """
    known = commands().get(cn)
    divider = known.begin_end if known else None
    require(divider is not None, "CN", cn, "2031, 2041, 2051, 2061")
    require(is_time(begin), "BeginTime", begin, "YYYYMMDDhhmmss")
    require(is_time(end) and begin <= end, "EndTime", end, "YYYYMMDDhhmmss, not before BeginTime")
    return command(site, cn, qn, f"BeginTime={begin}{divider}EndTime={end}".encode())


def _of(factor: str | None) -> bytes:
    return f"PolId={factor}".encode() if factor else b""
