"""One data record of a telegram, both ways (EN 13757-3): which value it is, and the value.

A record keeps its own bytes, from DIF to the last data byte, so that each channel can keep
what it was read from. Records are told one by one: tariffs and subunits often repeat a share
of the total beside it, so nothing here ever adds them up.
"""

from dataclasses import dataclass
from typing import Final, Literal

from device_profiles.formats import NotAvailable
from device_profiles.mbus.coded import INTEGERS, Coded, data_size, read_coded, write_coded
from device_profiles.mbus.dates import DATE_BYTES, read_date, write_date
from device_profiles.mbus.value_information import (
    ValueInformation,
    read_value_block,
    value_information,
)
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError
from device_profiles.scaling import times_power_of_ten
from device_profiles.wire_errors import WireLengthError

Function = Literal["instantaneous", "maximum", "minimum", "during error"]

FUNCTIONS: Final[tuple[Function, ...]] = ("instantaneous", "maximum", "minimum", "during error")
MOST_DIFE: Final = 10
_MORE = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class DataInformation:
    """Which of a device's values a record is.

    Attributes:
        field: data field, how the value is coded, 0 to 14.
        function: 11 is the value during an error state, not the value now.
        storage: 0 for the current value; others are stored ones, which a device may fill with
            whatever its manual says.
        tariff: 0 for the total.
        subunit: 0 for the device itself.
    """

    field: int
    function: Function = "instantaneous"
    storage: int = 0
    tariff: int = 0
    subunit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One value of a device.

    Attributes:
        raw: all bytes of the record.
        head: its beginning, DIF to the last VIFE: the name under which a device always gives
            this value.
        which: function, storage, tariff, subunit.
        what: quantity, unit, power of ten, modifiers.
        coded: the value as it travelled, before the power of ten.
    """

    raw: bytes
    head: bytes
    which: DataInformation
    what: ValueInformation
    coded: Coded

    @property
    def value(self) -> Coded:
        """The value in `what.unit`, `NotAvailable` where the device reports a record error.

        Integers stay exact where the power of ten is not negative, else it is the nearest double.
        """
        if self.what.record_error:
            return NotAvailable()
        if isinstance(self.coded, int | float):
            return times_power_of_ten(self.coded, self.what.exponent)
        return self.coded


def read_record(raw: bytes, at: int) -> tuple[Record, int]:
    """The record that begins at `at`, and where the next one begins.

    Raises:
        WireLengthError: `raw` ends within it, or it has too many extensions.
        WireFormError: a variable length that is reserved.
    """
    which, after = _read_data_information(raw, at)
    block, begin = read_value_block(raw, after)
    end = begin + data_size(which.field, raw, begin)
    if end > len(raw):
        raise WireLengthError("m-bus record", raw=raw, found=len(raw), limit=f">= {end}")
    what = value_information(block)
    coded = _read(which, what, raw[begin:end])
    return Record(raw=raw[at:end], head=raw[at:begin], which=which, what=what, coded=coded), end


def record_head(which: DataInformation, codes: bytes, text: str = "") -> bytes:
    """The bytes of a record before its value.

    Args:
        which: field, function, storage (below 2^41), tariff (below 2^20), subunit (below 2^10).
        codes: VIF and VIFE with their extension bits.
        text: unit in own words, where the first code is 7C or FC.
    """
    own = text.encode("latin-1")[::-1]
    spelt = bytes((len(own),)) + own if codes[0] & 0x7F == 0x7C else b""
    return _data_information_bytes(which) + codes[:1] + spelt + codes[1:]


def compose(head: bytes, coded: Coded) -> Record:
    """The record that states `coded` under `head`, for the side of the device.

    Raises:
        FitError: the head's data field cannot carry it.
        WireError: `head` is none.
    """
    which, after = _read_data_information(head, 0)
    block, end = read_value_block(head, after)
    if end != len(head):
        raise WireLengthError("m-bus record head", raw=head, found=len(head), limit=end)
    what = value_information(block)
    data = _write(which, what, coded)
    return Record(raw=head + data, head=head, which=which, what=what, coded=coded)


def _is_date(which: DataInformation, what: ValueInformation) -> bool:
    return what.is_date and INTEGERS.get(which.field) in DATE_BYTES


def _read(which: DataInformation, what: ValueInformation, data: bytes) -> Coded:
    return read_date(data) if _is_date(which, what) else read_coded(which.field, data)


def _write(which: DataInformation, what: ValueInformation, coded: Coded) -> bytes:
    if not _is_date(which, what):
        return write_coded(which.field, coded)
    if isinstance(coded, str):
        return write_date(coded, INTEGERS[which.field])
    raise FitError("m-bus record", found=str(coded)[:40], format=Words("a date", "日期"))


def _read_data_information(raw: bytes, at: int) -> tuple[DataInformation, int]:
    dif = _byte(raw, at)
    storage, tariff, subunit = dif >> 6 & 0x01, 0, 0
    more, place = dif & _MORE, 0
    while more:
        if place == MOST_DIFE:
            raise WireLengthError("m-bus record", raw=raw, found="> 10 DIFE", limit="<= 10 DIFE")
        extension = _byte(raw, at + 1 + place)
        storage |= (extension & 0x0F) << (1 + 4 * place)
        tariff |= (extension >> 4 & 0x03) << (2 * place)
        subunit |= (extension >> 6 & 0x01) << place
        more, place = extension & _MORE, place + 1
    function = FUNCTIONS[dif >> 4 & 0x03]
    found = DataInformation(
        field=dif & 0x0F, function=function, storage=storage, tariff=tariff, subunit=subunit
    )
    return found, at + 1 + place


def _data_information_bytes(which: DataInformation) -> bytes:
    storage, tariff, subunit = which.storage >> 1, which.tariff, which.subunit
    first = which.field | FUNCTIONS.index(which.function) << 4 | (which.storage & 1) << 6
    written = bytearray((first,))
    while storage or tariff or subunit:
        written[-1] |= _MORE
        written.append(storage & 0x0F | (tariff & 0x03) << 4 | (subunit & 1) << 6)
        storage, tariff, subunit = storage >> 4, tariff >> 2, subunit >> 1
    if len(written) > MOST_DIFE + 1:
        raise FitError("m-bus record", found=str(which)[:80], format="10 DIFE")
    return bytes(written)


def _byte(raw: bytes, at: int) -> int:
    if at >= len(raw):
        raise WireLengthError("m-bus record", raw=raw, found=len(raw), limit=f">= {at + 1}")
    return raw[at]
