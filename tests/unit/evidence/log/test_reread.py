"""An indication follows from the raw bytes and the logged profile, or it is refused."""

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from device_profiles.load import load_profile
from evidence.errors import LeafContentError
from evidence.log.column import Progression
from evidence.log.leaf import Miss, Stream, StreamHead
from evidence.log.reread import check_raw, read_profile

PROFILE = load_profile("abb-b23")
RAW = (123_456).to_bytes(8, "big").hex()


def stream(
    raw: str = RAW, indication: float = 1234.56, name: str = "active_energy_import"
) -> Stream:
    return Stream(
        head=StreamHead(
            channel=f"works/feeder/{name}",
            measurand=Measurand(
                kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
                unit="kW.h",
                subject="feeder",
                accumulation=Accumulation.REGISTER,
            ),
            period_ms=60_000,
            serial="S",
            profile=PROFILE.sha256,
            basis=UncertaintyBasis.UNKNOWN,
        ),
        rows=1,
        sequence=Progression(first=0, steps=()),
        at_ms=Progression(first=0, steps=()),
        raw=(raw,),
        indication=(indication,),
    )


def test_an_indication_that_follows_from_its_bytes_is_good() -> None:
    check_raw(stream(), PROFILE.profile)


@pytest.mark.parametrize(
    "altered",
    [
        stream(indication=1234.57),
        stream(raw=(123_457).to_bytes(8, "big").hex()),
        stream(raw="ff" * 8),
        stream(raw="00"),
        stream(raw="no hex"),
        stream(name="brew_temperature"),
    ],
)
def test_an_indication_that_does_not_follow_is_refused_by_name(altered: Stream) -> None:
    with pytest.raises(LeafContentError) as refused:
        check_raw(altered, PROFILE.profile)
    assert refused.value.where == altered.head.channel


def missed(raw: str = RAW, indication: float | None = 1234.56) -> Stream:
    miss = Miss(sequence=0, at_ms=0, reason=MissReason.CALIBRATING, raw=raw, indication=indication)
    return msgspec.structs.replace(stream(), rows=0, raw=(), indication=(), missed=(miss,))


def test_what_a_device_showed_beside_a_miss_follows_from_its_bytes_too() -> None:
    check_raw(missed(), PROFILE.profile)
    check_raw(missed(indication=None), PROFILE.profile)
    check_raw(missed(raw="", indication=None), PROFILE.profile)


@pytest.mark.parametrize(
    "altered",
    [missed(indication=1234.57), missed(raw=""), missed(raw="ff" * 8), missed(raw="no hex")],
)
def test_what_a_miss_shows_and_its_bytes_do_not_is_refused(altered: Stream) -> None:
    with pytest.raises(LeafContentError) as refused:
        check_raw(altered, PROFILE.profile)
    assert refused.value.where == altered.head.channel


def test_site_parameters_are_part_of_the_reading() -> None:
    profile = load_profile("tuf-2000m")
    assert profile.profile.parameters
    head = msgspec.structs.replace(stream().head, parameters={"no_such_parameter": 2.0})
    with pytest.raises(LeafContentError):
        check_raw(msgspec.structs.replace(stream(), head=head), PROFILE.profile)


def test_a_logged_file_that_is_no_profile_is_refused() -> None:
    assert read_profile(PROFILE.content, "abb-b23.toml") == PROFILE.profile
    with pytest.raises(LeafContentError):
        read_profile(b"id = 1", "abb-b23.toml")
