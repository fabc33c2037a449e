"""What a scheme's file says: how long a test holds, graces, and what a failed test does."""

from typing import Literal

import msgspec

from calibration.monitoring.record import TestKind
from calibration.performance.criterion import Sourced
from evidence.errors import Words
from evidence.statement.standing.errors import SchemeFileError

Policy = Literal["from_test_hour", "from_detection", "retro_to_last_good", "expiry"]
TimeUnit = Literal["clock_hours", "hours", "days", "months", "quarters", "as_stated", "unlimited"]


class Failed(Sourced, frozen=True, kw_only=True):
    """From when hours are out of control after a test that failed, unless another is chosen.

    Args:
        policy: "from_test_hour": the whole hour of the test; "from_detection": the instant at
            which it was known; "retro_to_last_good": the instant of the test, and the time back
            to the last good one is suspect; "expiry": the instant of the test.
    """

    policy: Policy


class Aborted(Sourced, frozen=True, kw_only=True):
    """Whether a test that was broken off counts as one that failed."""

    counts_as: Literal["failed", "nothing"]


class Overdue(Sourced, frozen=True, kw_only=True):
    """What hours are called whose test does not hold any more."""

    counts_as: Literal["overdue", "out_of_control"]


class Untested(Sourced, frozen=True, kw_only=True):
    """What hours count as, for whoever takes hours, where a test that is required was never made.

    They are told as "no_test" all the same.
    """

    counts_as: Literal["no_test", "out_of_control"]


class OperatingGrace(Sourced, frozen=True, kw_only=True):
    """Hours of operation in which a test that does not hold any more still counts."""

    operating_hours: int

    def __post_init__(self) -> None:
        _within("grace", 1, 20_000, operating_hours=self.operating_hours)


class StartUpGrace(Sourced, frozen=True, kw_only=True):
    """Clock hours after a restart, where the stack stood still within the test's time."""

    clock_hours: int

    def __post_init__(self) -> None:
        _within("startup", 1, 1_000, clock_hours=self.clock_hours)


class Extension(Sourced, frozen=True, kw_only=True):
    """Quarters that do not count, since the stack hardly ran.

    Args:
        quarter_operating_hours: a quarter with fewer is passed over.
        most_quarters: the test ends so many calendar quarters after its own at the latest.
    """

    quarter_operating_hours: int
    most_quarters: int

    def __post_init__(self) -> None:
        _within("extension", 1, 100, most_quarters=self.most_quarters)


class CountsInHour(Sourced, frozen=True, kw_only=True):
    """A test that passed counts in its own hour only if it ended before this minute."""

    before_minute: int

    def __post_init__(self) -> None:
        _within("counts", 1, 59, before_minute=self.before_minute)


class Validity(Sourced, frozen=True, kw_only=True):
    """How long a test holds.

    Args:
        kind: of the test.
        required: whether an hour without any such test has "no_test"; one that is not required
            counts from the first one made.
        valid_for, unit: "clock_hours" count from the start of the test's hour; "hours", "days"
            and "months" from its instant, by the plant's clock; "quarters" end with a calendar
            quarter; "as_stated" and "unlimited" have no number: the test says itself how long it
            holds, or, with the latter, holds until the next where it says nothing.
    """

    kind: TestKind
    required: bool
    unit: TimeUnit
    valid_for: int | None = None
    grace: OperatingGrace | None = None
    startup: StartUpGrace | None = None
    extension: Extension | None = None
    counts: CountsInHour | None = None

    def __post_init__(self) -> None:
        if (self.valid_for is None) != (self.unit in {"as_stated", "unlimited"}):
            found = f"valid_for = {self.valid_for} {self.unit}"
            limit = "a number, or unit = 'as_stated' or 'unlimited'"
            raise SchemeFileError(self.kind, found=found, limit=limit)
        if self.valid_for is not None:
            _within(self.kind, 1, 20_000, valid_for=self.valid_for)
        if self.startup is not None and self.unit != "clock_hours":
            found = f"startup with {self.unit}"
            raise SchemeFileError(self.kind, found=found, limit="unit = 'clock_hours'")


class Scheme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scheme of quality assurance.

    Args:
        schema: 1.
        id: name and edition.
        title: of the standard.
        sources: where the data come from.
        validity: one part for each kind of test.
        untested: None where the scheme says nothing of hours without any test.
    """

    schema: Literal[1]
    id: str
    title: str
    sources: str
    failed: Failed
    aborted: Aborted
    overdue: Overdue
    validity: tuple[Validity, ...]
    untested: Untested | None = None

    def __post_init__(self) -> None:
        kinds = [each.kind for each in self.validity]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise SchemeFileError(
                    self.id, found=f"{kind} twice", limit=Words("each kind once", "每种一次")
                )

    def of(self, kind: TestKind) -> Validity | None:
        """How long a kind of test holds; None for one that the scheme does not know."""
        return next((each for each in self.validity if each.kind == kind), None)


class SchemeUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The scheme behind a result: its id, and SHA-256 of its file's bytes."""

    id: str
    sha256: str


def _within(place: str, low: int, high: int, /, **numbers: int) -> None:
    """Refuses a number outside low .. high."""
    for name, value in numbers.items():
        if not low <= value <= high:
            raise SchemeFileError(place, found=f"{name} = {value}", limit=f"{low} .. {high}")
