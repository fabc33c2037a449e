import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device_profiles.cjt188 import frame as module
from device_profiles.cjt188.frame import ANY, Frame, cut_reply, decode, encode
from device_profiles.conversation import Whole
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)

C1 = bytes.fromhex("68 10 44 33 22 11 00 33 78 01 03 1F 90 00 80 16")

pairs = st.one_of(st.just("AA"), st.integers(0, 99).map("{:02d}".format))
addresses = st.lists(pairs, min_size=7, max_size=7).map("".join)
byte = st.integers(0, 255)
frames = st.builds(
    Frame, meter_type=byte, address=addresses, control=byte, data=st.binary(max_size=255)
)


def test_the_printed_example_is_what_the_code_does() -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@given(frame=frames, preamble=st.integers(0, 9))
def test_a_frame_comes_back_from_its_bytes_after_any_number_of_wake_up_bytes(
    frame: Frame, preamble: int
) -> None:
    raw = encode(frame, preamble)
    assert raw.startswith(b"\xfe" * preamble + b"\x68")
    assert decode(raw) == frame


@given(frame=frames, data=st.data())
def test_a_frame_with_one_byte_changed_is_refused_or_the_same_frame(
    frame: Frame, data: st.DataObject
) -> None:
    raw = bytearray(encode(frame, data.draw(st.integers(0, 4))))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        assert decode(bytes(raw)) == frame
    except WireError:
        return
    assert raw[place] == 0xFE or place < raw.index(0x68)


@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [
        ("", WireLengthError),
        ("67 10 44 33 22 11 00 33 78 01 03 1F 90 00 7F 16", WireFormError),
        ("68 10 4A 33 22 11 00 33 78 01 03 1F 90 00 86 16", WireFormError),
        ("68 10 44 33 22 11 00 33 78 01 02 1F 90 00 7F 16", WireLengthError),
        ("68 10 44 33 22 11 00 33 78 01 03 1F 90 01 80 16", WireChecksumError),
        ("68 10 44 33 22 11 00 33 78 01 03 1F 90 00 80 61", WireFormError),
    ],
)
def test_each_fault_of_a_frame_has_its_own_refusal(spoilt: str, kind: type[WireError]) -> None:
    with pytest.raises(WireError) as refused:
        decode(bytes.fromhex(spoilt))
    assert type(refused.value) is kind


@pytest.mark.parametrize(
    ("meter_type", "address", "length"),
    [(0x10, "161", 0), (256, ANY, 0), (-1, ANY, 0), (0x10, ANY, 256)],
)
def test_what_no_frame_can_hold_cannot_be_sent(meter_type: int, address: str, length: int) -> None:
    with pytest.raises(FitError):
        encode(Frame(meter_type=meter_type, address=address, control=1, data=bytes(length)))


@given(noise=st.binary(max_size=40), frame=frames, rest=st.binary(max_size=40))
@example(noise=b"\x68", frame=decode(C1), rest=b"")
@example(noise=b"\x68\x10" + bytes(7) + b"\x81\xff", frame=decode(C1), rest=b"\xfe")
def test_a_frame_is_found_behind_noise_and_what_follows_is_kept(
    noise: bytes, frame: Frame, rest: bytes
) -> None:
    raw = encode(frame, 0)
    whole = cut_reply(noise + raw + rest)
    assert whole is not None
    if whole.frame != raw:  # the noise made a sound frame of its own, or one around this one
        assert (noise + raw + rest).index(whole.frame) < len(noise)
    else:
        assert whole.rest == rest


def test_bytes_that_end_nowhere_are_waited_for() -> None:
    for end in range(len(C1)):
        assert cut_reply(b"\xfe\xfe" + C1[:end]) is None


def test_a_damaged_frame_is_cut_so_that_its_decoder_can_say_what_is_wrong() -> None:
    damaged = C1[:-2] + b"\x00\x16"
    assert cut_reply(b"\x00" + damaged) == Whole(frame=damaged, rest=b"")
    assert cut_reply(damaged + C1) == Whole(frame=C1, rest=b"")


def test_a_68_without_digits_behind_it_is_no_beginning() -> None:
    assert cut_reply(b"\x68\x10\xfe\xfe\xfe\xfe" + C1) == Whole(frame=C1, rest=b"")
    damaged = C1[:-2] + b"\x00\x16"
    assert cut_reply(damaged + b"\x68\x10\xfe") == Whole(frame=damaged, rest=b"\x68\x10\xfe")
    assert cut_reply(b"\x68\x10" + b"\xfe" * 400) is None
