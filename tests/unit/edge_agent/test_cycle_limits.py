"""A number that no factory has is a miss with its reason, so that it never stops a batch."""

import pytest

from calibration.indication import MissReason
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.timeline import Installed
from device_profiles.load import load_profile
from device_profiles.write import write_words
from edge_agent.cycle import PolledDevice, plan_of, poll_of
from edge_agent.driver import Reply
from edge_agent.line import Outcome
from edge_agent.poll import Poll
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest
from edge_agent.tick import Tick
from evidence.log.column import MOST

LOADED = load_profile("siemens-pac2200")
NAME = "active_energy_import"
TICK = Tick(sequence=0, at_ns=1_000_000_000)


def polled() -> PolledDevice:
    channel = LOADED.profile.channel(NAME)
    measurand = Measurand(
        kind_of_quantity=KindOfQuantity(channel.kind_of_quantity),
        unit=channel.unit,
        subject="feeder",
        accumulation=Accumulation(channel.accumulation),
    )
    setup = DeviceSetup(
        device="feeder",
        profile=LOADED.sha256,
        period_ms=60_000,
        installed=(Installed(from_ns=0, serial="S"),),
        channels=(ChannelSetup(name=NAME, channel=f"works/feeder/{NAME}", measurand=measurand),),
    )
    return PolledDevice(
        setup=setup,
        digest=setup_digest(setup),
        plan=plan_of(LOADED.profile, (NAME,), {}),
        period_ns=60_000_000_000,
        phase_ns=0,
    )


def poll(number: float) -> Poll:
    device = polled()
    read = device.asks[0].wholes[0]
    written = write_words(LOADED.profile, {NAME: number})
    raw = b"".join(written[read.function, at].to_bytes(2) for at in range(read.address, read.end))
    reply = Reply(content=raw, raw=raw, requested_at_ns=0, answered_at_ns=TICK.at_ns)
    outcome = Outcome(device="feeder", planned=read, request=read, answer=reply)
    return poll_of(device, (outcome,), TICK)


@pytest.mark.parametrize("number", [1.0001 * MOST, 1e197, 1e300])
def test_a_number_beyond_anything_in_a_factory_is_out_of_range(number: float) -> None:
    found = poll(number)
    assert found.readings == ()
    assert [each.reason for each in found.lacking] == [MissReason.OUT_OF_RANGE]


@pytest.mark.parametrize("number", [0.0, 1.5, 0.999 * MOST])
def test_a_number_below_it_is_a_reading(number: float) -> None:
    found = poll(number)
    assert found.lacking == ()
    assert [each.number for each in found.readings] == [number]
