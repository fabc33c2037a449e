"""pyMeterBus reads what is written here, and reads the vectors alike.

Where it does not, it is told below, and who is right.
"""

import math
from typing import Any

import meterbus
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.mbus.answer import telegrams_of
from device_profiles.mbus.frame import LongFrame, ShortFrame, encode
from device_profiles.mbus.record import DataInformation, Record, compose, record_head
from device_profiles.mbus.variable import Telegram, telegrams, user_data
from tests.unit.device_profiles.mbus.samples import FRAMES, HEADER

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
"""It turns all durations into seconds; months too, of 2629743.83 s each, which is left out."""
AGREED = [*range(0x6C), 0x6E, *range(0x70, 0x79), 0x7A]
AGREED_FD = [*range(0x08), *range(0x24, 0x28), *range(0x2C, 0x30), *range(0x40, 0x60)]
AGREED_FB = [0x00, 0x01, 0x08, 0x09, 0x10, 0x11, 0x18, 0x19, 0x1A, 0x28, 0x29, *range(0x74, 0x79)]


def _theirs(raw: bytes) -> list[Any]:
    frame = meterbus.TelegramLong.parse(list(raw))
    return list(frame.records)


def _frame(records: tuple[Record, ...]) -> bytes:
    data = user_data(Telegram(header=HEADER, records=records))
    return encode(LongFrame(control=8, address=5, information=0x72, data=data))


def _agrees(record: Record, theirs: Any) -> bool:  # noqa: ANN401 - a foreign object
    value = record.value
    if isinstance(value, str):
        return str(theirs.parsed_value) == value
    assert isinstance(value, int | float)
    scaled = value * SECONDS.get(record.what.unit, 1)
    return math.isclose(float(theirs.parsed_value), scaled, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("name", ["B1", "B2", "B5"])
def test_the_vectors_are_read_alike(name: str) -> None:
    (ours,) = telegrams(FRAMES[name])
    theirs = _theirs(FRAMES[name])
    assert len(theirs) == len(ours.records) + bool(ours.manufacturer_data)
    for mine, other in zip(ours.records, theirs, strict=False):
        assert _agrees(mine, other), mine
        assert other.dib.parse_dife()[0] == mine.which.storage


def _codes() -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.sampled_from(AGREED).map(lambda code: bytes((code,))),
        st.sampled_from(AGREED_FD).map(lambda code: bytes((0xFD, code))),
        st.sampled_from(AGREED_FB).map(lambda code: bytes((0xFB, code))),
    )


@st.composite
def _records(draw: st.DrawFn) -> Record:
    which = DataInformation(
        field=draw(st.sampled_from((1, 2, 3, 4, 6, 7, 9, 0xA, 0xB, 0xC, 0xE))),
        storage=draw(st.integers(0, 500)),
        tariff=draw(st.integers(0, 15)),
        subunit=draw(st.integers(0, 3)),
    )
    return compose(record_head(which, draw(_codes())), draw(st.integers(0, 99)))


@given(st.lists(_records(), min_size=1, max_size=20))
def test_telegrams_written_here_are_read_alike(records: list[Record]) -> None:
    (first, *_) = telegrams_of(tuple(records))
    raw = _frame(first)
    theirs = _theirs(raw)
    assert len(theirs) == len(first)
    for mine, other in zip(first, theirs, strict=True):
        storage, tariff, subunit = other.dib.parse_dife()
        which = (mine.which.storage, mine.which.tariff, mine.which.subunit)
        assert (storage, tariff or 0, subunit or 0) == which
        assert _agrees(mine, other), mine


def test_its_header_is_ours() -> None:
    header = meterbus.load(_frame(())).body.bodyHeader.interpreted
    assert header["identification"] == "0x12, 0x34, 0x56, 0x78"
    assert header["manufacturer"] == "ABC"
    assert header["access_no"] == 250


def test_its_short_frames_are_ours() -> None:
    raw = encode(ShortFrame(control=0x5B, address=1))
    assert raw == FRAMES["B6"]
    assert isinstance(meterbus.load(raw), meterbus.TelegramShort)


@pytest.mark.parametrize(
    ("raw", "ours", "theirs"),
    [
        # Table FB has 10^(n-3) W at 78 to 7F: at 79 it repeats the factor of 78. We are right.
        ("01 FB 79 05", 0.05, 0.005),
        # Thousandfold by VIFE 7D: it does not multiply. We are right.
        ("01 86 7D 05", 5_000_000, 5_000),
        # A multiplicative VIFE is left out, except after a unit in plain text. We are right.
        ("01 86 77 05", 50_000, 5_000),
    ],
)
def test_where_it_reads_another_value(raw: str, ours: float, theirs: float) -> None:
    record = compose(bytes.fromhex(raw)[:-1], bytes.fromhex(raw)[-1])
    assert record.value == ours
    (other,) = _theirs(_frame((record,)))
    assert float(other.parsed_value) == pytest.approx(theirs)


def test_its_guess_of_the_frame_takes_a_wired_frame_of_68_bytes_for_a_wireless_one() -> None:
    """Length 44 in the second byte is SND-NR in a wireless frame: it makes up other records."""
    energy = [compose(bytes((0x84, step, 0x06)), 1) for step in range(8)]
    raw = _frame((*energy[:7], compose(bytes.fromhex("0206"), 7)))
    assert raw[1] == 0x44
    (ours,) = telegrams(raw)
    assert [record.value for record in ours.records] == [1000] * 7 + [7000]
    theirs = meterbus.load(raw)
    assert isinstance(theirs, meterbus.WTelegramSndNr)
    assert len(_theirs(raw)) == 8


def test_it_reads_a_record_that_ends_too_early_as_if_it_were_whole() -> None:
    data = user_data(Telegram(header=HEADER, records=())) + bytes.fromhex("04 06 01")
    raw = encode(LongFrame(control=8, address=5, information=0x72, data=data))
    (other,) = _theirs(raw)
    assert other.parsed_value is None
