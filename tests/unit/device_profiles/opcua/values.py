"""DataValues to draw, and asyncua's own coding of them: a foreign oracle."""

from datetime import UTC, datetime, timedelta

from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import strategies as st

from device_profiles.opcua.datavalue import DataValue

RANGES = {
    "SByte": (-(2**7), 2**7 - 1),
    "Byte": (0, 2**8 - 1),
    "Int16": (-(2**15), 2**15 - 1),
    "UInt16": (0, 2**16 - 1),
    "Int32": (-(2**31), 2**31 - 1),
    "UInt32": (0, 2**32 - 1),
    "Int64": (-(2**63), 2**63 - 1),
    "UInt64": (0, 2**64 - 1),
    "DateTime": (-(2**63), 2**63 - 1),
}
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.one_of(
    st.tuples(st.just("Boolean"), st.booleans()),
    st.tuples(st.just("Float"), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just("Double"), st.floats(allow_nan=False)),
    st.tuples(st.just("String"), TEXTS | st.none()),
    st.tuples(st.none(), st.none()),
    *(st.tuples(st.just(name), st.integers(low, high)) for name, (low, high) in RANGES.items()),
)
TICKS = st.none() | st.integers(-(2**63), 2**63 - 1)
TENS = st.none() | st.integers(0, 9999)
DATA_VALUES = st.builds(
    lambda typed, **fields: DataValue(type=typed[0], value=typed[1], **fields),
    VALUES,
    status=st.none() | st.integers(0, 2**32 - 1),
    source_ticks=TICKS,
    source_picoseconds=TENS,
    server_ticks=TICKS,
    server_picoseconds=TENS,
)
_START = datetime(1601, 1, 1, tzinfo=UTC)


def in_foreign_coding(told: DataValue) -> bytes:
    """asyncua's bytes of a DataValue; its ticks whole microseconds within its calendar."""
    kind = ua.VariantType.Null if told.type is None else ua.VariantType[told.type]
    value: object = told.value
    if told.type == "DateTime" and isinstance(told.value, int):
        value = _foreign_time(told.value)
    foreign = ua.DataValue(
        ua.Variant(value, kind),
        None if told.status is None else ua.StatusCode(told.status),
        None if told.source_ticks is None else _foreign_time(told.source_ticks),
        None if told.server_ticks is None else _foreign_time(told.server_ticks),
        told.source_picoseconds,
        told.server_picoseconds,
    )
    return bytes(struct_to_binary(foreign))


def _foreign_time(ticks: int) -> datetime:
    return _START + timedelta(microseconds=ticks // 10)
