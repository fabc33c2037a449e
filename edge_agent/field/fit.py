"""Which profiles of the catalogue a device could be of: what it answers decides, nothing is known.

A profile fits where every required channel (every one, where none is marked) answers with a
number that such an instrument may show, and the device does not say that it is another. Of those
that fit, all channels are read: first stand profiles that the device names itself, then those of
which most is confirmed and least contradicted. This is a hint, and no proof.
"""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from device_profiles.identity import identity_findings, identity_requests, said
from device_profiles.identity_errors import OtherDeviceError
from device_profiles.load import catalogue, load_profile
from device_profiles.modbus.identification import parted_objects, text_of
from device_profiles.model import DeviceProfile
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from edge_agent.driver import Driver, Identification, Reply
from edge_agent.errors import AgentError, UnreachableError
from edge_agent.field.look import Progress
from edge_agent.field.points import gap_of, read_points, wanted
from edge_agent.field.reached import Reached
from evidence.clock import Clock


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How well a profile explains what a device answers.

    Attributes:
        rank: From 1 on; profiles that explain the device equally well share one.
        profile, title: Of the profile.
        named: Whether the device says of itself what the profile expects.
        confirmed: Channels that show a sensible number other than 0.
        zero: Channels that show 0, which tells nothing.
        contradicted: Channels without a sensible number.
    """

    rank: int = 0
    profile: str
    title: str
    named: bool
    confirmed: int
    zero: int
    contradicted: int

    @property
    def merit(self) -> tuple[bool, int, int]:
        """Less is better; of equals, the one with less that tells nothing."""
        return not self.named, self.contradicted - self.confirmed, self.zero


async def fits(
    reached: Reached, address: str, clock: Clock, language: str, progress: Progress
) -> list[Fit]:
    """The profiles of the place's protocol that fit the device, best first.

    Args:
        reached: Where the device is.
        address: Of it; empty takes each profile's.
        clock: Stamps.
        language: Of titles.
        progress: Is told what is being done.
    """
    found: list[Fit] = []
    drivers: dict[str, Remembering] = {}
    for profile in _candidates(reached.target.protocol):
        progress(f"profile {profile.id}")
        plain = reached.driver(profile, address)
        driver = drivers.setdefault(_who(profile, address), Remembering(plain))
        if not await _fits(driver, profile, reached, clock):
            continue
        named = await _is_named(driver, profile)
        if named is not False:
            fit = await _fit(driver, profile, reached, clock, language)
            found.append(replace(fit, named=bool(named)))
    merits = sorted({fit.merit for fit in found})
    ranked = [replace(fit, rank=merits.index(fit.merit) + 1) for fit in found]
    return sorted(ranked, key=lambda fit: (fit.rank, fit.profile))


async def _is_named(driver: Driver[object], profile: DeviceProfile) -> bool | None:
    """Whether the device says that it is of this profile; None where that cannot be told."""
    if not isinstance(profile, ModbusProfile):
        return None
    replies: dict[ReadRequest, bytes] = {}
    objects: dict[int, str] = {}
    for request in identity_requests(profile):
        with suppress(AgentError):
            content = (await driver.exchange(request)).content
            if isinstance(request, ReadRequest):
                replies[request] = content
            else:
                objects |= {number: text_of(told) for number, told in parted_objects(content)}
    told = said(profile, replies, objects)
    if any(isinstance(each, OtherDeviceError) for each in identity_findings(profile, told)):
        return False
    expecting = (at for at, each in enumerate(profile.identity) if each.expects or each.equals)
    return any(at in told.identity for at in expecting) or None


def _candidates(protocol: str) -> Iterator[DeviceProfile]:
    for profile_id in catalogue():
        profile = load_profile(profile_id).profile
        if profile.protocol == protocol:
            yield profile


def _who(profile: DeviceProfile, address: str) -> str:
    """Whom questions of a profile reach; answers to equal ones are the same."""
    if address and profile.protocol == "modbus":
        return address
    return profile.id


async def _fits(
    driver: Driver[object], profile: DeviceProfile, reached: Reached, clock: Clock
) -> bool:
    names = wanted(profile, quick=True)
    gap_s = gap_of(reached, profile)
    points = await read_points(driver, profile, names, clock, "en", gap_s)
    return all(point.sensible for point in points)


async def _fit(
    driver: Driver[object],
    profile: DeviceProfile,
    reached: Reached,
    clock: Clock,
    language: str,
) -> Fit:
    names = wanted(profile, quick=False)
    points = await read_points(driver, profile, names, clock, language, gap_of(reached, profile))
    sensible = [point for point in points if point.sensible]
    zero = sum(point.number == 0 for point in sensible)
    return Fit(
        profile=profile.id,
        named=False,
        title=profile.title.zh if language == "zh" else profile.title.en,
        confirmed=len(sensible) - zero,
        zero=zero,
        contradicted=len(points) - len(sensible),
    )


class Remembering:
    """A driver that asks each question once; one that got no answer, twice.

    Args:
        driver: Asks.
    """

    def __init__(self, driver: Driver[object]) -> None:
        self._driver = driver
        self._known: dict[Hashable, Reply | AgentError] = {}
        self._silences: Counter[Hashable] = Counter()

    async def open(self) -> None:
        """See `Driver.open`."""
        await self._driver.open()

    async def exchange(self, request: object) -> Reply:
        """The answer, or the error, that came the first time."""
        known = self._known.get(request) or await self._asked(request)
        if isinstance(known, AgentError):
            raise known
        return known

    async def identify(self) -> Identification:
        """See `Driver.identify`."""
        return await self._driver.identify()

    async def close(self) -> None:
        """See `Driver.close`."""
        await self._driver.close()

    async def _asked(self, request: Hashable) -> Reply | AgentError:
        try:
            answer: Reply | AgentError = await self._driver.exchange(request)
        except UnreachableError as wrong:
            self._silences[request] += 1
            answer = wrong
            if self._silences[request] < 2:
                return wrong
        except AgentError as wrong:
            answer = wrong
        self._known[request] = answer
        return answer
