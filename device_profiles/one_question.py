"""Protocols with one question, to which a device tells everything at once (pure)."""

from collections.abc import Callable, Hashable, Mapping, Sequence

from device_profiles.cost import LineCost
from device_profiles.finish import finished
from device_profiles.indicated import Decoding
from device_profiles.item_reader import Cut, ItemReader, Pick
from device_profiles.model import DeviceProfile
from device_profiles.parameters import parameters_of

Requests = Callable[[DeviceProfile, Sequence[str], LineCost], tuple[Hashable, ...]]


def requests_of_one(question: Hashable) -> Requests:
    """What plans a protocol whose one question this is; see `Dialect.requests`."""

    def requests(
        profile: DeviceProfile, names: Sequence[str], cost: LineCost
    ) -> tuple[Hashable, ...]:
        del cost
        for name in names:
            profile.channel(name)
        return (question,) if names else ()

    return requests


def reader_of_one(
    profile: DeviceProfile,
    names: Sequence[str],
    parameters: Mapping[str, float] | None,
    question: Hashable,
    item: Callable[[str], tuple[Cut, Decoding]],
) -> ItemReader:
    """Reads the channels of these names out of the one answer; see `Dialect.reader`.

    Args:
        profile: Of the device.
        names: Of its channels.
        parameters: Of the site.
        question: The one.
        item: Which bytes a channel's name stands for, and what they say.
    """
    factors = parameters_of(profile, parameters)

    def pick(place: int, name: str) -> Pick:
        cut, decoding = item(name)
        interpret = finished(decoding, profile.channel(name), factors)
        return Pick(place=place, cut=cut, interpret=interpret)

    return ItemReader(picks={question: tuple(pick(*each) for each in enumerate(names))})
