"""A place on a line of bytes: whom it answers, and what each fault makes of the answer."""

import pytest

from device_profiles.dialects import requests_of
from device_profiles.errors import ProfileError
from device_profiles.load import load_profile
from device_profiles.mbus.dialect import MBUS_SPOKEN, AllRecords
from device_profiles.mbus.profile import MbusProfile
from simulators.errors import FaultPlaceError
from simulators.fault import (
    AnswersForAnother,
    AnyFault,
    BadChecksum,
    DuplicateAddress,
    Echo,
    ExceptionReply,
    Garbage,
    LateReply,
    LowerCaseCrc,
    Noise,
    Reboot,
    ShortReply,
    Silence,
    Spike,
    Truncated,
    WrongTransactionId,
)
from simulators.fault_place import never_strikes
from simulators.serve import lone_line
from simulators.servers.disturb import Reply
from simulators.servers.spoken_station import SpokenStation, disturbed_frame
from tests.unit.simulators.servers.lines import ADDRESSES, question, seat

SPOKEN = ("rtu", "ascii", "dlt645", "cjt188")
OTHER = {"rtu": "7", "ascii": "7", "dlt645": "000000000007", "cjt188": "00000000000007"}


def replied(spoken: str, *faults: AnyFault, address: str = "") -> Reply | None:
    """What a meter with these faults sends when it, or that address, is asked."""
    return seat(spoken, *faults).hear(question(spoken, address), 0)


def answered(spoken: str, *faults: AnyFault) -> bytes:
    reply = replied(spoken, *faults)
    assert reply is not None
    return reply.content


def accepted(spoken: str, answer: bytes) -> bytes | str:
    """What whoever asks makes of an answer: content, "unfinished", or the code of an error."""
    one = seat(spoken)
    profile = one.place.site.profile
    name = "volume" if spoken == "cjt188" else "active_energy_import"
    (request, *_) = requests_of(profile, [name])
    talk = one.spoken.ask(profile, one.address, request)
    step, heard = next(talk), answer
    try:
        while (whole := step.cut(heard)) is not None:
            heard = whole.rest
            step = talk.send(whole.frame)
    except StopIteration as done:
        content: bytes = done.value
        return content
    except ProfileError as wrong:
        return wrong.code
    return "unfinished"


@pytest.mark.parametrize("spoken", SPOKEN)
def test_it_answers_its_own_address_and_no_other(spoken: str) -> None:
    assert isinstance(accepted(spoken, answered(spoken)), bytes)
    assert replied(spoken, address=OTHER[spoken]) is None


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_request_for_another_device_is_not_counted(spoken: str) -> None:
    one = seat(spoken, Silence(first_poll=0, last_poll=0))
    assert one.hear(question(spoken, OTHER[spoken]), 0) is None
    assert one.place.polls == 0
    first, second = (one.hear(question(spoken), 0) for _ in range(2))
    assert first == Reply(content=b"")
    assert second == Reply(content=answered(spoken))
    assert one.place.polls == 2


@pytest.mark.parametrize("spoken", SPOKEN)
def test_silence_and_reboot_send_nothing_and_a_reboot_ends_the_connection(spoken: str) -> None:
    assert replied(spoken, Silence()) == Reply(content=b"")
    assert replied(spoken, Reboot()) == Reply(content=b"", closes=True)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_late_reply_is_the_right_one(spoken: str) -> None:
    assert replied(spoken, LateReply(delay_s=2.5)) == Reply(content=answered(spoken), delay_s=2.5)


@pytest.mark.parametrize("missing", [1, 4, 4000])
@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_truncated_reply_lacks_its_end(spoken: str, missing: int) -> None:
    right, cut = answered(spoken), answered(spoken, Truncated(missing_bytes=missing))
    assert cut == right[: max(0, len(right) - missing)]
    assert accepted(spoken, cut) == "unfinished"


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_bad_checksum_is_one_bit_in_the_middle_and_is_refused(spoken: str) -> None:
    right, wrong = answered(spoken), answered(spoken, BadChecksum())
    assert len(right) == len(wrong)
    turned = [mine ^ theirs for mine, theirs in zip(right, wrong, strict=True)]
    assert sorted(turned)[-2:] == [0, 1]
    assert not isinstance(accepted(spoken, wrong), bytes)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_noise_and_echo_come_before_the_right_reply_which_is_found(spoken: str) -> None:
    right = answered(spoken)
    noisy = answered(spoken, Noise(length=6))
    assert (len(noisy), noisy[6:]) == (len(right) + 6, right)
    assert answered(spoken, Echo()) == question(spoken) + right
    for disturbed in (noisy, answered(spoken, Echo()), answered(spoken, Echo(), Noise(length=3))):
        assert accepted(spoken, disturbed) == accepted(spoken, right)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_garbage_and_two_devices_at_once_are_no_answer(spoken: str) -> None:
    right = answered(spoken)
    assert len(answered(spoken, Garbage(length=24))) == 24
    mixed = answered(spoken, DuplicateAddress())
    assert len(mixed) == len(right)
    assert all(a & b == b for a, b in zip(right, mixed, strict=True))
    for each in (answered(spoken, Garbage(length=24)), mixed):
        assert not isinstance(accepted(spoken, each), bytes)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_a_device_with_an_address_set_wrongly_answers_for_another_too(spoken: str) -> None:
    fault = AnswersForAnother(address=OTHER[spoken])
    taken = replied(spoken, fault, address=OTHER[spoken])
    assert taken is not None
    assert taken.content not in {b"", answered(spoken)}
    assert answered(spoken, fault) == answered(spoken)


@pytest.mark.parametrize("spoken", ["rtu", "ascii"])
def test_an_exception_and_a_short_reply_are_sound_modbus_frames(spoken: str) -> None:
    assert accepted(spoken, answered(spoken, ExceptionReply(code=6))) == "E_WIRE_MODBUS_BUSY"
    assert accepted(spoken, answered(spoken, ShortReply())) == "E_WIRE_MODBUS_SHORT"


@pytest.mark.parametrize("spoken", ["dlt645", "cjt188"])
def test_an_exception_is_an_abnormal_reply_of_the_protocol(spoken: str) -> None:
    assert accepted(spoken, answered(spoken, ExceptionReply(code=2))) == "E_WIRE_REFUSED"


def test_a_device_that_keeps_silent_by_itself_bears_every_fault() -> None:
    for fault in (BadChecksum(), Noise(), Echo(), Truncated(), DuplicateAddress(), Garbage()):
        assert disturbed_frame(b"", b"asked", [fault], 0).content == b""


@pytest.mark.parametrize(
    ("spoken", "fault"),
    [
        ("rtu", WrongTransactionId()),
        ("dlt645", ShortReply()),
        ("cjt188", ShortReply()),
        ("rtu", LowerCaseCrc()),
    ],
)
def test_a_fault_that_could_never_be_seen_here_is_refused(spoken: str, fault: AnyFault) -> None:
    with pytest.raises(FaultPlaceError):
        seat(spoken, fault)


@pytest.mark.parametrize(
    ("profile_id", "fault", "strikes"),
    [
        ("hj212-2017-cems", Truncated(), True),
        ("hj212-2017-cems", Echo(), False),
        ("hj212-2017-cems", ExceptionReply(), False),
        ("abb-b23", Truncated(), False),
        ("abb-b23", Silence(), True),
    ],
)
def test_a_fault_strikes_where_its_bytes_are(
    profile_id: str, fault: AnyFault, *, strikes: bool
) -> None:
    protocol = load_profile(profile_id).profile.protocol
    assert (not never_strikes(fault, on_bytes=False, protocol=protocol)) is strikes


def test_only_what_a_server_shows_can_be_struck_behind_opc_ua() -> None:
    assert never_strikes(Silence(), on_bytes=False, protocol="opcua")
    assert not never_strikes(Spike(channel="x", factor=2), on_bytes=False, protocol="opcua")


def test_each_protocol_has_an_address_of_its_form() -> None:
    for spoken, address in ADDRESSES.items():
        one = seat(spoken)
        one.spoken.check_address(one.place.site.profile, address)


def test_a_fault_that_strikes_the_beginning_of_a_talk_is_over_after_as_many_attempts() -> None:
    place = lone_line(load_profile("kamstrup-multical-601").profile, 0).seats[0].place
    one = SpokenStation(place, MBUS_SPOKEN, "1")
    place.strike((Silence(first_poll=0, last_poll=1),))
    profile = place.site.profile
    assert isinstance(profile, MbusProfile)
    begins = next(MBUS_SPOKEN.ask(profile, "1", AllRecords())).sends
    said = [one.hear(begins, 0) for _ in range(4)]
    assert [bool(reply and reply.content) for reply in said] == [False, False, True, True]
    assert place.polls == 2
