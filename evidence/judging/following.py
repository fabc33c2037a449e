"""Whether the numbers of a stream follow from its raw bytes, its profile and its papers. Pure."""

from collections.abc import Callable

from calibration.timeline import Timeline
from evidence.errors import LeafContentError, Words
from evidence.judging.content import check_recomputed
from evidence.judging.judgement import Position
from evidence.judging.library import Library
from evidence.log.batch import Stream
from evidence.log.reread import DeviceProfile, check_raw

ContentCheck = Callable[[Stream, Timeline, Library, Position], None]
"""Refuses a stream whose numbers do not follow, by what its agent logged before."""


def require_content(
    stream: Stream,
    timeline: Timeline,
    library: Library,
    _position: Position,
) -> None:
    """The indication must follow from the raw bytes, and the result from the indication.

    Raises:
        LeafContentError: one does not.
    """
    check_raw(stream, require_profile(stream, library))
    check_recomputed(stream, timeline)


def require_profile(stream: Stream, library: Library) -> DeviceProfile:
    """The device profile by which raw bytes are read: the agent logged it before it cited it.

    Raises:
        LeafContentError: it did not.
    """
    profile = library.profiles.get(stream.head.profile)
    if profile is None:
        raise LeafContentError(
            stream.head.channel,
            what=Words(
                f"the device profile {stream.head.profile[:16]} was not logged before",
                f"此前未记录设备配置文件 {stream.head.profile[:16]}",
            ),
            limit=Words("a profile that this agent has logged", "该代理已记录的配置文件"),
        )
    return profile
