"""Bundles of which bits or bytes are changed: as they are, or packed and sealed again behind it.

A change that is packed and sealed again is what a cheat makes; only what is signed, hashed or
computed again can find it then. What it may change unseen is the collector's word: when it says
that it received a leaf and stated the datum, with which software, and what it calls itself.
"""

import hashlib
import io
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from evidence.bundle import reading
from evidence.bundle.container import SEAL_BYTES, write_container
from evidence.bundle.form import MANIFEST, Manifest, decode_manifest
from evidence.bundle.frames import frame, framed
from evidence.bundle.logs import LogChecks
from evidence.bundle.outcome import Result
from evidence.bundle.verify import verify
from evidence.errors import CodedError
from evidence.log.batch import Record, RecordKind, Stream
from evidence.log.key import Verifier
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.planned_bundle import planned
from tests.unit.collector.api.plant import (
    LINE_1,
    MILL,
    PERIOD_MS,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.evidence.bundle.made import bundle_of, members, packed

SLICES: Final = 256
"""Rounds in which every bit is flipped once."""
MUTATIONS: Final = 10_000
A_ROUND: Final = 25
DRYER: Final = "weifang/dryer/active_energy_import"
HOURS: Final = "start=2026-03-29T17:00:00Z&end=2026-03-29T20:00:00Z"
MONITORED: Final = "monitored/"
"""Where the determinations of a statement under its plan are."""
FIVE_DAYS: Final = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
Shape = tuple[object, ...]


@lru_cache(maxsize=1)
def small() -> bytes:
    """Three hours of a meter without a certificate, in three leaves and a profile.

    Each leaf holds another meter's readings too, and a record of it: they are withheld.
    """
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        plant.log_profile()
        for first in range(0, 24, 8):
            streams = [stream(MILL, first, 8), neighbour(first)]
            plant.take(plant.gw2, batch(plant.gw2, streams, [gap_of_it(first)]))
        plant.judging.catch_up()
        data = bundle_of(plant, MILL, HOURS)
        plant.close()
    return data


def neighbour(first: int) -> Stream:
    """What a dryer beside the mill shows."""
    shown = stream(MILL, first, 2)
    head = msgspec.structs.replace(shown.head, channel=DRYER, serial="S-10")
    return msgspec.structs.replace(shown, head=head)


def gap_of_it(first: int) -> Record:
    """That it was not read for a while."""
    at_ms = START_NS // 1_000_000 + first * PERIOD_MS
    return Record(kind=RecordKind.GAP, at_ms=at_ms, until_ms=at_ms + 1, channel=DRYER)


@lru_cache(maxsize=1)
def large() -> bytes:
    """Five days of a meter with its certificate, among other meters of the same agent."""
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        plant.fill()
        data = bundle_of(plant, LINE_1, FIVE_DAYS)
        plant.close()
    return data


def told(data: bytes) -> bool:
    """Whether it is refused by a code, or a check of it fails; what else is raised goes on."""
    try:
        found = verify(io.BytesIO(data)).outcomes
    except CodedError as wrong:
        return wrong.code.startswith("E_")
    return any(each.result is Result.FAILED for each in found)


def flipped(data: bytes, bit: int) -> bytes:
    """The bytes with one bit turned."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def sealed_again(data: bytes) -> bytes:
    """A file whose comment is made to fit."""
    body = data[:-SEAL_BYTES]
    return body + hashlib.sha256(body).hexdigest().encode()


def packed_again(name: str, changed: bytes, data: bytes) -> bytes:
    """A bundle with another member; its manifest, if it is not the member, and seal fit again."""
    parts = {**members(data), name: changed}
    if name != MANIFEST:
        return packed(parts)
    file = io.BytesIO()
    write_container(file, parts.items())
    return file.getvalue()


def signed_part(data: bytes) -> Shape:
    """All of a bundle but the collector's word; two that are equal here prove the same."""
    parts = members(data)
    manifest = decode_manifest(parts.pop(MANIFEST))
    leaves = [
        frame(replace(each, received_ns=0))
        for name in sorted(parts)
        if name.startswith("leaves/")
        for each in framed(parts[name], name)
    ]
    rest = sorted((name, each) for name, each in parts.items() if not name.startswith("leaves/"))
    return (_bare(manifest), leaves, rest)


def _bare(manifest: Manifest) -> Manifest:
    keys = tuple(
        each if each.role == "agent" else msgspec.structs.replace(each, of="")
        for each in manifest.keys
    )
    return msgspec.structs.replace(manifest, software="", known_until_ns=0, keys=keys, members=())


def harmless(data: bytes, changed: bytes) -> bool:
    """Whether only the collector's word is another one."""
    try:
        return signed_part(changed) == signed_part(data)
    except CodedError:
        return False


def untold(changes: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """The names of changes that a verifier does not tell."""
    return (name for name, changed in changes if not told(changed))


def untold_harm(changes: Iterable[tuple[str, bytes]], data: bytes) -> Iterator[str]:
    """Likewise, but for those that are the collector's word."""
    return (name for name, each in changes if not told(each) and not harmless(data, each))


def flips(
    seed: int, then: Callable[[bytes], bytes] = bytes, of: Callable[[], bytes] = small
) -> Iterator[tuple[str, bytes]]:
    """Every 256th bit of a bundle's file, flipped."""
    data = of()
    for bit in range(seed % SLICES, 8 * len(data), SLICES):
        yield f"bit {bit}", then(flipped(data, bit))


def member_flips(
    seed: int, of: Callable[[], bytes] = small, within: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Every 256th bit of each member of a bundle, flipped, and all sealed again."""
    data = of()
    chosen = {name: each for name, each in members(data).items() if name.startswith(within)}
    for name, member in chosen.items():
        for bit in range(seed % SLICES, 8 * len(member), SLICES):
            yield f"{name} bit {bit}", packed_again(name, flipped(member, bit), data)


def mutations(seed: int, of: Callable[[], bytes] = large) -> Iterator[tuple[str, bytes]]:
    """Runs of bytes of a bundle's file put in the place of others."""
    data, chance = of(), random.Random(seed)
    return ((f"mutation {number}", _spliced(data, chance)) for number in range(A_ROUND))


def member_mutations(
    seed: int, of: Callable[[], bytes] = large, within: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Runs of bytes of a bundle's members put in the place of others, and sealed again."""
    data, chance = of(), random.Random(~seed)
    found = members(data).items()
    parts = {name: member for name, member in found if member and name.startswith(within)}
    for number in range(A_ROUND):
        name = chance.choice(list(parts))
        yield f"{number} {name}", packed_again(name, _spliced(parts[name], chance), data)


def _spliced(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randrange(1, 64)
    way = chance.randrange(3)
    put = (chance.randbytes(chance.randrange(64)), b"", data[at : at + length] * 2)[way]
    changed = data[:at] + put + data[at + length :]
    return changed if changed != data else data[:-1]


def _play_flips(seed: int, _folder: Path) -> Tally:
    made, under_plan = list(flips(seed)), list(flips(seed, of=planned))
    wrong = list(untold([*made, *under_plan]))
    assert not wrong, wrong
    return {"slices": 1, "flips": len(made), "flips_under_plan": len(under_plan)}


def _play_member_flips(seed: int, _folder: Path) -> Tally:
    made, under_plan = list(member_flips(seed)), list(member_flips(seed, planned, MONITORED))
    wrong = [*untold_harm(made, small()), *untold_harm(under_plan, planned())]
    assert not wrong, wrong
    return {"slices": 1, "flips": len(made), "flips_under_plan": len(under_plan)}


def _play_mutations(seed: int, _folder: Path) -> Tally:
    wrong = [*untold(mutations(seed)), *untold_harm(member_mutations(seed), large())]
    wrong += untold(mutations(seed, planned))
    wrong += untold_harm(member_mutations(seed, planned, MONITORED), planned())
    assert not wrong, wrong
    return {"mutations": 2 * A_ROUND, "mutations_under_plan": 2 * A_ROUND}


def _seal_made_to_fit(seed: int, _folder: Path) -> Sequence[str]:
    return list(islice(untold(flips(seed, sealed_again)), 1))


def _signatures_believed(seed: int, _folder: Path) -> Sequence[str]:
    with replaced(Verifier, "check", _nothing):
        return list(islice(untold_harm(member_flips(seed), small()), 1))


def _plan_believed(seed: int, _folder: Path) -> Sequence[str]:
    with replaced(reading, "check_under_plan", _nothing):
        return list(islice(untold_harm(member_flips(seed, planned, MONITORED), planned()), 1))


def _tree_believed(seed: int, _folder: Path) -> Sequence[str]:
    with replaced(LogChecks, "_inclusion", _nothing):
        return list(islice(untold_harm(member_flips(seed), small()), 1))


def _nothing(*_: object) -> None:
    return


HOLDS: Final = "it is refused by a code, or a numbered check fails; nothing else is raised"
FLIPPED: Final = Campaign(
    name="flipped-bundle",
    rows=(18,),
    fault="each single bit of a small evidence bundle's file, and of one of a statement under a "
    "monitoring plan, is flipped, one at a time",
    holds=HOLDS,
    counted="slices",
    figure=SLICES,
    play=_play_flips,
    controls=(Control(defence="the seal; here it is made to fit again", find=_seal_made_to_fit),),
)
RESEALED: Final = Campaign(
    name="resealed-bundle",
    rows=(18,),
    fault="each single bit of each member of a small evidence bundle, and of the determinations "
    "under a monitoring plan in another one, is flipped, one at a time, and manifest, check sums "
    "and seal are made to fit again",
    holds=f"{HOLDS}; but for the four things that are the collector's word",
    counted="slices",
    figure=SLICES,
    play=_play_member_flips,
    controls=(
        Control(defence="the signatures of agent and collector", find=_signatures_believed),
        Control(defence="what a plan comes to is computed again", find=_plan_believed),
    ),
)
MUTATED: Final = Campaign(
    name="mutated-bundle",
    rows=(18,),
    fault="runs of bytes of a large evidence bundle, and of one of a statement under a monitoring "
    "plan, are replaced, cut out or doubled; every other time manifest, check sums and seal "
    "are made to fit again",
    holds=f"{HOLDS}; but for the collector's word",
    counted="mutations",
    figure=MUTATIONS,
    play=_play_mutations,
    controls=(Control(defence="the leaves must lead to the signed root", find=_tree_believed),),
)
