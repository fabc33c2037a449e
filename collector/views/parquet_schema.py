"""The columns of the lake's two datasets, and what a segment says of itself. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from evidence.software import SOFTWARE

LAKE_VERSION: Final = 1
READINGS: Final = "readings"
HOURS: Final = "hours"
DATASETS: Final = (READINGS, HOURS)
STAMP: Final = pa.timestamp("ms", tz="UTC")

COMPONENT: Final = pa.struct(
    [
        pa.field("influence", pa.string(), nullable=False),
        pa.field("contribution", pa.float64(), nullable=False),
        pa.field("shared", pa.bool_(), nullable=False),
        pa.field("evaluation", pa.string(), nullable=False),
        pa.field("degrees_of_freedom", pa.float64()),
        pa.field("dof_source", pa.string()),
    ]
)
COMPONENTS: Final = pa.list_(pa.field("element", COMPONENT, nullable=False))
_TEXTS: Final = pa.list_(pa.field("element", pa.string(), nullable=False))

_READINGS: Final = pa.schema(
    [
        pa.field("channel", pa.string(), nullable=False),
        pa.field("instant", STAMP, nullable=False),
        pa.field("poll", pa.int64(), nullable=False),
        pa.field("indication", pa.float64()),
        pa.field("value", pa.float64()),
        pa.field("standard_uncertainty", pa.float64()),
        pa.field("components", COMPONENTS, nullable=False),
        pa.field("u_fresh", pa.float64()),
        pa.field("u_resolution", pa.float64()),
        pa.field("quality", pa.string(), nullable=False),
        pa.field("missed", pa.string()),
        pa.field("shown", pa.float64()),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("kind_of_quantity", pa.string(), nullable=False),
        pa.field("accumulation", pa.string(), nullable=False),
        pa.field("period_ms", pa.int64(), nullable=False),
        pa.field("serial", pa.string(), nullable=False),
        pa.field("u_basis", pa.string(), nullable=False),
        pa.field("certificate", pa.string(), nullable=False),
        pa.field("confirmation", pa.string(), nullable=False),
        pa.field("agent", pa.string(), nullable=False),
        pa.field("epoch", pa.string(), nullable=False),
        pa.field("leaf", pa.int64(), nullable=False),
        pa.field("ledger_position", pa.int64(), nullable=False),
    ]
)
_HOURS: Final = pa.schema(
    [
        pa.field("channel", pa.string(), nullable=False),
        pa.field("hour_start", STAMP, nullable=False),
        pa.field("hour_end", STAMP, nullable=False),
        pa.field("version", pa.int64(), nullable=False),
        pa.field("form", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),
        pa.field("uncorrected", pa.float64()),
        pa.field("value", pa.float64()),
        pa.field("standard_uncertainty", pa.float64()),
        pa.field("components", COMPONENTS, nullable=False),
        pa.field("expected", pa.int64(), nullable=False),
        pa.field("present", pa.int64(), nullable=False),
        pa.field("missed", pa.map_(pa.string(), pa.int64()), nullable=False),
        pa.field("qualities", pa.map_(pa.string(), pa.int64()), nullable=False),
        pa.field("states", pa.string(), nullable=False),
        pa.field("u_basis", pa.string(), nullable=False),
        pa.field("serials", _TEXTS, nullable=False),
        pa.field("certificates", _TEXTS, nullable=False),
        pa.field("confirmations", _TEXTS, nullable=False),
    ]
)
SCHEMAS: Final[Mapping[str, pa.Schema]] = {READINGS: _READINGS, HOURS: _HOURS}


_SEGMENT: Final = re.compile(r"(readings|hours)/day=\d{4}-\d\d-\d\d/\d{4,}-[0-9a-f]{16}\.parquet")


def is_segment(path: str) -> bool:
    """Whether a path, from a lake's folder, is one that a segment can have."""
    return _SEGMENT.fullmatch(path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentName:
    """Which segment of which day, and from which part of the ledger.

    Attributes:
        dataset: `readings` or `hours`.
        day: UTC, YYYY-MM-DD.
        number: 1 for the day's first; further ones hold what came later.
        from_position: of the first leaf in the ledger that a row of it stands in; of hours 0.
        through_position: leaves from there on are not in it.
        ledger_root: Merkle root over the leaves before `through_position`, hexadecimal.
    """

    dataset: str
    day: str
    number: int
    from_position: int
    through_position: int
    ledger_root: str

    def schema(self) -> pa.Schema:
        """The columns of the dataset, with what the segment says of itself as metadata."""
        said = {
            "version": LAKE_VERSION,
            "software": SOFTWARE,
            "dataset": self.dataset,
            "day": self.day,
            "segment": self.number,
            "from_position": self.from_position,
            "through_position": self.through_position,
            "ledger_root": self.ledger_root,
        }
        metadata = {f"carbonmeter.{key}": str(value) for key, value in said.items()}
        return SCHEMAS[self.dataset].with_metadata(metadata)

    def path(self, sha256: str) -> str:
        """Where it lies in the lake, by its digest."""
        return f"{self.dataset}/day={self.day}/{self.number:04d}-{sha256[:16]}.parquet"
