"""HJ 212 as profiles need it. It is spoken on connections that loggers open, not on a bus."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from device_profiles.cost import LineCost
from device_profiles.dialect import Dialect, Lies, Reader, Values
from device_profiles.finish import finished, unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.hj212.content import DataFlag
from device_profiles.hj212.errors import ComposeError
from device_profiles.hj212.logger import FactorRecord, item
from device_profiles.hj212.profile import FactorChannel, Hj212Profile, factor_findings
from device_profiles.hj212.reading import FactorPick, FactorReader, Upload, decoding_of
from device_profiles.indicated import Decoding
from device_profiles.item_errors import NoSuchItemError
from device_profiles.parameters import parameters_of
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError

LONE_MN: Final = "000000000000000000000001"
"""Of a simulated logger that has the centre for itself."""
NO_VALUE: Final = DataFlag.FAULT
"""The flag of a factor of which a simulated logger has no value."""


def _requests(profile: Hj212Profile, names: Sequence[str], cost: LineCost) -> tuple[Hashable, ...]:
    """One upload for each command, in the order of the channels: loggers send all at once."""
    del cost
    return tuple(_held(profile, names))


def _held(profile: Hj212Profile, names: Sequence[str]) -> dict[Upload, list[int]]:
    """The places among `names` by the upload that brings them."""
    held: dict[Upload, list[int]] = {}
    for place, name in enumerate(names):
        upload = Upload(cn=profile.command_of(profile.channel(name)))
        held.setdefault(upload, []).append(place)
    return held


def _reader(
    profile: Hj212Profile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Upload]:
    factors = parameters_of(profile, parameters)

    def pick(place: int) -> FactorPick:
        channel = profile.channel(names[place])
        interpret = finished(decoding_of(channel.source), channel, factors)
        return FactorPick(place=place, source=channel.source, interpret=interpret)

    return FactorReader(
        picks={
            upload: tuple(pick(place) for place in places)
            for upload, places in _held(profile, names).items()
        }
    )


def _decoding(profile: Hj212Profile, name: str) -> Decoding:
    return decoding_of(profile.channel(name).source)


def records_of(
    profile: Hj212Profile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
    flags: Mapping[str, DataFlag],
) -> tuple[FactorRecord, ...]:
    """What a logger of this profile sends in one upload.

    Args:
        profile: Of the logger.
        request: The upload.
        values: What channels show, in their units; what is not there is not sent. A factor of
            which no channel has a value is sent with a data flag alone.
        parameters: The site's.
        flags: Data flags by channel, for the whole factor; normal where none is named.

    Raises:
        NoSuchItemError: The profile has nothing that this upload brings.
        FitError: A value that the standard has no form for.
    """
    factors = parameters_of(profile, parameters)
    held = [each for each in profile.channels if Upload(cn=profile.command_of(each)) == request]
    if not held:
        limit = Words("an upload of the profile", "配置中的上传命令")
        raise NoSuchItemError(profile.id, key="request", found=request, limit=limit)
    codes = dict.fromkeys(each.source.factor for each in held if each.name in values)
    return tuple(
        _record(code, [each for each in held if each.source.factor == code], values, factors, flags)
        for code in codes
    )


def _record(
    code: str,
    channels: Sequence[FactorChannel],
    values: Values,
    factors: Mapping[str, float],
    flags: Mapping[str, DataFlag],
) -> FactorRecord:
    shown: dict[str, str | Number] = {
        each.source.field: unfinished(each, value, factors)
        for each in channels
        if not isinstance(value := values.get(each.name, NotAvailable()), NotAvailable)
    }
    named = [flags[each.name] for each in channels if each.name in flags]
    usual = DataFlag.NORMAL if shown else NO_VALUE
    return FactorRecord(code=code, values=shown, flag=named[0] if named else usual)


def _compose(
    profile: Hj212Profile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The content of CP without DataTime, which the logger's clock adds."""
    try:
        return b";".join(
            item(record) for record in records_of(profile, request, values, parameters, {})
        )
    except ComposeError as wrong:
        raise FitError(
            profile.id, key="value", found=wrong.facts["found"], format="N a.b"
        ) from None


def _where(profile: Hj212Profile, name: str) -> tuple[Lies, ...]:
    channel = profile.channel(name)
    source, command = channel.source, profile.command_of(channel)
    also = f" ({', '.join(source.also)})" if source.also else ""
    return (Lies(place=f"CN {command} {source.factor}-{source.field}{also}", coding="N a.b"),)


HJ212: Final = Dialect(
    profile=Hj212Profile,
    findings=factor_findings,
    requests=_requests,
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)
