import msgspec
import pytest

from calibration.indication import (
    WORST_FIRST,
    Indication,
    MissedIndication,
    MissReason,
    Quality,
)


def test_every_quality_has_its_place_from_worst_to_good() -> None:
    assert sorted(WORST_FIRST) == sorted(Quality)
    assert WORST_FIRST[-1] == Quality.GOOD


def test_an_indication_keeps_the_bytes_that_carried_it() -> None:
    indication = Indication(
        channel="meter/energy",
        value=2**60 + 1,
        unit="kW.h",
        at_ns=1,
        sequence=7,
        quality=Quality.GOOD,
        raw=b"\x01\x02",
    )
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(indication), type=Indication)
    assert again == indication
    assert again.value == 2**60 + 1


def test_a_missed_indication_says_why_in_a_closed_vocabulary() -> None:
    stored = b'{"channel":"m","at_ns":1,"sequence":1,"reason":"lunch"}'
    with pytest.raises(msgspec.ValidationError, match="reason"):
        msgspec.json.decode(stored, type=MissedIndication)
    good = stored.replace(b"lunch", b"timeout")
    assert msgspec.json.decode(good, type=MissedIndication).reason == MissReason.TIMEOUT
