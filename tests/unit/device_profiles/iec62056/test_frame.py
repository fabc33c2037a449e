"""Messages: what is refused, and what is cut out of what a line gives."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.errors import LimitError
from device_profiles.iec62056.cut import cut, cut_checked, cut_line, nothing_awaited
from device_profiles.iec62056.frame import (
    MOST_BLOCK_BYTES,
    Acknowledged,
    Block,
    Command,
    Identification,
    Message,
    Option,
    Repeat,
    SignOn,
    decode,
    encode,
)
from device_profiles.iec62056.parity import SEVEN_BITS, for_line, masked, masking
from device_profiles.wire_errors import (
    WireChecksumError,
    WireError,
    WireFormError,
    WireLengthError,
)
from tests.unit.device_profiles.iec62056.samples import CHECKED, MESSAGES, even_parity

PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))
letters = st.text(string.ascii_letters, min_size=3, max_size=3)
bauds = st.sampled_from("0123456")
text_bytes = st.text(PRINTABLE + "\r\n", max_size=80).map(lambda text: text.encode("ascii"))
messages: st.SearchStrategy[Message] = st.one_of(
    st.sampled_from((Acknowledged(), Repeat())),
    st.builds(SignOn, address=st.text(string.ascii_letters + string.digits + " ", max_size=32)),
    st.builds(
        Identification,
        manufacturer=letters,
        baud=bauds,
        text=st.text(PRINTABLE.replace("/", ""), max_size=32),
    ),
    st.builds(Option, protocol=st.sampled_from("01"), baud=bauds, mode=st.sampled_from("01")),
    st.builds(Command, code=st.sampled_from(("P0", "P1", "R1", "R5", "W5", "B0")), data=text_bytes),
    st.builds(Block, data=text_bytes.map(lambda text: text + b"(0)")),
    st.builds(Block, data=text_bytes.map(lambda text: text + b"!\r\n")),
)


@given(messages)
def test_a_message_is_read_as_it_was_written(message: Message) -> None:
    assert decode(encode(message)) == message


def _is_read(raw: bytes) -> bool:
    try:
        decode(raw)
    except WireError:
        return False
    return True


@pytest.mark.parametrize("raw", CHECKED, ids=lambda raw: raw[:4].hex())
def test_no_change_of_one_byte_goes_unnoticed(raw: bytes) -> None:
    changed = (
        raw[:at] + bytes((byte,)) + raw[at + 1 :] for at in range(len(raw)) for byte in range(256)
    )
    assert [each.hex() for each in changed if each != raw and _is_read(each)] == []


@pytest.mark.parametrize("raw", CHECKED, ids=lambda raw: raw[:4].hex())
def test_with_parity_masked_a_change_of_one_byte_is_refused_or_equal(raw: bytes) -> None:
    on_line = even_parity(raw)
    for at in range(len(raw)):
        for byte in range(256):
            changed = on_line[:at] + bytes((byte,)) + on_line[at + 1 :]
            seven = masked(changed, SEVEN_BITS)
            assert not _is_read(seven) or seven == raw


@pytest.mark.parametrize("raw", CHECKED, ids=lambda raw: raw[:4].hex())
def test_no_shortened_and_no_lengthened_message_is_read(raw: bytes) -> None:
    for changed in (*(raw[:size] for size in range(len(raw))), raw + b"\x03", b"\x02" + raw):
        assert not _is_read(changed)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("014230 03 72", WireChecksumError),
        ("014230 71", WireFormError),
        ("01583003 6B", WireFormError),
        ("0203", WireLengthError),
        ("02 41 03 42", WireFormError),
        ("02 28 B0 29 03 B2", WireFormError),
        ("06 30 35 30 0D", WireFormError),
        ("2F 3F 28 21 0D 0A", WireFormError),
        ("2F 4C 47 35 0D 0A", WireFormError),
        ("2F 3F 21 0A 0D", WireFormError),
        ("04", WireFormError),
        ("", WireFormError),
    ],
)
def test_what_is_wrong_with_a_message_is_named(raw: str, error: type[WireError]) -> None:
    with pytest.raises(error):
        decode(bytes.fromhex(raw))


NOISES = (b"", b"\xff\x00", b"/\x00", b"\x02\x02", b"\x01\x02\x07", b"\x06?")
AFTER_NOISE = [(raw, noise) for raw in MESSAGES.values() for noise in NOISES]
AFTER_NOISE += [(b"\x15", noise) for noise in NOISES if noise[:1] not in {b"\x01", b"\x02"}]
"""Within what looks like a block, NAK may be a spoilt byte of it, and does not count."""


@pytest.mark.parametrize(("raw", "noise"), AFTER_NOISE)
def test_a_message_is_cut_at_its_last_byte_after_noise(raw: bytes, noise: bytes) -> None:
    cut_one = cut_checked if raw[:1] in {b"\x01", b"\x02", b"\x15"} else cut_line
    received = noise + raw
    whole = cut_one(received + b"rest")
    assert whole is not None
    assert (whole.frame, whole.rest) == (raw, b"rest")
    assert [size for size in range(len(received)) if cut_one(received[:size]) is not None] == []


@pytest.mark.parametrize("raw", [*MESSAGES.values(), b"\x15"], ids=lambda raw: raw[:5].hex())
def test_any_message_is_cut_at_its_last_byte(raw: bytes) -> None:
    whole = cut(b"\xff" + raw + b"rest")
    assert whole is not None
    assert (whole.frame, whole.rest) == (raw, b"rest")
    assert [size for size in range(len(raw)) if cut(raw[:size]) is not None] == []


def test_a_slash_in_a_unit_begins_no_message() -> None:
    block = encode(Block(data=b"6.8(1*m3/h)\r\n/?!\r\n/LGZ5x\r\n!\r\n"))
    assert all(cut(block[:size]) is None for size in range(len(block)))
    whole = cut(block)
    assert whole is not None
    assert whole.frame == block


def test_a_block_whose_check_fails_is_cut_whole_so_that_its_error_is_told() -> None:
    broken = MESSAGES["I4"].replace(b"01234.567", b"01234.568")
    whole = cut(broken)
    assert whole is not None
    assert whole.frame == broken
    with pytest.raises(WireChecksumError):
        decode(whole.frame)


def test_a_good_block_counts_before_a_failed_one() -> None:
    failed = MESSAGES["I4"][:-1] + b"\x7f"
    whole = cut(failed + MESSAGES["I4"])
    assert whole is not None
    assert (whole.frame, whole.rest) == (MESSAGES["I4"], b"")


def test_what_is_held_while_nothing_whole_comes_is_bounded() -> None:
    assert cut(b"\x02" + b"1" * (MOST_BLOCK_BYTES - 1)) is None
    whole = cut(b"\x02" + b"1" * MOST_BLOCK_BYTES)
    assert whole is not None
    with pytest.raises(WireLengthError):
        decode(whole.frame)


@pytest.mark.parametrize(
    "flood",
    [
        b"\x02" * 65_000,
        b"\x02" * 65_000 + b"\x03\x00",
        b"\x02" + b"1" * 65_000 + b"\x00",
        b"\x01R5\x02(" * 13_000 + b"\x03\x00",
        b"\x02(\x03" * 20_000,
        b"/" * 65_000,
        b"/?1" * 20_000 + b"!\r\n",
        b"\x15\x06" * 30_000,
        b"\x02\x00" + b"\x15" * 65_000,
    ],
    ids=lambda flood: flood[:6].hex(),
)
def test_a_flood_is_judged_soon(flood: bytes) -> None:
    begun = time.process_time()
    for cut_one in (cut, cut_line, cut_checked):
        cut_one(flood)
    assert time.process_time() - begun < 3


def test_a_byte_that_becomes_a_control_sign_is_a_failed_block_not_a_nak() -> None:
    spoilt = MESSAGES["I4"].replace(b"235930", b"23\x15930")
    assert all(cut_checked(spoilt[:size]) is None for size in range(len(spoilt)))
    whole = cut_checked(spoilt)
    assert whole is not None
    assert whole.frame == spoilt
    with pytest.raises(WireChecksumError):
        decode(whole.frame)


@given(st.binary(max_size=200), st.sampled_from(list(MESSAGES.values())), st.binary(max_size=20))
def test_a_cut_gives_back_all_bytes_after_the_noise(
    before: bytes, raw: bytes, after: bytes
) -> None:
    received = before + raw + after
    whole = cut(received)
    if whole is not None:
        assert received.endswith(whole.frame + whole.rest)


def test_where_nothing_is_awaited_an_empty_message_comes_at_once() -> None:
    whole = nothing_awaited(b"echo")
    assert (whole.frame, whole.rest) == (b"", b"echo")


@pytest.mark.parametrize("raw", MESSAGES.values(), ids=lambda raw: raw[:5].hex())
def test_a_line_that_passes_parity_is_masked_and_answered_with_parity(raw: bytes) -> None:
    assert for_line(raw, SEVEN_BITS) == even_parity(raw)
    whole = masking(cut, SEVEN_BITS)(even_parity(raw))
    assert whole is not None
    assert whole.frame == raw
    assert for_line(raw, 0xFF) == raw


def test_another_mask_is_refused() -> None:
    with pytest.raises(LimitError):
        masking(cut, 0x3F)
