"""Frames: what is refused, and what is cut out of what a line gives."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.mbus.frame import (
    LONGEST,
    Acknowledgement,
    Frame,
    LongFrame,
    ShortFrame,
    cut,
    decode,
    encode,
)
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)
from tests.unit.device_profiles.mbus.samples import ALL_FRAMES, FRAMES, SELECT

bytes_of = st.integers(0, 255)
frames: st.SearchStrategy[Frame] = st.one_of(
    st.just(Acknowledgement()),
    st.builds(
        ShortFrame, control=st.sampled_from((0x40, 0x5A, 0x7A, 0x5B, 0x7B)), address=bytes_of
    ),
    st.builds(
        LongFrame,
        control=st.sampled_from((0x08, 0x18, 0x28, 0x38, 0x43, 0x53, 0x63, 0x73)),
        address=bytes_of,
        information=bytes_of,
        data=st.binary(max_size=252),
    ),
)


def _is_read(raw: bytes) -> bool:
    try:
        decode(raw)
    except WireError:
        return False
    return True


@given(frames)
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert decode(encode(frame)) == frame


@pytest.mark.parametrize("raw", ALL_FRAMES, ids=lambda raw: raw[:6].hex())
def test_no_change_of_one_byte_goes_unnoticed(raw: bytes) -> None:
    changed = (
        raw[:at] + bytes((byte,)) + raw[at + 1 :] for at in range(len(raw)) for byte in range(256)
    )
    assert [each.hex() for each in changed if each != raw and _is_read(each)] == []


@pytest.mark.parametrize("raw", ALL_FRAMES, ids=lambda raw: raw[:6].hex())
def test_no_shortened_and_no_lengthened_frame_is_read(raw: bytes) -> None:
    for changed in (*(raw[:size] for size in range(len(raw))), raw + b"\x16", b"\x16" + raw):
        with pytest.raises(WireError):
            decode(changed)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("10 5B 01 5D 16", WireChecksumError),
        ("10 5B 01 5C 17", WireFormError),
        ("10 5C 01 5D 16", WireFormError),
        ("10 5B 01 5C 16 16", WireLengthError),
        ("68 03 04 68 08 01 70 79 16", WireFormError),
        ("68 03 03 68 08 01 70 79", WireLengthError),
        ("68 03 03 68 09 01 70 7A 16", WireFormError),
        ("E6", WireFormError),
        ("", WireFormError),
    ],
)
def test_what_is_wrong_with_a_frame_is_named(raw: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        decode(bytes.fromhex(raw))


@pytest.mark.parametrize("raw", ALL_FRAMES, ids=lambda raw: raw[:6].hex())
@pytest.mark.parametrize(
    "noise", [b"", b"\xff\x00", b"\x68", b"\x68\x68\x68", b"\x16\x10", b"\x10"]
)
def test_a_frame_is_cut_at_its_last_byte_after_noise(raw: bytes, noise: bytes) -> None:
    if raw == b"\xe5" and noise[-1:] in {b"\x68", b"\x10"}:
        noise += b"\x00\x00\x00\x00"
    received = noise + raw
    whole = cut(received + b"\xe5")
    assert whole is not None
    assert (whole.frame, whole.rest) == (raw, b"\xe5")
    if raw != b"\xe5":
        assert not [size for size in range(len(received)) if cut(received[:size]) is not None]


def test_an_acknowledgement_inside_a_frame_is_none() -> None:
    frame = encode(LongFrame(control=8, address=0xE5, information=0x72, data=b"\xe5" * 20))
    assert all(cut(frame[:size]) is None for size in range(len(frame)))
    request = encode(ShortFrame(control=0x40, address=0xE5))
    assert all(cut(request[:size]) is None for size in range(len(request)))


def test_a_frame_whose_sum_fails_is_cut_whole_so_that_its_error_is_told() -> None:
    frame = encode(LongFrame(control=8, address=1, information=0x72, data=b"\xe5" * 20))
    broken = frame[:10] + b"\x00" + frame[11:]
    whole = cut(broken)
    assert whole is not None
    assert whole.frame == broken
    with pytest.raises(WireChecksumError):
        decode(whole.frame)


def test_a_good_frame_counts_before_a_truncated_and_before_a_failed_one() -> None:
    good, truncated = FRAMES["B1"], FRAMES["B2"][:-9]
    failed = FRAMES["B2"][:-2] + b"\x00\x16"
    for before in (truncated, failed):
        whole = cut(before + good)
        assert whole is not None
        assert whole.frame == good


def test_what_is_held_while_nothing_whole_comes_is_bounded() -> None:
    flood = b"\x68\x68" * (20 * LONGEST)
    whole = cut(flood)
    assert whole is not None
    with pytest.raises(WireError):
        decode(whole.frame)
    assert cut(SELECT[:-1]) is None


@pytest.mark.parametrize("unit", ["68", "10", "1040", "E4", "680303", "68FFFF68", "68030368"])
def test_a_flood_is_judged_soon(unit: str) -> None:
    begun = time.process_time()
    cut(bytes.fromhex(unit) * (65_000 // (len(unit) // 2)))
    assert time.process_time() - begun < 3


@given(st.binary(max_size=600), st.sampled_from(ALL_FRAMES), st.binary(max_size=40))
def test_a_cut_gives_back_all_bytes_after_the_noise(
    before: bytes, frame: bytes, after: bytes
) -> None:
    received = before + frame + after
    whole = cut(received)
    if whole is not None:
        assert received.endswith(whole.frame + whole.rest)
