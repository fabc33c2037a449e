"""From pending polls to the streams of a batch: calibrated, in columns. Pure."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import msgspec
import numpy as np

from calibration.basis import InstrumentCalibration
from calibration.function import Floats
from calibration.indication import WORST_FIRST, Quality
from calibration.measurand import Accumulation
from calibration.stacked_functions import Index
from device_profiles.resolution import stepper
from edge_agent.calibrations import Calibrations, ChannelKey, repeatability_in
from edge_agent.figures import Figures, figures_of
from edge_agent.poll import Lacking, Reading
from edge_agent.strands import Row, Strand
from evidence.log.batch import Miss, Stream, StreamHead
from evidence.log.column import Progression, collapsed, progression

NS_PER_MS: Final = 1_000_000
MS_PER_H: Final = 3_600_000
_RANK = {quality: rank for rank, quality in enumerate(WORST_FIRST)}


class _Group(msgspec.Struct, frozen=True):
    """Rows of one channel under one calibration; the columns have an item a reading."""

    key: ChannelKey
    row: int
    sequences: tuple[int, ...]
    at_ms: tuple[int, ...]
    numbers: tuple[int | float, ...]
    readings: Sequence[Reading]
    missed: tuple[Miss, ...]


def streams_of(strands: Iterable[Strand], calibrations: Calibrations) -> tuple[Stream, ...]:
    """The streams of a batch, one per channel and calibration in force.

    Rate and interval channels of all devices are calibrated in one pass; a register's
    reading passes through, since calibration acts on its increments.
    """
    groups = [group for strand in strands for group in _groups(strand, calibrations)]
    figures = _calibrated(groups, calibrations)
    return tuple(
        _stream(group, figures.get(place), calibrations) for place, group in enumerate(groups)
    )


def _groups(strand: Strand, calibrations: Calibrations) -> list[_Group]:
    """The strand's rows by the calibration in force; most have one throughout."""
    timeline = calibrations.timelines[strand.key]
    whole = _group(strand.key, 0, strand.rows)
    stamps = (*whole.at_ms, *(each.at_ms for each in whole.missed))
    first, last = (timeline.row(at_ms * NS_PER_MS) for at_ms in (min(stamps), max(stamps)))
    if first == last:
        return [msgspec.structs.replace(whole, row=first) if first else whole]
    rows: dict[int, list[Row]] = {}
    for each in strand.rows:
        rows.setdefault(timeline.row(each[1].at_ms * NS_PER_MS), []).append(each)
    return [_group(strand.key, row, some) for row, some in rows.items()]


def _group(key: ChannelKey, row: int, rows: Sequence[Row]) -> _Group:
    found = [each for each in rows if type(each[1]) is Reading]
    sequences, readings = zip(*found, strict=True) if found else ((), ())
    return _Group(
        key=key,
        row=row,
        sequences=sequences,
        at_ms=tuple([reading.at_ms for reading in readings]),
        numbers=tuple([reading.number for reading in readings]),
        readings=readings,
        missed=_missed(rows) if len(found) < len(rows) else (),
    )


def _missed(rows: Iterable[Row]) -> tuple[Miss, ...]:
    return tuple(_miss(sequence, what) for sequence, what in rows if isinstance(what, Lacking))


def _miss(sequence: int, what: Lacking) -> Miss:
    return Miss(
        sequence=sequence,
        at_ms=what.at_ms,
        reason=what.reason,
        quality=what.quality,
        raw=what.raw.hex(),
        indication=what.number,
    )


def _calibrated(groups: Sequence[_Group], calibrations: Calibrations) -> dict[int, Figures]:
    """Figures of the groups that are not registers, from one pass over all their readings."""
    places = [
        place
        for place, group in enumerate(groups)
        if group.numbers and group.key in calibrations.first_row
    ]
    if not places:
        return {}
    chosen = [groups[place] for place in places]
    rows = [calibrations.first_row[group.key] + group.row for group in chosen]
    sizes = [len(group.numbers) for group in chosen]
    readings = _columns(chosen, calibrations)
    return dict(zip(places, figures_of(calibrations.table, rows, sizes, readings), strict=True))


def _columns(groups: Sequence[_Group], calibrations: Calibrations) -> tuple[Floats, Floats, Index]:
    """Indications, arguments of the functions, and instants, of all groups in a row."""
    indication = np.array([x for group in groups for x in group.numbers], dtype=np.float64)
    per = [_hours(group, calibrations) for group in groups]
    hours = np.repeat(np.array(per), [len(group.numbers) for group in groups])
    at_ms = np.array([stamp for group in groups for stamp in group.at_ms], dtype=np.int64)
    return indication, indication / hours, at_ms * NS_PER_MS


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
    return Stream(
        head=_head(group, calibrations),
        rows=len(group.numbers),
        sequence=_column(group.sequences),
        at_ms=_column(group.at_ms),
        raw=tuple([reading.raw.hex() for reading in group.readings]),
        indication=group.numbers,
        value=None if figures is None or figures.value == group.numbers else figures.value,
        quality=_quality(group, figures, calibrations),
        contributions=() if figures is None else figures.contributions,
        fresh=_fresh(group, figures, calibrations),
        missed=group.missed,
    )


@lru_cache(maxsize=64)  # what one answer brought has the same stamps, channel by channel
def _column(numbers: tuple[int, ...]) -> Progression:
    return progression(numbers) if numbers else Progression(first=0, steps=())


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
    shared = (setup.profile, channel.name, tuple(setup.parameters.items()))
    step = calibrations.steps.get(shared)
    if step is None:
        profile = calibrations.profiles.get(setup.profile)
        if profile is None:  # of an earlier configuration, and lost with a damaged spool
            return 0.0
        step = calibrations.steps[shared] = stepper(profile, channel.name, setup.parameters)
    return step(max(map(abs, group.numbers), default=0.0)) or 0.0


def _quality(
    group: _Group, figures: Figures | None, calibrations: Calibrations
) -> Quality | tuple[Quality, ...]:
    if not group.readings:
        return Quality.GOOD
    due_ns = _in_force(group, calibrations).due_ns
    overdue = due_ns is not None and max(group.at_ms) * NS_PER_MS >= due_ns
    if not overdue and (figures is None or all(figures.inside)):
        return collapsed([reading.quality for reading in group.readings])
    inside = (True,) * len(group.readings) if figures is None else figures.inside
    return collapsed(
        [
            _worst(reading, inside=within, due_ns=due_ns)
            for reading, within in zip(group.readings, inside, strict=True)
        ]
    )


def _worst(reading: Reading, *, inside: bool, due_ns: int | None) -> Quality:
    overdue = due_ns is not None and reading.at_ms * NS_PER_MS >= due_ns
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
