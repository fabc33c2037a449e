"""Tables of accuracy classes, as their documents print them (pure)."""

import math
import operator
from typing import Annotated, Final, Literal

import msgspec

from calibration.distribution import Distribution
from calibration.type_b.point import Bound, Marks, OperatingPoint, bound_parts
from calibration.type_b.source import Source, Status

UNITS: Final = {"%": (0.01, "1"), "K": (1.0, "K"), "'": (math.pi / 10_800.0, "rad")}
"""Of printed limits: factor to the unit that limits are handed on in."""

Kind = Literal["electricity_meter", "transformer", "heat_meter", "meter", "sensor"]
_Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$")]


class LimitLaw(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit that depends on the quantity x of its row's first zone, in the row's unit.

    constant + per_argument*|x| + offset_rate*(x - origin) + reciprocal*mark/x, but at least
    `at_least` and at most `at_most`.
    """

    constant: float = 0.0
    per_argument: float = 0.0
    offset_rate: float = 0.0
    origin: float = 0.0
    reciprocal: float = 0.0
    mark: str = ""
    at_least: float = 0.0
    at_most: float = math.inf

    def value(self, x: float, marks: Marks) -> float:
        """The limit at x.

        Raises:
            ClassMarkError: the mark it depends on is not stated.
        """
        limit = self.constant + self.per_argument * abs(x) + self.offset_rate * (x - self.origin)
        if self.reciprocal:
            limit += self.reciprocal * marks.value(self.mark) / x
        return min(max(limit, self.at_least), self.at_most)


class Zone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An interval of a quantity; ends without a bound are open.

    Args:
        of: the quantity.
        at_least ("from"), above: its lower end, which belongs to it or does not.
        up_to, below: its upper end, which belongs to it or does not.
    """

    of: str
    at_least: Bound | None = msgspec.field(default=None, name="from")
    above: Bound | None = None
    up_to: Bound | None = None
    below: Bound | None = None

    def __post_init__(self) -> None:
        for bound in (self.at_least, self.above, self.up_to, self.below):
            if isinstance(bound, str):
                bound_parts(bound)

    def contains(self, x: float, marks: Marks) -> bool:
        """Whether x lies in it; a mark is asked for only where the other end allows x.

        Raises:
            ClassMarkError: a mark that decides is not stated.
        """
        ends = (
            (self.at_least, operator.ge),
            (self.above, operator.gt),
            (self.up_to, operator.le),
            (self.below, operator.lt),
        )
        stated = [(bound, meets) for bound, meets in ends if bound is not None]
        known = [(bound, meets) for bound, meets in stated if marks.knows(bound)]
        if not all(meets(x, marks.value(bound)) for bound, meets in known):
            return False
        return all(meets(x, marks.value(bound)) for bound, meets in stated)

    @property
    def text(self) -> str:
        """The interval, as people write it."""
        low = f"{self.at_least} <= " if self.at_least is not None else ""
        low = f"{self.above} < " if self.above is not None else low
        high = f" <= {self.up_to}" if self.up_to is not None else ""
        high = f" < {self.below}" if self.below is not None else high
        return f"{low}{self.of}{high}"


class LimitRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a table.

    Args:
        of: the deviation that is limited, or the quantity whose influence is.
        limits: by class, in `unit`.
        unit: "%", "K" or "'" (minutes of arc); "%/K" and the like are "%" here.
        where: conditions, each with the texts that meet it.
        zones: quantities and their intervals.
        clause, status, seen_as, seen_in: where they differ from the table's.
        remark: such as how far the influence quantity was varied.
    """

    of: _Name
    limits: dict[str, float | LimitLaw]
    unit: Literal["%", "K", "'"] = "%"
    where: dict[str, tuple[str, ...]] = {}
    zones: tuple[Zone, ...] = ()
    clause: str = ""
    status: Status | None = None
    seen_as: Literal["", "text", "restatement"] = ""
    seen_in: str = ""
    remark: str = ""

    @property
    def text(self) -> str:
        """Conditions and zones in one line, for messages."""
        stated = [f"{name} = {'/'.join(texts)}" for name, texts in self.where.items()]
        return ", ".join([*stated, *(zone.text for zone in self.zones)]) or "any point"


class LimitCurve(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits printed at some values of a quantity only, as multiples of a mark.

    Between them they are joined by straight lines. Where the true limiting curve is convex
    (as a current transformer's deviations are against current) the chord lies above it.
    """

    of: _Name
    quantity: str
    mark: str
    at: tuple[float, ...]
    limits: dict[str, tuple[float, ...]]
    unit: Literal["%", "K", "'"] = "%"
    clause: str = ""

    def __post_init__(self) -> None:
        ascending = all(a < b for a, b in zip(self.at, self.at[1:], strict=False))
        if not ascending or any(len(each) != len(self.at) for each in self.limits.values()):
            what = f"{self.of}: limits are printed one for each of 'at', which ascends"
            raise ValueError(what)


class ClassTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The accuracy classes of one document, in one edition.

    Args:
        schema: 1.
        id: such as "iec62053-22"; `aliases` name the same table.
        evaluates: the deviations that an evaluation of the class consists of.
        reference: a mark that is 1 unless stated, so that a quantity counts in its multiples.
        assumed: of marks that are not stated.
        defaults: of conditions that are not stated.
        confidence: how sure we are of the figures, for people.
        omitted: what the document has and the table has not.
    """

    schema: Literal[1]
    id: str
    standard: str
    edition: str
    title: str
    kind: Kind
    evaluates: tuple[str, ...]
    status: Status
    confidence: str
    seen_as: Literal["", "text", "restatement"] = ""
    seen_in: str = ""
    aliases: tuple[str, ...] = ()
    reference: str = ""
    assumed: dict[str, Bound] = {}
    defaults: dict[str, str] = {}
    distribution: Distribution = Distribution.RECTANGULAR
    reference_Cel: float = 23.0
    rows: tuple[LimitRow, ...] = ()
    curves: tuple[LimitCurve, ...] = ()
    omitted: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[LimitRow | LimitCurve, ...]:
        """Rows and curves."""
        return (*self.rows, *self.curves)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the document's own deviations."""
        own = [line for line in self.lines if line.of in self.evaluates]
        return tuple(sorted({grade for line in own for grade in line.limits}))

    def source(self, line: LimitRow | LimitCurve) -> Source:
        """Where a line of the table is stated."""
        own = line if isinstance(line, LimitRow) and line.status is not None else self
        return Source(
            standard=self.standard,
            edition=self.edition,
            clause=line.clause,
            status=own.status or self.status,
            seen_as=own.seen_as,
            seen_in=own.seen_in,
        )

    def marks(self, point: OperatingPoint, where: str) -> Marks:
        """The marks that bounds are counted in at a point."""
        return Marks(
            stated=point.marks, reference=self.reference, assumed=self.assumed, where=where
        )
