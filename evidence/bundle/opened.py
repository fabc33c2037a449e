"""A bundle that was opened: its manifest and statement, and its leaves one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from calibration.errors import CalibrationError
from calibration.grid import grid_of
from evidence.bundle.container import Container, open_container
from evidence.bundle.errors import BundleError
from evidence.bundle.form import (
    MANIFEST,
    MAX_LEAVES,
    MAX_MANIFEST_BYTES,
    STATEMENT,
    Manifest,
    decode_manifest,
    require_one_reading,
)
from evidence.bundle.frames import FRAMED, ShownLeaf
from evidence.clock import parse_utc
from evidence.errors import TimestampError, Words
from evidence.log.checkpoint import origin
from evidence.log.key import Verifier, parse_verifier
from evidence.statement.datum import ActivityData


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle of which nothing is checked yet but that it can be read.

    Attributes:
        container: Its file.
        manifest: What it says of itself.
        datum: The statement that it shall prove.
        period: Of the statement, UTC ns.
        agent_keys: Of each agent, as the manifest names them.
        collector_keys: Likewise.
        journal_keys: Likewise, of the collector's journal.
    """

    container: Container
    manifest: Manifest
    datum: ActivityData
    period: tuple[int, int]
    agent_keys: Mapping[str, tuple[Verifier, ...]]
    collector_keys: tuple[Verifier, ...]
    journal_keys: tuple[Verifier, ...]

    @property
    def grid_ns(self) -> int:
        """How long behind full hours of UTC the hours of the statement begin, ns."""
        return grid_of(self.period[0])

    @property
    def looked_at(self) -> tuple[int, int]:
        """The time of which readings are here: the period, and what rules look at; UTC ns."""
        start_ns, end_ns = self.period
        back_ns, ahead_ns = self.manifest.looks_back_ns, self.manifest.looks_ahead_ns
        return (
            start_ns if back_ns is msgspec.UNSET else min(start_ns, back_ns),
            end_ns if ahead_ns is msgspec.UNSET else max(end_ns, ahead_ns),
        )

    def leaves(self) -> Iterator[ShownLeaf]:
        """The leaves in order of admission, a portion of at most 64 MiB in memory at a time.

        Raises:
            BundleError: a member is damaged, or there are more than 2,000,000 leaves.
        """
        count, framed = 0, FRAMED[self.manifest.version]
        names = sorted(each for each in self.container.names if each.startswith("leaves/"))
        for name in names:
            for leaf in framed(self.container.read(name), name):
                count += 1
                if count > MAX_LEAVES:
                    what = Words(f"it has more than {MAX_LEAVES} leaves", f"叶数超过 {MAX_LEAVES}")
                    raise BundleError(name, what=what)
                if leaf.log >= len(self.manifest.logs):
                    what = Words(f"log {leaf.log} is not listed", f"日志 {leaf.log} 未列出")
                    raise BundleError(name, what=what)
                yield leaf


def open_bundle(file: BinaryIO) -> Bundle:
    """The bundle in a file.

    Raises:
        BundleError: it cannot be read.
        CheckpointError, KeyMaterialError: it names a log or a key that cannot be.
    """
    container = open_container(file)
    manifest = decode_manifest(container.read(MANIFEST, MAX_MANIFEST_BYTES))
    datum = _statement(container.read(STATEMENT, MAX_MANIFEST_BYTES))
    for log in manifest.logs:
        origin(log.agent, log.epoch)
    keys = [(each, parse_verifier(each.line, f"{MANIFEST} keys")) for each in manifest.keys]
    agents = {each.of for each in manifest.keys if each.role == "agent"}
    return Bundle(
        container=container,
        manifest=manifest,
        datum=datum,
        period=_period(datum),
        agent_keys={
            agent: tuple(key for one, key in keys if (one.role, one.of) == ("agent", agent))
            for agent in agents
        },
        collector_keys=tuple(key for one, key in keys if one.role == "collector"),
        journal_keys=tuple(key for one, key in keys if one.role == "journal"),
    )


def _statement(data: bytes) -> ActivityData:
    try:
        datum = msgspec.json.decode(data, type=ActivityData)
        shown = msgspec.json.encode(msgspec.json.decode(data), order="sorted")
    except (msgspec.DecodeError, CalibrationError, UnicodeDecodeError, RecursionError) as cause:
        what = Words(f"its statement cannot be decoded ({cause})", f"陈述无法解码（{cause}）")
        raise BundleError(STATEMENT, what=what) from cause
    require_one_reading(data, STATEMENT)
    if shown != msgspec.json.encode(msgspec.to_builtins(datum), order="sorted"):
        en = "its statement says what no statement says, and what no check looks at"
        raise BundleError(STATEMENT, what=Words(en, "陈述含有不属于陈述、任何检查都不涉及的内容"))
    return datum


def _period(datum: ActivityData) -> tuple[int, int]:
    try:
        return parse_utc(datum.period.start), parse_utc(datum.period.end)
    except TimestampError as cause:
        what = Words(cause.say("en"), cause.say("zh"))
        raise BundleError(STATEMENT, what=what) from cause
