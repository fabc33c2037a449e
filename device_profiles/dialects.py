"""The protocols that profiles can be of, and what each does; the one table of them."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from device_profiles.at_first_use import AtFirstUse
from device_profiles.cost import FEWEST, LineCost
from device_profiles.dialect import Dialect, Reader
from device_profiles.errors import ProtocolError
from device_profiles.finish import finished
from device_profiles.indicated import Interpretation
from device_profiles.model import DeviceProfile
from device_profiles.parameters import parameters_of

DIALECTS: Final[Mapping[str, Dialect[Any]]] = AtFirstUse(
    {
        "modbus": "device_profiles.register_dialect:MODBUS",
        "dlt645": "device_profiles.dlt645.dialect:DLT645",
        "cjt188": "device_profiles.cjt188.dialect:CJT188",
        "iec62056-21": "device_profiles.iec62056.dialect:IEC62056",
        "mbus": "device_profiles.mbus.dialect:MBUS",
        "hj212": "device_profiles.hj212.dialect:HJ212",
        "opcua": "device_profiles.opcua.dialect:OPCUA",
    }
)


def dialect_of(profile: DeviceProfile) -> Dialect[Any]:
    """What the protocol of `profile` does for it.

    Raises:
        ProtocolError: no protocol of that name is known here.
    """
    known = DIALECTS.get(profile.protocol)
    if known is None:
        limit = " | ".join(DIALECTS)
        raise ProtocolError(profile.id, key="protocol", found=profile.protocol, limit=limit)
    return known


def requests_of(
    profile: DeviceProfile, names: Sequence[str], cost: LineCost = FEWEST
) -> tuple[Hashable, ...]:
    """The requests that bring the channels `names` at the least cost; the fewest by default.

    Raises:
        UnknownChannelError: the profile has no such channel.
    """
    requests: tuple[Hashable, ...] = dialect_of(profile).requests(profile, names, cost)
    return requests


def reader_of(
    profile: DeviceProfile, names: Sequence[str], parameters: Mapping[str, float] | None = None
) -> Reader[Any]:
    """A reader of the channels `names`, with site values for parameters.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    reader: Reader[Any] = dialect_of(profile).reader(profile, names, parameters)
    return reader


def interpreter(
    profile: DeviceProfile, name: str, parameters: Mapping[str, float] | None = None
) -> Interpretation:
    """What makes the indication of channel `name` from its own bytes, any number of times.

    What it returns raises a ProfileError for bytes that are none of that channel.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    decode = dialect_of(profile).decoding(profile, name)
    return finished(decode, profile.channel(name), parameters_of(profile, parameters))
