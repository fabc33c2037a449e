"""What a device says about its own state, beside its values: status words that are read with them.

Pure. A status that could not be read says nothing: the values then are marked, not trusted.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from calibration.indication import MissReason, Quality
from device_profiles.model import DeviceProfile
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from device_profiles.status import conditions, status_reads, status_values
from edge_agent.condition import worst
from edge_agent.driver import Reply
from edge_agent.errors import AgentError

Answers = Mapping[Hashable, Reply | AgentError]
"""What came of each request that was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The status words of a device, and how they are read; made by `states_of`.

    Attributes:
        profile: With all its channels, since marks name them; None where there are no words.
        reads: What to ask; none where the profile has no status words.
        names: The channels that are read, by place.
    """

    profile: ModbusProfile | None = None
    reads: tuple[ReadRequest, ...] = ()
    names: tuple[str, ...] = field(default=())

    def marks(self, answers: Answers) -> dict[int, MissReason | Quality]:
        """What becomes of the channels' indications, by place; places not named are sound."""
        if self.profile is None:
            return {}
        replies = {
            each: answer.content
            for each, answer in answers.items()
            if isinstance(each, ReadRequest) and isinstance(answer, Reply)
        }
        values = status_values(self.profile, replies)
        unread = {word.name for word in self.profile.status} - values.keys()
        found = conditions(self.profile, values)
        made = ((place, worst(found[name])) for place, name in enumerate(self.names))
        sure = {place: each for place, each in made if each is not None}
        if not unread:
            return sure
        return {place: sure.get(place, Quality.DEVICE_WARNING) for place in range(len(self.names))}


def states_of(profile: DeviceProfile, names: Iterable[str]) -> States:
    """The status words of a profile for the channels of these names."""
    if not isinstance(profile, ModbusProfile) or not profile.status:
        return States()
    return States(profile=profile, reads=status_reads(profile), names=tuple(names))
