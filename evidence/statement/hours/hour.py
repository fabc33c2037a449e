"""An hour as it is told, with one method code (pure)."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from calibration.uncertainty import UncertaintyComponent
from evidence.statement.standing.standing import Standing


class HourState(StrEnum):
    """What an hour is; a closed vocabulary."""

    MEASURED = "measured"
    SUBSTITUTED = "substituted"
    MISSING = "missing"
    SHUTDOWN = "shutdown"
    INVALID = "invalid"


class HourQuality(StrEnum):
    """How much an hour's best estimate rests on; a closed vocabulary."""

    WHOLE = "whole"
    PARTIAL = "partial"
    GRACE = "grace"
    NO_TEST = "no_test"
    MANUAL = "manual"
    ESTIMATED = "estimated"
    NONE = "none"


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """An hour of a series.

    Args:
        start_ns: POSIX ns, at a full hour in UTC.
        state: "missing" and "invalid" only where the rules give no value.
        method: the code of the scheme, or a name of ours where it has none.
        rule: id of the rule behind a substitute; None where it was measured or stood still.
        because: why it was not measured; None where it was.
        operating_share: of the hour during which the plant ran, 0 .. 1.
        counts: points by state; of an hourly record one.
        compliance: by the rules, clipped and rounded as they say; None where they give none.
        best_estimate: neither clipped nor rounded nor on the safe side; None where nothing is
            known, and at standstill.
        components: of the best estimate's uncertainty.
        quality: what the best estimate rests on.
        standing: of the analyser; None where it is not known.
        gap: that the hour lies in; None where it has a value of its own.
        provisional: whether a later issue may tell the hour otherwise.
    """

    start_ns: int
    state: HourState
    method: str
    operating_share: float
    counts: Mapping[str, int]
    compliance: float | None
    best_estimate: float | None
    components: tuple[UncertaintyComponent, ...]
    quality: HourQuality
    rule: str | None = None
    because: str | None = None
    standing: Standing | None = None
    gap: str | None = None
    provisional: bool = False
