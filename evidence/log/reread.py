"""Does a stream's indication follow from the raw bytes and the logged device profile?"""

from collections.abc import Iterator

from calibration.toml import require_shallow
from device_profiles.dialects import interpreter
from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable
from device_profiles.indicated import Impaired, OutOfRange
from device_profiles.model import DeviceProfile
from device_profiles.parse import parse_profile
from evidence.errors import LeafContentError, Words
from evidence.log.leaf import Number, Stream

__all__ = ["DeviceProfile", "check_raw", "read_profile"]


def read_profile(data: bytes, name: str) -> DeviceProfile:
    """The device profile in a logged file's bytes.

    Raises:
        LeafContentError: it is none.
    """
    try:
        require_shallow(data)  # an agent's file must not keep its collector busy
        return parse_profile(data, name)
    except (ProfileError, ValueError) as cause:
        limit = Words("a device profile", "设备配置文件")
        raise LeafContentError(name, what=str(cause), limit=limit) from cause


def check_raw(stream: Stream, profile: DeviceProfile) -> None:
    """Returns if every indication follows from its raw bytes, those of misses too.

    Args:
        stream: of a batch that was decoded.
        profile: the one that the stream cites.

    Raises:
        LeafContentError: one does not, or the bytes are none of that channel.
    """
    name = stream.head.channel.rpartition("/")[2]
    try:
        interpret = interpreter(profile, name, stream.head.parameters)
    except ProfileError as cause:
        raise _refused(
            stream, Words(f"channel {name} cannot be read", f"通道 {name} 无法解读")
        ) from cause
    for raw, stated in _shown(stream):
        try:
            found = interpret(bytes.fromhex(raw))
        except (ProfileError, ValueError) as cause:
            raise _refused(
                stream, Words(f"raw {raw} cannot be read", f"原始字节 {raw} 无法解读")
            ) from cause
        if isinstance(found, Impaired):
            found = found.number
        if isinstance(found, NotAvailable | OutOfRange) or float(found) != float(stated):
            raise _refused(
                stream,
                Words(
                    f"{stated!r} is stated where raw {raw} says {found!r}",
                    f"声明值为 {stated!r}，而原始字节 {raw} 为 {found!r}",
                ),
            )


def _shown(stream: Stream) -> Iterator[tuple[str, Number]]:
    """Raw bytes and indication of each reading, and of each miss that shows something."""
    yield from zip(stream.raw, stream.indication, strict=True)
    for miss in stream.missed:
        if miss.indication is not None:
            yield miss.raw, miss.indication


def _refused(stream: Stream, what: Words) -> LeafContentError:
    limit = Words("what the raw bytes say", "原始字节所示的值")
    return LeafContentError(stream.head.channel, what=what, limit=limit)
