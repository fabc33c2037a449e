"""What a person enters: what a register showed at an instant, or the amount of a period.

Each says its uncertainty in one of the ways in which people know it, and what it was taken from.
Whoever says nothing gets an amount whose uncertainty is unknown; it is never zero.
"""

import math
import re
from typing import Annotated, Final, Literal, get_args

import msgspec

from calibration.distribution import Distribution, from_half_width, from_resolution
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from evidence.clock import parse_utc
from evidence.errors import Words
from evidence.statement.entered.channel import may_be_entered
from evidence.statement.entered.errors import EntryChannelError, EntryValueError

LARGEST: Final = 1e15
"""No amount or register in any unit of the table comes near; a slipped decimal point may."""
AMOUNTS: Final = (
    KindOfQuantity.ACTIVE_ENERGY,
    KindOfQuantity.REACTIVE_ENERGY,
    KindOfQuantity.APPARENT_ENERGY,
    KindOfQuantity.VOLUME,
    KindOfQuantity.MASS,
    KindOfQuantity.HEAT,
)
"""What adds up over time; a temperature or a power does not."""
_ONE_OF_TWO: Final = Words("one of the two", "两者之一")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SERIAL: Final = re.compile(r"[^\s/:]{1,64}")
Taken = Literal["invoice", "delivery_note", "weighing_record", "production_report", "other"]
"""What an amount was taken from."""
Text = Annotated[str, msgspec.Meta(max_length=200)]

DOCUMENTS: Final[tuple[Taken, ...]] = get_args(Taken)


class _Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What readings and amounts have in common; see there."""

    channel: str
    kind_of_quantity: KindOfQuantity
    unit: str
    value: float
    source: Text
    subject: Text = ""
    serial: str = ""
    standard_uncertainty: float | None = None
    relative_standard_uncertainty: float | None = None
    mpe_relative: float | None = None
    double_count_group: Text = ""
    reference_conditions: ReferenceConditions | None = None

    def __post_init__(self) -> None:
        if not may_be_entered(self.channel):
            raise EntryChannelError("channel", channel=self.channel[:200])
        if self.kind_of_quantity not in AMOUNTS:
            what = f"a {self.kind_of_quantity} does not add up", f"{self.kind_of_quantity} 不可累加"
            _refuse("kind_of_quantity", what, ", ".join(AMOUNTS))
        _measurand(self, Accumulation.INTERVAL)
        _require_texts(self)
        _require_size("value", self.value, LARGEST)
        for name in ("standard_uncertainty", "relative_standard_uncertainty", "mpe_relative"):
            stated = getattr(self, name)
            if stated is not None:
                most = LARGEST if name == "standard_uncertainty" else 1.0
                _require_size(name, stated, most, above_zero=True)
        _require_one_gain(self)

    @property
    def relative(self) -> float | None:
        """Relative standard uncertainty of an amount from class or statement; None if unknown."""
        if self.mpe_relative is not None:
            return from_half_width(self.mpe_relative, Distribution.RECTANGULAR)
        return self.relative_standard_uncertainty


class ManualReading(_Stated, frozen=True, kw_only=True, tag_field="entered", tag="reading"):
    """What a register showed at an instant, as a person read it.

    Args:
        channel: `<site>/~<meter>/<quantity>`.
        kind_of_quantity, unit, reference_conditions: of what the register counts; UCUM.
        value: as shown, at least 0.
        at: RFC 3339 with a zone.
        source: what it was taken from.
        subject: of what it is a quantity; empty takes the meter's name.
        serial: of the meter; another one than before says that the meter was exchanged.
        resolution: smallest step that was read, in `unit`.
        standard_uncertainty: of this one reading, in `unit`, instead of `resolution`.
        relative_standard_uncertainty: of what the register grows by.
        mpe_relative: maximum permissible error of the meter's class instead, such as 0.01.
        rollover: where the register starts again from 0; only then may it stand lower.
        double_count_group: of channels that measure the same thing.

    Raises:
        EntryRefusedError: a field has a value that it cannot have.
        UnknownUnitError, UnitMismatchError: the unit is unknown or of another kind.
        TimestampError: `at` is no instant.
    """

    at: str
    resolution: float | None = None
    rollover: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_since_1970("at", parse_utc(self.at, "at"))
        for name in ("resolution", "rollover"):
            stated = getattr(self, name)
            if stated is not None:
                _require_size(name, stated, LARGEST, above_zero=True)
        if self.rollover is not None and self.value >= self.rollover:
            what = (f"{self.value:g} is beyond the rollover", f"{self.value:g} 超出翻转值")
            _refuse("value", what, f"< {self.rollover:g}")
        if (self.resolution is None) == (self.standard_uncertainty is None):
            what = ("how well it was read is said twice or not at all", "读数分辨力缺失或重复")
            _refuse(
                "resolution",
                what,
                Words(
                    "either resolution or standard_uncertainty",
                    "resolution 或 standard_uncertainty 之一",
                ),
            )

    @property
    def at_ns(self) -> int:
        """The instant, UTC ns."""
        return parse_utc(self.at, "at")

    @property
    def measurand(self) -> Measurand:
        """What is measured."""
        return _measurand(self, Accumulation.REGISTER)

    @property
    def reading_uncertainty(self) -> float:
        """Standard uncertainty of this reading alone, in `unit`."""
        if self.standard_uncertainty is not None:
            return self.standard_uncertainty
        return from_resolution(self.resolution or 0.0)


class ManualAmount(_Stated, frozen=True, kw_only=True, tag_field="entered", tag="amount"):
    """The amount of a period, from an invoice, a delivery note, a production report.

    Args:
        channel, kind_of_quantity, unit, source, subject, serial: as of a reading.
        start, end: of the period, RFC 3339 with a zone; `end` is excluded.
        value: of the whole period, at least 0.
        standard_uncertainty: of `value`, in `unit`.
        relative_standard_uncertainty, mpe_relative: of it, instead.
        deviation: "same" where all amounts of this meter or source are off alike, so that they
            add linearly (a meter, a tariff); "new" where each is off on its own (weighings).
        document: what kind of document `source` names; left out where nobody says.

    Raises:
        EntryRefusedError, UnknownUnitError, UnitMismatchError, TimestampError: as of a reading.
    """

    start: str
    end: str
    deviation: Literal["same", "new"] = "same"
    document: Taken | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_since_1970("start", parse_utc(self.start, "start"))
        if not parse_utc(self.start, "start") < parse_utc(self.end, "end"):
            what = ("it does not come after start", "不晚于 start")
            _refuse("end", what, Words("later than start", "晚于 start"))
        if self.standard_uncertainty is not None and self.relative is not None:
            what = ("it stands beside a relative one", "与相对不确定度同时填写")
            _refuse("standard_uncertainty", what, _ONE_OF_TWO)

    @property
    def span(self) -> tuple[int, int]:
        """Start and end, UTC ns."""
        return parse_utc(self.start, "start"), parse_utc(self.end, "end")

    @property
    def measurand(self) -> Measurand:
        """What is measured."""
        return _measurand(self, Accumulation.INTERVAL)


Content = ManualReading | ManualAmount


def _require_since_1970(name: str, at_ns: int) -> None:
    if at_ns < 0:
        what = ("it lies before 1970", "早于 1970 年")
        _refuse(name, what, Words("1970 or later", "1970 年或以后"))


def _require_texts(stated: _Stated) -> None:
    if not stated.source.strip():
        limit = Words("an invoice, a photo, a logbook", "发票、照片或台账")
        _refuse("source", ("it is empty", "为空"), limit)
    for name in ("source", "subject", "double_count_group"):
        if _CONTROL.search(getattr(stated, name)):
            what = ("it has a control character", "含控制字符")
            _refuse(name, what, Words("plain text", "纯文本"))
    if stated.serial and not _SERIAL.fullmatch(stated.serial):
        limit = Words("1 to 64 characters", "1 至 64 个字符")
        _refuse("serial", ("it has a space, / or :", "含空格、/ 或 :"), limit)


def _require_one_gain(stated: _Stated) -> None:
    if stated.relative_standard_uncertainty is not None and stated.mpe_relative is not None:
        what = ("it stands beside mpe_relative", "与 mpe_relative 同时填写")
        _refuse("relative_standard_uncertainty", what, _ONE_OF_TWO)
    if stated.mpe_relative is not None and not stated.serial:
        what = ("a class is an instrument's, and none is named", "等级属于仪表，而未指明仪表")
        _refuse("serial", what, Words("the serial number of the meter", "该仪表的出厂编号"))


def _measurand(stated: _Stated, accumulation: Accumulation) -> Measurand:
    return Measurand(
        kind_of_quantity=stated.kind_of_quantity,
        unit=stated.unit,
        subject=stated.subject or stated.channel.rpartition("/")[0],
        accumulation=accumulation,
        reference_conditions=stated.reference_conditions,
    )


def _require_size(name: str, value: float, most: float, *, above_zero: bool = False) -> None:
    if math.isfinite(value) and value <= most and (value > 0.0 if above_zero else value >= 0.0):
        return
    least = "> 0" if above_zero else ">= 0"
    _refuse(name, (f"it is {value!r}", f"为 {value!r}"), f"{least}, <= {most:g}")


def _refuse(name: str, what: tuple[str, str], limit: str | Words) -> None:
    raise EntryValueError(name, what=Words(*what), limit=limit)
