"""Bundles of the test plant's statements, made as the collector makes them, and taken apart."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from collector.bundle_held import Held
from collector.bundling import choose
from collector.originals import Originals
from evidence.bundle.container import write_container
from evidence.bundle.form import MANIFEST, Key, Manifest, Member, decode_manifest, encode_manifest
from evidence.bundle.outcome import Check, Outcome, Result
from evidence.bundle.policy import NO_POLICY, Policy
from evidence.bundle.verify import verify
from evidence.bundle.writing import Choice, write_bundle
from evidence.statement.datum import ActivityData
from tests.unit.collector.agent_log import SIGNER, AgentLog
from tests.unit.collector.api.plant import LINE_1, Plant, served

BASE: Final = "/api/v1/activity-data"
DAY: Final = "start=2026-03-31&end=2026-04-01"
NOT_WITHOUT_POLICY: Final = {
    Check.PINNED,
    Check.WITNESS,
    Check.REMEMBERED,
    Check.JOURNAL,
    Check.SEALS,
    Check.UNDER_PLAN,
}
"""Nor is there a journal, an original or a plan in its bundles, but where a test puts one."""


def stated(plant: Plant, channel: str = LINE_1, query: str = DAY) -> ActivityData:
    """A statement of the plant's collector, kept under its digest."""
    parts = plant.parts()
    answer = served(parts).get(f"{BASE}?channel={channel}&{query}")
    parts.sources.close()
    assert answer.status_code == 200, answer.text
    (found,) = msgspec.json.decode(answer.content, type=list[ActivityData])
    return found


def held(plant: Plant) -> Held:
    """What the plant's collector holds."""
    logs = (plant.gw1, plant.gw2)
    keys = [Key(role="agent", of=each.agent, line=each.key.verifier.to_text()) for each in logs]
    own = Key(role="collector", of="collector-1", line=SIGNER.verifier.to_text())
    return Held(
        lookup=plant.store.lookup,
        ledger=plant.ledger,
        sites=plant.sites,
        keys=(*keys, own),
        originals=Originals(plant.folder),
    )


def written(choice: Choice) -> bytes:
    """The file of a choice."""
    file = io.BytesIO()
    write_bundle(file, choice)
    return file.getvalue()


def bundle_of(plant: Plant, channel: str = LINE_1, query: str = DAY) -> bytes:
    """The bundle of a statement of the plant."""
    return written(choose(held(plant), stated(plant, channel, query).digest))


def outcomes(data: bytes, policy: Policy = NO_POLICY, *notes: bytes) -> dict[Check, Outcome]:
    """What becomes of each check."""
    return {each.id: each for each in verify(io.BytesIO(data), policy, notes).outcomes}


def failed(data: bytes, policy: Policy = NO_POLICY, *notes: bytes) -> set[Check]:
    """The checks that fail."""
    found = outcomes(data, policy, *notes).values()
    return {each.id for each in found if each.result is Result.FAILED}


def members(data: bytes) -> dict[str, bytes]:
    """The members of a bundle by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(data: bytes) -> bytes:
    """All that a bundle's members say, one behind the other."""
    return b"".join(members(data).values())


def packed(
    parts: Mapping[str, bytes], change: Callable[[Manifest], Manifest] | None = None
) -> bytes:
    """A bundle of these members, its manifest and seal made to fit."""
    manifest = decode_manifest(parts[MANIFEST])
    rest = {name: data for name, data in parts.items() if name != MANIFEST}
    listed = tuple(
        Member(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        for name, data in rest.items()
    )
    manifest = msgspec.structs.replace(manifest, members=listed)
    changed = manifest if change is None else change(manifest)
    file = io.BytesIO()
    write_container(file, [(MANIFEST, encode_manifest(changed)), *rest.items()])
    return file.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A plant and the bundle of one of its statements; `data` is the file."""

    plant: Plant
    choice: Choice
    data: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", written(self.choice))


def made(folder: Path) -> Made:
    """The plant of five days, and the bundle of a day of its first line."""
    plant = Plant(folder)
    plant.fill()
    return Made(plant=plant, choice=choose(held(plant), stated(plant).digest))


def signed_again(log: AgentLog, leaves: list[bytes]) -> AgentLog:
    """A log of other leaves under the same key."""
    other = AgentLog(agent=log.agent, epoch=log.epoch, key=log.key)
    other.grow(leaves)
    return other
