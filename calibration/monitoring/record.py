"""The record of a test of an analyser that somebody made: a RATA, a linearity test, a QAL2."""

import datetime as dt
import math
from typing import Literal

import msgspec

from calibration.derivation import ChannelId, Said
from calibration.errors import Words
from calibration.limits import with_zone
from calibration.monitoring.errors import TestRecordError

TestKind = Literal[
    "daily_check",
    "manual_check",
    "system_check",
    "velocity_zero",
    "linearity",
    "leak_check",
    "rata",
    "qal2",
    "ast",
    "qal3",
    "verification",
    "calibration",
    "intermediate_check",
]
TestOutcome = Literal["passed", "failed", "aborted"]


class TestRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A test of an analyser, as a person records it.

    Args:
        test: kind. "rata" is any comparison with a reference method (校验).
        id: of the record; a later version of it stands in its place.
        channel: that the analyser shows.
        serial: of the analyser.
        at: when it was completed, or broken off.
        outcome: "aborted" for one that was broken off.
        recorded_at: when this house learnt of it, or of this version.
        recorded_by: a person.
        document: report that it is taken from.
        detail: in words.
        measuring_range: of a dual-range analyser; "" for all.
        detected_at: when it was known that it failed; None: at once.
        valid_until: the first instant at which it does not hold any more, where it says so itself.
        quarters: calendar quarters that it holds for, where its outcome decides that.
        relative_error, standard_uncertainty: (indication - reference)/reference as found, and u of
            it; None where the test does not state it.
    """

    __test__ = False  # a record of a test, none of pytest's

    schema: Literal[1]
    test: TestKind
    id: Said
    channel: ChannelId
    serial: Said
    at: dt.datetime
    outcome: TestOutcome
    recorded_at: dt.datetime
    recorded_by: Said
    document: Said
    detail: str = ""
    measuring_range: str = ""
    detected_at: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    quarters: int | None = None
    relative_error: float | None = None
    standard_uncertainty: float | None = None

    def __post_init__(self) -> None:
        where = f"test {self.id[:80]}"
        with_zone(where, at=self.at, recorded_at=self.recorded_at)
        for name in ("detected_at", "valid_until"):
            instant = getattr(self, name)
            if instant is not None:
                with_zone(where, **{name: instant})
                if instant < self.at:
                    what = f"{name} = {instant.isoformat()}"
                    raise TestRecordError(
                        where, what=what, limit=Words(f"at or after {self.at}", f"不早于 {self.at}")
                    )
        if self.quarters is not None and not 1 <= self.quarters <= 100:
            raise TestRecordError(where, what=f"quarters = {self.quarters}", limit="1 .. 100")
        e, u = self.relative_error or 0.0, self.standard_uncertainty or 0.0
        if not (math.isfinite(e) and math.isfinite(u) and u >= 0.0 and e > -1.0):
            raise TestRecordError(
                where,
                what=f"e = {e}, u = {u}",
                limit=Words("finite, e > -1, u >= 0", "有限数值，e > -1，u >= 0"),
            )
