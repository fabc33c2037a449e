import doctest
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device_profiles import packed_bcd
from device_profiles.conversation import Whole
from device_profiles.dlt645 import frame as module
from device_profiles.dlt645.frame import (
    ANY,
    Frame,
    cut_reply,
    cut_request,
    decode,
    encode,
    with_33,
    without_33,
)
from device_profiles.frame_68 import matches
from device_profiles.register_errors import FitError
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)

E2 = bytes.fromhex("68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16")

pairs = st.one_of(st.just("AA"), st.integers(0, 99).map("{:02d}".format))
addresses = st.lists(pairs, min_size=6, max_size=6).map("".join)
frames = st.builds(
    Frame, address=addresses, control=st.integers(0, 255), data=st.binary(max_size=255)
)


def test_the_printed_examples_are_what_the_code_does() -> None:
    for each in (module, packed_bcd):
        outcome = doctest.testmod(each)
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


@given(frame=frames, data=st.data())
def test_a_truncated_or_continued_frame_is_refused(frame: Frame, data: st.DataObject) -> None:
    raw = encode(frame, 0)
    with pytest.raises(WireError):
        decode(raw[: data.draw(st.integers(0, len(raw) - 1))])
    with pytest.raises(WireLengthError):
        decode(raw + data.draw(st.binary(min_size=1, max_size=20)))


@pytest.mark.parametrize(
    ("spoilt", "kind"),
    [
        ("", WireLengthError),
        ("FE FE FE FE", WireLengthError),
        ("69 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8B 16", WireFormError),
        ("68 61 01 00 00 00 00 69 91 08 33 33 34 33 59 33 33 33 8B 16", WireFormError),
        ("68 6A 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 93 16", WireFormError),
        ("68 61 01 00 00 00 00 68 91 07 33 33 34 33 59 33 33 33 89 16", WireLengthError),
        ("68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 34 8A 16", WireChecksumError),
        ("68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 17", WireFormError),
    ],
)
def test_each_fault_of_a_frame_has_its_own_refusal(spoilt: str, kind: type[WireError]) -> None:
    with pytest.raises(WireError) as refused:
        decode(bytes.fromhex(spoilt))
    assert type(refused.value) is kind
    assert refused.value.raw in bytes.fromhex(spoilt)


def test_the_checksum_that_would_fit_is_told() -> None:
    with pytest.raises(WireChecksumError, match="the checksum is 8B, 8A fits"):
        decode(E2[:-2] + b"\x8b\x16")


@given(data=st.binary(max_size=60))
def test_33_is_added_to_each_byte_and_taken_off_again(data: bytes) -> None:
    assert with_33(data) == bytes((byte + 0x33) % 256 for byte in data)
    assert without_33(with_33(data)) == data


@pytest.mark.parametrize("address", ["", "161", "0000000001610", "00000000016x", "A" * 11 + "0"])
def test_an_address_without_twelve_digits_cannot_be_sent(address: str) -> None:
    with pytest.raises(FitError):
        encode(Frame(address=address, control=0x11))


@pytest.mark.parametrize(("control", "length"), [(-1, 0), (256, 0), (0x11, 256)])
def test_what_one_byte_cannot_hold_cannot_be_sent(control: int, length: int) -> None:
    with pytest.raises(FitError):
        encode(Frame(address=ANY, control=control, data=bytes(length)))


def test_a_pattern_means_an_address_pair_by_pair() -> None:
    assert matches(ANY, "000000000161")
    assert matches("AAAAAAAA0161", "123456780161")
    assert not matches("AAAAAAAA0161", "123456780162")
    assert not matches("000000000161", ANY)
    assert not matches("0161", "000000000161")


def test_bytes_that_end_nowhere_are_waited_for() -> None:
    for end in range(len(E2)):
        assert cut_reply(b"\xfe\xfe" + E2[:end]) is None


@given(noise=st.binary(max_size=40), frame=frames, rest=st.binary(max_size=40))
@example(noise=b"\x68", frame=decode(E2), rest=b"")
@example(noise=b"\x68" * 8 + b"\x91\xff", frame=decode(E2), rest=b"")
def test_a_frame_is_found_behind_noise_and_what_follows_is_kept(
    noise: bytes, frame: Frame, rest: bytes
) -> None:
    raw = encode(frame, 0)
    whole = cut_reply(noise + raw + rest)
    assert whole is not None
    if whole.frame != raw:  # the noise made a sound frame of its own, or one around this one
        decode(whole.frame)
        assert (noise + raw + rest).index(whole.frame) < len(noise)
    else:
        assert whole.rest == rest


@given(noise=st.binary(max_size=20), frame=frames)
def test_pieces_of_any_size_give_a_sound_frame(noise: bytes, frame: Frame) -> None:
    raw, end = noise + encode(frame, 2), 0
    while (whole := cut_reply(raw[:end])) is None or not _is_sound(whole):
        end += 1
    assert end <= len(raw)


def _is_sound(whole: Whole) -> bool:
    try:
        decode(whole.frame)
    except WireError:
        return False
    return True


def test_a_damaged_frame_is_cut_so_that_its_decoder_can_say_what_is_wrong() -> None:
    damaged = E2[:-2] + b"\x00\x16"
    assert cut_reply(b"\x00" + damaged + b"\x01") == Whole(frame=damaged, rest=b"\x01")


def test_of_two_damaged_frames_the_first_is_cut() -> None:
    first, second = E2[:-2] + b"\x00\x16", E2[:-2] + b"\x01\x16"
    assert cut_reply(first + second) == Whole(frame=first, rest=second)


def test_the_second_68_of_a_short_damaged_frame_is_not_waited_on() -> None:
    damaged = bytes.fromhex("68 12 90 78 56 34 12 68 D1 01 35 8E 16")
    assert cut_reply(damaged) == Whole(frame=damaged, rest=b"")


def test_a_frame_without_its_end_byte_gives_way_to_a_sound_one() -> None:
    assert cut_reply(E2[:-1] + b"\x17" + E2) == Whole(frame=E2, rest=b"")


def test_behind_a_damaged_frame_the_sound_one_counts_as_soon_as_it_can_be_one() -> None:
    damaged = E2[:-2] + b"\x00\x16"
    assert cut_reply(damaged + E2[:9]) is None
    assert cut_reply(damaged + b"\xfe" + E2) == Whole(frame=E2, rest=b"")


def test_a_truncated_frame_gives_way_to_the_next_one() -> None:
    assert cut_request(E2[:-3] + E2) == Whole(frame=E2, rest=b"")


@pytest.mark.parametrize(
    "pattern",
    [b"\x68", b"\x68\x16", b"\x68" + b"\x00" * 6 + b"\x68\x91\xff", b"\x68\x00\x16\x68", b"\x16"],
)
def test_some_kilobytes_that_look_like_beginnings_are_looked_through_soon(pattern: bytes) -> None:
    received = (pattern * 8192)[:8192]
    begun = time.process_time()
    cut_reply(received)
    assert time.process_time() - begun < 1.0
