"""Whether the devices are the ones that were installed, and set as the site says.

Asked at the first poll, again after a device did not answer, and every so many polls. What is
found stands until the next time: numbers of another device, or under another CT ratio, are not
those of the configured one, and are not kept as such.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from calibration.indication import MissReason, Quality
from device_profiles.identity import (
    ObjectsRequest,
    identity_findings,
    identity_requests,
    said,
)
from device_profiles.identity_errors import (
    DeviceIdentityError,
    OtherDeviceError,
    OtherSerialError,
    SettingError,
)
from device_profiles.modbus.identification import parted_objects, text_of
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from edge_agent.blocks import Ask
from edge_agent.cycle import PolledDevice, as_marked
from edge_agent.driver import Reply
from edge_agent.errors import AgentError
from edge_agent.line import Outcome
from edge_agent.poll import Poll
from edge_agent.tick import Tick

Findings = tuple[DeviceIdentityError, ...]


@dataclass(slots=True, kw_only=True)
class _Standing:
    """What is known of one device."""

    asks: tuple[Ask, ...]
    due_in: int = 0
    findings: Findings = ()


class IdentityWatch:
    """What is known of who the devices of an agent are.

    Args:
        devices: By name.
        every: Polls from one check to the next, > 0.
    """

    def __init__(self, devices: Iterable[PolledDevice], every: Mapping[str, int]) -> None:
        self._every = dict(every)
        self._standing = {
            device.name: _Standing(asks=_asks(device)) for device in devices if _asks(device)
        }

    def asks(self, device: str) -> tuple[Ask, ...]:
        """What to ask of a device in its next poll besides its values; mostly nothing."""
        known = self._standing.get(device)
        return known.asks if known is not None and known.due_in <= 0 else ()

    def heard(
        self, device: PolledDevice, outcomes: Iterable[Outcome], tick: Tick
    ) -> Findings | None:
        """What does not fit from now on, if that is another thing than before; else None."""
        known = self._standing.get(device.name)
        if known is None:
            return None
        answers = {each.request: each.answer for each in outcomes}
        asked = [each.request for each in known.asks if each.request in answers]
        if not any(isinstance(each, Reply) for each in answers.values()):
            known.due_in = 0
            return None
        known.due_in -= 1
        if not asked:
            return None
        known.due_in = self._every.get(device.name, 1) - 1
        found = _found(device, answers, tick)
        changed = _codes(found) != _codes(known.findings)
        known.findings = found
        return found if changed else None

    def marked(self, device: PolledDevice, poll: Poll, tick: Tick) -> Poll:
        """The poll, without values where the device is not the one that is configured."""
        known = self._standing.get(device.name)
        made = None if known is None else consequence(known.findings)
        return poll if made is None else as_marked(poll, made, tick)

    def findings(self, device: str) -> Findings:
        """What does not fit about a device, as far as is known."""
        known = self._standing.get(device)
        return () if known is None else known.findings


def consequence(findings: Findings) -> MissReason | Quality | None:
    """What becomes of a device's indications; None where nothing was found."""
    kinds = {type(each) for each in findings}
    if kinds & {OtherDeviceError, OtherSerialError}:
        return MissReason.OTHER_DEVICE
    if SettingError in kinds:
        return MissReason.OTHER_SETTING
    return Quality.DEVICE_WARNING if kinds else None


def _asks(device: PolledDevice) -> tuple[Ask, ...]:
    profile = device.profile
    if not isinstance(profile, ModbusProfile):
        return ()
    return tuple(Ask(request=each) for each in identity_requests(profile))


def _found(
    device: PolledDevice, answers: Mapping[Hashable, Reply | AgentError], tick: Tick
) -> Findings:
    """What does not fit of what a device said; what it did not answer is not judged."""
    profile = device.profile
    if not isinstance(profile, ModbusProfile):
        return ()
    replies = {
        each: answer.content
        for each, answer in answers.items()
        if isinstance(each, ReadRequest) and isinstance(answer, Reply)
    }
    told = said(profile, replies, _objects(answers))
    serial = device.serial_at(tick.at_ns)
    stated = device.setup.parameters
    found = identity_findings(
        profile,
        told,
        serial=serial,
        probe_serial=device.probe_serial,
        parameters=stated,
        where=device.name,
    )
    refused = any(isinstance(answer, AgentError) for answer in answers.values())
    kept = (each for each in found if not (refused and each.code == "E_DEVICE_SILENT"))
    return tuple(kept)


def _objects(answers: Mapping[Hashable, Reply | AgentError]) -> dict[int, str]:
    return {
        number: text_of(content)
        for each, answer in answers.items()
        if isinstance(each, ObjectsRequest) and isinstance(answer, Reply)
        for number, content in parted_objects(answer.content)
    }


def _codes(findings: Findings) -> list[tuple[str, str, str]]:
    return [(each.code, str(each.facts["key"]), str(each.facts["found"])) for each in findings]
