"""What a running simulation says about itself: as one JSON object or as a table for people."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from evidence.clock import Clock, ScaledClock, utc_text
from simulators.serve import Line


class ServedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """An address, and the serial numbers that stand there one after the other.

    Attributes:
        unit_id: of Modbus; None of other protocols.
        address: as the protocol writes it.
    """

    unit_id: int | None
    address: str
    profile: str
    serials: tuple[str, ...]


class ServedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line and the port that it listens on, or the path of its pseudo terminal."""

    line: str
    kind: str
    port: int
    path: str
    units: tuple[ServedUnit, ...]


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a simulation listens; `clock` lets another process show the same time."""

    schema: int = 1
    host: str
    now: str
    clock: str | None
    lines: tuple[ServedLine, ...]
    documents: tuple[str, ...]


def announcement(
    lines: Sequence[Line],
    ports: Mapping[str, int | str],
    host: str,
    clock: Clock,
    documents: Sequence[Path],
) -> Announcement:
    """The announcement of lines that listen on `ports` of `host`."""
    return Announcement(
        host=host,
        now=utc_text(clock.now_ns()),
        clock=clock.to_text() if isinstance(clock, ScaledClock) else None,
        lines=tuple(_line(line, ports[line.id]) for line in lines),
        documents=tuple(str(path) for path in documents),
    )


def as_json(told: Announcement) -> str:
    """One line of JSON."""
    return msgspec.json.encode(told).decode()


def as_table(told: Announcement) -> str:
    """One row a unit, then one row a document."""
    rows = [f"{'ADDRESS':<24}{'UNIT':>14}  {'PROFILE':<24}{'SERIAL'}"]
    for line in told.lines:
        for unit in line.units:
            serials = " then ".join(unit.serials)
            place = line.path or f"{told.host}:{line.port}"
            rows.append(f"{place:<24}{unit.address:>14}  {unit.profile:<24}{serials}".rstrip())
    return "\n".join([*rows, *told.documents])


def _line(line: Line, reached: int | str) -> ServedLine:
    units = tuple(
        ServedUnit(
            unit_id=int(address) if place.site.profile.protocol == "modbus" else None,
            address=address,
            profile=place.site.profile.id,
            serials=tuple(instrument.serial for instrument in place.instruments),
        )
        for address, place in line.standing
    )
    port, path = (reached, "") if isinstance(reached, int) else (0, reached)
    return ServedLine(line=line.id, kind=line.kind, port=port, path=path, units=units)
