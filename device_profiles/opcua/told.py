"""What the bytes of one DataValue say, for people and for JSON."""

import math

from device_profiles.opcua.datavalue import DataValue, Scalar, decode
from device_profiles.opcua.instant import utc_text
from device_profiles.opcua.status import limit, name, overflowed, severity


def told(raw: bytes) -> dict[str, object]:
    """Value, status and timestamps that `raw` states; fields it does not state are None.

    Raises:
        WireError: `raw` is not one DataValue of a scalar.
    """
    found = decode(raw)
    return {
        "value": _shown(found),
        "type": found.type,
        "status": f"0x{found.status_code:08X}",
        "status_name": name(found.status_code),
        "severity": str(severity(found.status_code)),
        "limit": str(limit(found.status_code)),
        "overflow": overflowed(found.status_code),
        "source_at": _instant(found.source_ticks),
        "source_ps": _picoseconds(found.source_picoseconds),
        "server_at": _instant(found.server_ticks),
        "server_ps": _picoseconds(found.server_picoseconds),
    }


def _shown(found: DataValue) -> Scalar | None:
    """The value as JSON can carry it."""
    if found.type == "DateTime" and isinstance(found.value, int):
        return utc_text(found.value)
    if isinstance(found.value, float) and not math.isfinite(found.value):
        return str(found.value)
    return found.value


def _instant(ticks: int | None) -> str | None:
    return None if ticks is None else utc_text(ticks)


def _picoseconds(tens: int | None) -> int | None:
    return None if tens is None else 10 * tens
