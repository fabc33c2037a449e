"""A foreign implementation (PyPI dlt645) on the other end: frames, values and items agree."""

from collections.abc import Iterator

import pytest
from dlt645.common.transform import bcd_to_float, float_to_bcd
from dlt645.model.data.define import DIMap
from dlt645.model.types.data_type import DataItem
from dlt645.protocol.protocol import DLT645Protocol
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.dlt645.answer import request_for, value_reply
from device_profiles.dlt645.ask import read_item
from device_profiles.dlt645.frame import Frame, cut_reply, decode, encode
from device_profiles.dlt645.item import Part, read_value, write_value
from device_profiles.dlt645.items import item_of
from device_profiles.wire_errors import WireChecksumError

addresses = st.integers(0, 10**12 - 1).map("{:012d}".format)
meters = st.integers(0, 10**12 - 2).map("{:012d}".format)
"""All nines is the broadcast address, which no meter has."""
frames = st.builds(
    Frame, address=addresses, control=st.integers(0, 255), data=st.binary(max_size=255)
)


@given(frame=frames, preamble=st.integers(0, 4))
def test_both_write_the_same_frame(frame: Frame, preamble: int) -> None:
    on_the_wire = bytes.fromhex(frame.address)[::-1]
    theirs = DLT645Protocol.build_frame(on_the_wire, frame.control, frame.plain, preamble)
    assert encode(frame, preamble) == bytes(theirs)


@given(frame=frames, noise=st.binary(max_size=8).filter(lambda noise: b"\x68" not in noise))
def test_both_find_the_same_frame_behind_noise(frame: Frame, noise: bytes) -> None:
    received = noise + encode(frame, 2) + b"\xfe\xfe"
    rest, theirs = DLT645Protocol.deserialize_with_remaining(received)
    ours = cut_reply(received)
    assert theirs is not None
    assert ours is not None
    assert ours.rest == rest
    found = decode(ours.frame)
    assert bytes(theirs.addr) == bytes.fromhex(found.address)[::-1]
    assert (theirs.ctrl_code, bytes(theirs.data)) == (found.control, found.plain)


@given(frame=frames, data=st.data())
def test_both_refuse_a_frame_with_another_checksum(frame: Frame, data: st.DataObject) -> None:
    raw = bytearray(encode(frame, 0))
    raw[-2] ^= data.draw(st.integers(1, 255))
    with pytest.raises(WireChecksumError):
        decode(bytes(raw))
    _, theirs = DLT645Protocol.deserialize_with_remaining(bytes(raw))
    assert theirs is None or bytes(raw[1:7]) != bytes(theirs.addr)


@given(address=meters, steps=st.integers(0, 79_999_999))
def test_a_talk_of_ours_is_answered_by_frames_of_theirs(address: str, steps: int) -> None:
    talk = read_item(address, 0x00010000)
    theirs = DLT645Protocol.deserialize(next(talk).sends)
    assert theirs is not None
    value = float_to_bcd(steps / 100, "XXXXXX.XX", "little")
    data = bytes(theirs.data) + bytes(value)
    with pytest.raises(StopIteration) as ended:
        talk.send(bytes(DLT645Protocol.build_frame(theirs.addr, 0x91, data, 4)))
    part = Part(form="number", length=4, decimals=2)
    plain = bytes((byte - 0x33) % 256 for byte in ended.value.value)
    assert read_value(part, plain) == steps / 100


@given(address=meters, steps=st.integers(0, 79_999_999))
def test_a_request_of_theirs_is_answered_by_a_reply_that_they_read(
    address: str, steps: int
) -> None:
    on_the_wire = bytes.fromhex(address)[::-1]
    request = DLT645Protocol.build_frame(on_the_wire, 0x11, bytes.fromhex("00000100"))
    asked = request_for(address, decode(bytes(request)))
    assert asked is not None
    value = write_value(Part(form="number", length=4, decimals=2), steps / 100)
    theirs = DLT645Protocol.deserialize(encode(value_reply(address, asked, value)))
    assert theirs is not None
    assert theirs.ctrl_code == 0x91
    assert bcd_to_float(bytes(theirs.data[4:]), "XXXXXX.XX", "little") == steps / 100


@pytest.mark.parametrize(("length", "decimals"), [(2, 1), (2, 2), (3, 3), (3, 4), (4, 2)])
@given(data=st.data())
def test_both_read_and_write_the_same_signed_numbers(
    length: int, decimals: int, data: st.DataObject
) -> None:
    most = 8 * 10 ** (2 * length - 1) - 1
    number = data.draw(st.integers(-most, most)) / 10**decimals
    form = f"{'X' * (2 * length - decimals)}.{'X' * decimals}"
    part = Part(form="number", length=length, decimals=decimals, signed=True)
    theirs = bytes(float_to_bcd(number, form, "little"))
    assert write_value(part, number) == theirs
    assert read_value(part, theirs) == bcd_to_float(theirs, form, "little") == number


def test_they_take_the_first_bit_of_an_unsigned_register_for_a_sign_and_we_do_not() -> None:
    register = bytes.fromhex("78 56 34 92")
    assert read_value(Part(form="number", length=4, decimals=2), register) == 923456.78
    assert bcd_to_float(register, "XXXXXX.XX", "little") == -123456.78


UNITS = {
    "kWh": "kW.h",
    "kvarh": "kV.A{reactive}.h",
    "V": "V",
    "A": "A",
    "kW": "kW",
    "kvar": "kV.A{reactive}",
    "kVA": "kV.A",
    "Hz": "Hz",
    "℃": "Cel",
    "": None,
}
UNIT_MISTAKES = {"power factor": "kW"}
"""Their table gives the power factor in kW."""


def _shared() -> Iterator[tuple[int, DataItem, Part]]:
    for di, theirs in DIMap.items():
        item = item_of(di)
        if item and not item.labels and not isinstance(theirs, list):
            yield di, theirs, item.parts[0]


def test_both_tables_give_every_shared_item_the_same_length_and_decimals() -> None:
    shared = list(_shared())
    assert len(shared) > 8000
    for di, theirs, part in shared:
        if part.form == "number":
            whole, _, decimals = theirs.data_format.partition(".")
            assert len(whole + decimals) == 2 * part.length, f"{di:08X}"
            assert len(decimals) == part.decimals, f"{di:08X}"


def test_both_tables_give_every_shared_energy_and_variable_the_same_unit() -> None:
    for di, theirs, part in _shared():
        item = item_of(di)
        assert item is not None
        unit = theirs.unit.strip()
        mistaken = UNIT_MISTAKES.get(item.meaning.split(",")[0]) == unit
        if di >> 24 in {0x00, 0x02} and not mistaken and UNITS[unit]:
            assert UNITS[unit] == part.unit, f"{di:08X} {item.meaning}"


def test_both_tables_name_every_shared_energy_alike() -> None:
    kinds = {0: "组合有功", 1: "正向有功", 2: "反向有功", 3: "组合无功1", 4: "组合无功2"}
    for di, theirs, _ in _shared():
        if di >> 24 == 0 and (kind := kinds.get(di >> 16 & 0xFF)):
            assert kind in theirs.name
            tariff, day = di >> 8 & 0xFF, di & 0xFF
            assert (f"费率{tariff}" if tariff else "总") in theirs.name, f"{di:08X} {theirs.name}"
            assert (f"上{day}结算日" if day else "当前") in theirs.name
