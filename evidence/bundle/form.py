"""What a bundle is made of: its members, and what its manifest says. Versions 1 and 2."""

import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from evidence.bundle.errors import BundleError
from evidence.errors import LeafError, Words
from evidence.log.keys_once import require_keys_once

MANIFEST: Final = "manifest.json"
STATEMENT: Final = "statement.json"
MAX_MANIFEST_BYTES: Final = 8 * 1024 * 1024
MAX_MEMBERS: Final = 2_000
MAX_MEMBER_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 4 * 1024**3 - 1
MAX_RATIO: Final = 200
MAX_LEAVES: Final = 2_000_000
LEAVES_BYTES: Final = 8 * 1024 * 1024
"""How large a member of leaves grows before the next one begins."""
NAME: Final = re.compile(
    r"manifest\.json|statement\.json"
    r"|logs/[0-9]{4}/(?:checkpoint\.txt|receipt\.txt|tree\.bin|consistency\.bin)"
    r"|leaves/[0-9]{5}\.bin|(?:documents|originals)/[0-9a-f]{64}"
    r"|monitored/[0-9]{4}\.json"
    r"|journal/(?:checkpoint\.txt|entries\.bin|tree\.bin)"
)
Name = Annotated[str, Meta(max_length=100)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the bundle: its name, length and digest."""

    name: Name
    bytes: Count
    sha256: Sha256


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key, as the line that was pinned at the collector.

    Args:
        role: whose it is.
        of: id of the agent, or of the collector whose it or whose journal's it is.
        line: `name+hash8+base64`.
    """

    role: Literal["agent", "collector", "journal"]
    of: Name
    line: Annotated[str, Meta(max_length=300)]


class Log(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent's log, of which some leaves are here; its number is its place in the list.

    Args:
        shown: number of leaves that are in the bundle.
        withheld: number of leaves between the first and the last shown one that are not.
        withheld_parts: number of parts of the shown leaves that are not.
    """

    agent: Name
    epoch: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
    shown: Count
    withheld: Count
    withheld_parts: Count = 0


class LeftOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stream or document that was found wrong, and counts for nothing.

    Args:
        log, sequence: where it stands.
        subject: channel, or what else it is of.
    """

    log: Count
    sequence: Count
    subject: Annotated[str, Meta(max_length=1000)]


class Manifest(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="carbonmeter",
    tag="bundle/2",
):
    """What a bundle says of itself. Nothing in it is signed; the checks rest on what is.

    Args:
        activity: digest of the statement that it proves.
        software: name and version that made it.
        known_until_ns: when the datum was stated; what was received later bears on nothing here.
        accept_simulated: whether the collector let batches of a simulated clock count.
        channels: the stated one, and those that it is computed from.
        sites: where each agent stands, by the collector's configuration.
        keys: of agents and collector, as they were pinned there.
        logs: of which leaves are here.
        left_out: what the collector quarantined of what is here.
        members: all other files, by name.
        looks_back_ns: of a statement under a monitoring plan, from when on readings are here, UTC:
            rules look back. Readings before the period are looked at as those of the period are.
        looks_ahead_ns: likewise, until when, where rules look behind the period too.
    """

    activity: Sha256
    software: Name
    known_until_ns: Count
    accept_simulated: bool
    channels: Annotated[tuple[str, ...], Meta(max_length=5_000)]
    sites: dict[str, str]
    keys: Annotated[tuple[Key, ...], Meta(max_length=10_000)]
    logs: Annotated[tuple[Log, ...], Meta(max_length=MAX_MEMBERS)]
    left_out: Annotated[tuple[LeftOut, ...], Meta(max_length=100_000)]
    members: Annotated[tuple[Member, ...], Meta(max_length=MAX_MEMBERS)]
    looks_back_ns: Count | msgspec.UnsetType = msgspec.UNSET
    looks_ahead_ns: Count | msgspec.UnsetType = msgspec.UNSET

    @property
    def version(self) -> int:
        """Of the bundle."""
        return 2


class Manifest1(Manifest, frozen=True, kw_only=True, tag="bundle/1"):
    """The manifest of version 1, whose leaves are all shown whole."""

    @property
    def version(self) -> int:
        """Of the bundle."""
        return 1


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest's bytes: one JSON object, keys in the order of the format."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """The manifest in a member's bytes, of either version.

    Raises:
        BundleError: it is none.
    """
    try:
        manifest: Manifest = msgspec.json.decode(data, type=Manifest | Manifest1)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        what = Words(f"its manifest cannot be decoded ({cause})", f"清单无法解码（{cause}）")
        raise BundleError(MANIFEST, what=what) from cause
    require_one_reading(data, MANIFEST)
    _require_each_log_once(manifest)
    return manifest


def require_one_reading(data: bytes, name: str) -> None:
    """Returns if a member's JSON names each key once, so that all readers see the same in it.

    Raises:
        BundleError: it does not.
    """
    try:
        require_keys_once(data)
    except LeafError as wrong:
        said = wrong.facts["what"]
        what = said if isinstance(said, Words) else Words(str(said), str(said))
        raise BundleError(name, what=what) from wrong


def _require_each_log_once(manifest: Manifest) -> None:
    """Of a log that is listed twice, two histories could be shown, or one in two orders."""
    seen: set[tuple[str, str]] = set()
    for each in manifest.logs:
        if (each.agent, each.epoch) in seen:
            named = f"{each.agent}/{each.epoch}"
            what = Words(f"the log {named} is listed twice", f"日志 {named} 列出两次")
            raise BundleError(MANIFEST, what=what)
        seen.add((each.agent, each.epoch))


def log_member(number: int, name: str) -> str:
    """The name of a member that belongs to a log."""
    return f"logs/{number:04}/{name}"


def monitored_member(number: int) -> str:
    """The name of the member that holds the determination of a part of the period."""
    return f"monitored/{number:04}.json"


def leaves_member(number: int) -> str:
    """The name of the member that holds the leaves of a portion."""
    return f"leaves/{number:05}.bin"
