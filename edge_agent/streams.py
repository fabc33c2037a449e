"""From pending polls to the streams of a batch: calibrated, in columns. Pure."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import numpy as np

from calibration.apply import Index
from calibration.basis import InstrumentCalibration
from calibration.function import Floats
from calibration.indication import WORST_FIRST, Quality
from calibration.measurand import Accumulation
from device_profiles.resolution import is_steady, resolution
from edge_agent.calibrations import Calibrations, ChannelKey, repeatability_in
from edge_agent.figures import Figures, figures_of
from edge_agent.poll import Lacking, Poll, Reading
from evidence.log.batch import Miss, Stream, StreamHead
from evidence.log.column import Progression, collapsed, progression

NS_PER_MS: Final = 1_000_000
MS_PER_H: Final = 3_600_000
_RANK = {quality: rank for rank, quality in enumerate(WORST_FIRST)}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One reading or one miss of a channel, with the number of its poll."""

    key: ChannelKey
    sequence: int
    what: Reading | Lacking


@dataclass(slots=True, kw_only=True)
class _Group:
    """Entries of one channel under one calibration."""

    key: ChannelKey
    row: int
    readings: list[tuple[int, Reading]] = field(default_factory=list)
    lacking: list[tuple[int, Lacking]] = field(default_factory=list)


def entries_of(polls: Iterable[Poll]) -> list[Entry]:
    """All readings and misses of `polls`, in their order."""
    found: list[Entry] = []
    for poll in polls:
        for what in itertools.chain[Reading | Lacking](poll.readings, poll.lacking):
            key = (poll.setup, what.channel)
            found.append(Entry(key=key, sequence=poll.sequence, what=what))
    return found


def streams_of(entries: Iterable[Entry], calibrations: Calibrations) -> tuple[Stream, ...]:
    """The streams of a batch, one per channel and calibration in force.

    Rate and interval channels of all devices are calibrated in one pass; a register's
    reading passes through, since calibration acts on its increments.
    """
    groups = _grouped(entries, calibrations)
    figures = _calibrated(groups, calibrations)
    return tuple(
        _stream(group, figures.get(place), calibrations) for place, group in enumerate(groups)
    )


def _grouped(entries: Iterable[Entry], calibrations: Calibrations) -> list[_Group]:
    groups: dict[tuple[ChannelKey, int], _Group] = {}
    for entry in entries:
        timeline = calibrations.timelines[entry.key]
        row = timeline.row(entry.what.at_ms * NS_PER_MS) if len(timeline.from_ns) > 1 else 0
        group = groups.get((entry.key, row))
        if group is None:
            group = groups[entry.key, row] = _Group(key=entry.key, row=row)
        if isinstance(entry.what, Reading):
            group.readings.append((entry.sequence, entry.what))
        else:
            group.lacking.append((entry.sequence, entry.what))
    return list(groups.values())


def _calibrated(groups: Sequence[_Group], calibrations: Calibrations) -> dict[int, Figures]:
    """Figures of the groups that are not registers, from one pass over all their readings."""
    places = [
        place
        for place, group in enumerate(groups)
        if group.readings and group.key in calibrations.first_row
    ]
    if not places:
        return {}
    chosen = [groups[place] for place in places]
    rows = [calibrations.first_row[group.key] + group.row for group in chosen]
    sizes = [len(group.readings) for group in chosen]
    readings = _columns(chosen, calibrations)
    return dict(zip(places, figures_of(calibrations.table, rows, sizes, readings), strict=True))


def _columns(groups: Sequence[_Group], calibrations: Calibrations) -> tuple[Floats, Floats, Index]:
    """Indications, arguments of the functions, and instants, of all groups in a row."""
    readings = [reading for group in groups for _, reading in group.readings]
    indication = np.array([reading.number for reading in readings], dtype=np.float64)
    per = [_hours(group, calibrations) for group in groups]
    hours = np.repeat(np.array(per), [len(group.readings) for group in groups])
    at_ns = np.array([reading.at_ms for reading in readings], dtype=np.int64) * NS_PER_MS
    return indication, indication / hours, at_ns


def _hours(group: _Group, calibrations: Calibrations) -> float:
    """What an interval's amount is divided by where its function asks for the load; else 1."""
    setup = calibrations.setups[group.key[0]]
    result = _in_force(group, calibrations).result
    interval = calibrations.channel(group.key).measurand.accumulation == Accumulation.INTERVAL
    by_load = interval and result is not None and result.argument == "load"
    return setup.period_ms / MS_PER_H if by_load else 1.0


def _in_force(group: _Group, calibrations: Calibrations) -> InstrumentCalibration:
    return calibrations.timelines[group.key].calibrations[group.row]


def _stream(group: _Group, figures: Figures | None, calibrations: Calibrations) -> Stream:
    rows = group.readings
    indication = tuple(reading.number for _, reading in rows)
    empty = Progression(first=0, steps=())
    return Stream(
        head=_head(group, calibrations),
        rows=len(rows),
        sequence=progression([sequence for sequence, _ in rows]) if rows else empty,
        at_ms=progression([reading.at_ms for _, reading in rows]) if rows else empty,
        raw=tuple(reading.raw.hex() for _, reading in rows),
        indication=indication,
        value=_value(indication, figures),
        quality=_quality(group, figures, calibrations),
        contributions=() if figures is None else figures.contributions,
        fresh=_fresh(group, figures, calibrations),
        missed=tuple(
            Miss(sequence=sequence, at_ms=each.at_ms, reason=each.reason, quality=each.quality)
            for sequence, each in group.lacking
        ),
    )


def _head(group: _Group, calibrations: Calibrations) -> StreamHead:
    """What describes a group's stream; made once, for it is told again in each batch."""
    step = _resolution(group, calibrations)
    place = (group.key, group.row, step)
    head = calibrations.heads.get(place)
    if head is None:
        head = calibrations.heads[place] = _made_head(group, step, calibrations)
    return head


def _made_head(group: _Group, step: float, calibrations: Calibrations) -> StreamHead:
    setup, channel = calibrations.setups[group.key[0]], calibrations.channel(group.key)
    applied = _in_force(group, calibrations)
    return StreamHead(
        channel=channel.channel,
        measurand=channel.measurand,
        period_ms=setup.period_ms,
        serial=applied.serial,
        profile=setup.profile,
        basis=applied.basis,
        confirmation=applied.confirmation,
        certificate=applied.certificate,
        resolution=step,
        rollover=channel.rollover,
        rated_rate=channel.rated_rate,
        nameplate_mpe_relative=setup.nameplate_mpe_relative,
        parameters=setup.parameters,
    )


def _resolution(group: _Group, calibrations: Calibrations) -> float:
    """The largest step among a group's readings: a float register's grows as it counts."""
    setup, channel = calibrations.setups[group.key[0]], calibrations.channel(group.key)
    if channel.resolution is not None:
        return channel.resolution
    known = calibrations.steps.get(group.key)
    if known is not None:
        return known
    profile = calibrations.profiles.get(setup.profile)
    if profile is None:  # of an earlier configuration, and lost with a damaged spool
        return 0.0
    largest = max((abs(reading.number) for _, reading in group.readings), default=0.0)
    step = resolution(profile, channel.name, largest, setup.parameters) or 0.0
    if is_steady(profile.channel(channel.name)):
        calibrations.steps[group.key] = step
    return step


def _value(
    indication: tuple[int | float, ...], figures: Figures | None
) -> tuple[float, ...] | None:
    """The results, left out where they are the indications themselves."""
    if figures is None:
        return None
    return None if figures.value == indication else figures.value


def _quality(
    group: _Group, figures: Figures | None, calibrations: Calibrations
) -> Quality | tuple[Quality, ...]:
    due_ns = _in_force(group, calibrations).due_ns
    inside = (True,) * len(group.readings) if figures is None else figures.inside
    found = [
        _worst(reading, inside=within, due_ns=due_ns)
        for (_, reading), within in zip(group.readings, inside, strict=True)
    ]
    return collapsed(found) if found else Quality.GOOD


def _worst(reading: Reading, *, inside: bool, due_ns: int | None) -> Quality:
    overdue = due_ns is not None and reading.at_ms * NS_PER_MS >= due_ns
    if inside and not overdue:
        return reading.quality
    candidates = (
        reading.quality,
        Quality.GOOD if inside else Quality.OUTSIDE_MEASURING_INTERVAL,
        Quality.OVERDUE if overdue else Quality.GOOD,
    )
    return min(candidates, key=_RANK.__getitem__)


def _fresh(
    group: _Group, figures: Figures | None, calibrations: Calibrations
) -> float | tuple[float, ...]:
    """The repeatability's share in each value; of registers, of each reading."""
    if figures is not None:
        return figures.fresh
    unit = calibrations.timelines[group.key].unit
    return repeatability_in(_in_force(group, calibrations), unit)
