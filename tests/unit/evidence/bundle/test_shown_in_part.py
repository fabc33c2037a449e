"""Bundles that show leaves in part: what can be withheld, and what cannot without being told."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from collector.bundling import choose
from evidence.bundle.form import Manifest
from evidence.bundle.frames import ShownLeaf, frame, framed
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import Policy
from evidence.bundle.writing import Choice
from evidence.log.batch import Batch, Document, Record, RecordKind, encode
from evidence.log.layout import FIRST_STREAM, RECORDS
from evidence.log.parts import Opened, Part, PartlyShown
from evidence.log.parts import parted as cut_at_lines
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.evidence.bundle.made import (
    Made,
    failed,
    held,
    members,
    outcomes,
    packed,
    stated,
    text_of,
    written,
)
from tests.unit.evidence.bundle.test_each_check import relogged, replaced, with_
from tests.unit.evidence.bundle.test_two_verifiers import minimal

EARLIER: Final = Path(__file__).parents[3] / "vectors" / "earlier"
PERIOD: Final = "start=2026-03-29T16:00:00Z&end=2026-03-30T00:00:00Z"


def both(data: bytes) -> set[Check]:
    """The checks that fail by either verifier."""
    return failed(data) | minimal(data)


def test_a_bundle_shows_the_streams_of_its_channels_and_no_others(one: Made) -> None:
    assert both(one.data) == set()
    shown = [each.leaf() for each in one.choice.leaves]
    channels = {s.head.channel for each in shown if isinstance(each, Batch) for s in each.streams}
    assert channels == {LINE_1}
    assert not [name for name in (LINE_2, POWER) if name.encode() in text_of(one.data)]
    found = outcomes(one.data)[Check.WITHHELD]
    assert found.result is Result.NOT_CHECKED
    count = sum(each.withheld for each in one.choice.leaves)
    assert count > 0
    (log,) = msgspec.json.decode(members(one.data)["manifest.json"])["logs"]
    assert log["withheld_parts"] == count


def test_a_whole_bundle_shows_all_and_says_so(one: Made) -> None:
    choice = choose(held(one.plant), one.choice.datum.digest, whole=True)
    data = written(choice)
    assert both(data) == set()
    assert sum(each.withheld for each in choice.leaves) == 0
    assert LINE_2.encode() in text_of(data)
    assert outcomes(data)[Check.WITHHELD].result is Result.OK


def alone(one: Made) -> Choice:
    """All leaves between the first and the last one, of which only one channel is shown."""
    whole = choose(held(one.plant), one.choice.datum.digest, whole=True)
    few = {each.sequence: each for each in one.choice.leaves}
    return with_(whole, leaves=[few.get(each.sequence, each) for each in whole.leaves])


def test_where_only_parts_are_withheld_it_says_how_many_and_that_this_is_not_checked(
    one: Made,
) -> None:
    choice = alone(one)
    count = sum(each.withheld for each in choice.leaves)
    found = outcomes(written(choice))[Check.WITHHELD]
    assert found.result is Result.NOT_CHECKED
    assert found.en.startswith(f"{count} streams or records of leaves that are here are withheld")
    assert failed(written(choice), Policy(schema=1, require=(Check.WITHHELD,))) == {Check.WITHHELD}


def test_a_manifest_that_counts_other_parts_is_a_finding(one: Made) -> None:
    def change(manifest: Manifest) -> Manifest:
        (log,) = manifest.logs
        fewer = msgspec.structs.replace(log, withheld_parts=log.withheld_parts - 1)
        return msgspec.structs.replace(manifest, logs=(fewer,))

    assert failed(packed(members(one.data), change)) == {Check.WITHHELD}


def test_file_names_can_be_withheld_and_nothing_rests_on_them(one: Made) -> None:
    choice = choose(held(one.plant), one.choice.datum.digest, file_names=False)
    data = written(choice)
    assert both(data) == set()
    names = [name.encode() for _, name, _ in FILES]
    assert [name for name in names if name in text_of(one.data)]
    assert not [name for name in names if name in text_of(data)]
    documents = [each for each in choice.leaves if isinstance(each.leaf(), Document)]
    assert documents
    assert {each.withheld for each in documents} == {1}


def in_parts(leaf: ShownLeaf) -> PartlyShown:
    assert isinstance(leaf.data, PartlyShown)
    return leaf.data


def hidden(part: Part) -> bytes:
    """The commitment of a part, as who has the bundle can compute it."""
    return part if isinstance(part, bytes) else PartlyShown(kind="", parts=(part,)).commitments[0]


def changed(choice: Choice, at: int, change: Callable[[PartlyShown], tuple[Part, ...]]) -> bytes:
    """The bundle with other parts shown of one of its batches."""
    leaves = list(choice.leaves)
    batches = [n for n, each in enumerate(leaves) if isinstance(each.data, PartlyShown)]
    number = batches[at]
    shown = in_parts(leaves[number])
    parts = change(shown)
    leaves[number] = dataclasses.replace(
        leaves[number], data=dataclasses.replace(shown, parts=parts)
    )
    return written(with_(choice, leaves=leaves))


def number_of(shown: PartlyShown, found: Callable[[bytes], bool]) -> int:
    (number,) = (n for n, line in enumerate(shown.lines) if line is not None and found(line))
    return number


def without_one(found: Callable[[bytes], bool]) -> Callable[[PartlyShown], tuple[Part, ...]]:
    def change(shown: PartlyShown) -> tuple[Part, ...]:
        at = number_of(shown, found)
        return (*shown.parts[:at], hidden(shown.parts[at]), *shown.parts[at + 1 :])

    return change


def own(line: bytes) -> bool:
    return LINE_1.encode() in line


def test_a_stream_of_the_stated_channel_that_is_withheld_shows_as_missing_polls(one: Made) -> None:
    data = changed(one.choice, 1, without_one(own))
    assert {Check.POLLS, Check.VALUE} <= failed(data)
    assert Check.INCLUSION not in failed(data)


@pytest.mark.parametrize(
    "needed",
    [
        lambda line: line.startswith(b'"agent"'),
        lambda line: line == RECORDS,
        lambda line: line == b"]}",
    ],
    ids=["head", "border", "end"],
)
def test_a_leaf_without_its_head_or_a_border_is_no_leaf(
    one: Made, needed: Callable[[bytes], bool]
) -> None:
    data = changed(one.choice, 1, without_one(needed))
    assert Check.CONTENT in failed(data)
    assert Check.INCLUSION not in both(data)


def swapped(shown: PartlyShown) -> tuple[Part, ...]:
    first, second, third, *rest = shown.parts
    return (first, third, second, *rest)


def twice(shown: PartlyShown) -> tuple[Part, ...]:
    at = number_of(shown, own)
    other = next(n for n, part in enumerate(shown.parts) if isinstance(part, bytes))
    parts = list(shown.parts)
    parts[other] = parts[at]
    return tuple(parts)


def moved(shown: PartlyShown) -> tuple[Part, ...]:
    at = number_of(shown, own)
    rest = [*shown.parts[:at], *shown.parts[at + 1 :]]
    return (*rest[:3], shown.parts[at], *rest[3:])


def with_another_salt(shown: PartlyShown) -> tuple[Part, ...]:
    at = number_of(shown, own)
    part = shown.parts[at]
    assert isinstance(part, Opened)
    return (*shown.parts[:at], Opened(salt=bytes(32), line=part.line), *shown.parts[at + 1 :])


def without_a_sign(shown: PartlyShown) -> tuple[Part, ...]:
    """As if nothing had been withheld."""
    return tuple(each for each in shown.parts if isinstance(each, Opened))


def of_another_leaf(one: Made) -> bytes:
    """The readings of another day, in the place of this day's."""
    shown = [in_parts(each) for each in one.choice.leaves if each.withheld]
    theirs = shown[2].parts[number_of(shown[2], own)]

    def change(each: PartlyShown) -> tuple[Part, ...]:
        at = number_of(each, own)
        return (*each.parts[:at], theirs, *each.parts[at + 1 :])

    return changed(one.choice, 1, change)


@pytest.mark.parametrize("cheat", [swapped, twice, moved, with_another_salt, without_a_sign])
def test_parts_that_are_put_together_otherwise_do_not_lead_to_the_signed_root(
    one: Made, cheat: Callable[[PartlyShown], tuple[Part, ...]]
) -> None:
    data = changed(one.choice, 1, cheat)
    assert Check.INCLUSION in failed(data)
    assert Check.INCLUSION in minimal(data)


def test_a_part_of_another_leaf_does_not_lead_to_the_signed_root(one: Made) -> None:
    data = of_another_leaf(one)
    assert Check.INCLUSION in failed(data)
    assert Check.INCLUSION in minimal(data)


def test_each_flipped_bit_of_a_part_is_found_though_all_else_is_made_to_fit(one: Made) -> None:
    """A sample of those of the batches that are shown in part; the campaign has them all."""
    parts = members(one.data)
    name = "leaves/00000.bin"
    batches = [frame(each) for each in one.choice.leaves if each.withheld]
    begin = parts[name].index(batches[1])
    for bit in range(8 * (begin + 20), 8 * (begin + len(batches[1])), 1999):
        data = bytearray(parts[name])
        data[bit // 8] ^= 1 << bit % 8
        assert _told(packed({**parts, name: bytes(data)})), bit


def _told(data: bytes) -> bool:
    from evidence.errors import CodedError  # noqa: PLC0415 - one place

    try:
        return bool(failed(data))
    except CodedError:
        return True


def test_a_frame_of_an_unknown_form_is_refused(one: Made) -> None:
    parts = members(one.data)
    name = "leaves/00000.bin"
    for form in (4, 255):
        data = bytearray(parts[name])
        data[20] = form
        with pytest.raises(Exception, match="E_BUNDLE"):
            failed(packed({**parts, name: bytes(data)}))


def test_a_leaf_of_version_1_is_shown_whole(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    plant.log_profile()
    for first in range(0, 48, 8):
        leaf = batch(plant.gw1, [stream(LINE_1, first, 8), stream(LINE_2, first, 8)])
        found = cut_at_lines(leaf)
        assert found is not None
        plant.take(plant.gw1, leaf if first else _as_version_1(leaf))
    plant.judging.catch_up()
    choice = choose(held(plant), stated(plant, LINE_1, PERIOD).digest)
    plant.close()
    batches = [each for each in choice.leaves if isinstance(each.leaf(), Batch)]
    assert [each.withheld for each in batches] == [0, 1, 1, 1, 1, 1][: len(batches)]
    assert both(written(choice)) == set()


def _as_version_1(leaf: bytes) -> bytes:
    from evidence.log.batch import decode  # noqa: PLC0415 - one place

    return encode(decode(leaf))


def test_records_of_others_are_withheld_and_a_quarantine_that_may_rest_on_one_is_not_checked(
    tmp_path: Path,
) -> None:
    """Readings under a profile that nobody logged; whatever was not shown may set them right."""
    plant = Plant(tmp_path)
    plant.log_profile()
    at_ms = START_NS // 1_000_000
    foreign = Record(kind=RecordKind.EXCHANGE, at_ms=at_ms, channel="weifang/dryer/energy")
    device = Record(kind=RecordKind.IDENTITY, at_ms=at_ms, facts={"device": "boiler-9"})
    parts = [stream(MILL, first, 8) for first in range(0, 48, 8)]
    unknown = msgspec.structs.replace(parts[1].head, profile="e" * 64)
    parts[1] = msgspec.structs.replace(parts[1], head=unknown)
    for number, part in enumerate(parts):
        told = () if number else (foreign, device)
        plant.take(plant.gw2, batch(plant.gw2, [part], told))
    plant.judging.catch_up()
    datum = stated(plant, MILL, PERIOD)
    shown = written(choose(held(plant), datum.digest))
    whole = written(choose(held(plant), datum.digest, whole=True))
    plant.close()
    assert both(whole) == both(shown) == set()  # though the other channel's exchange is wrong
    assert b"boiler-9" in text_of(whole)
    assert b"boiler-9" not in text_of(shown)
    results = [outcomes(each)[Check.LEFT_OUT] for each in (whole, shown)]
    assert [each.result for each in results] == [Result.OK, Result.NOT_CHECKED]
    assert "record of an exchange" in results[1].en


@pytest.mark.parametrize("name", ["bundle-1-alone", "bundle-1-among-others"])
def test_a_bundle_of_version_1_is_read_for_ever(name: str) -> None:
    data = (EARLIER / f"{name}.zip").read_bytes()
    assert b'"bundle/1"' in members(data)["manifest.json"]
    assert both(data) == set()
    assert outcomes(data)[Check.VALUE].result is Result.OK
    flipped = members(data)
    leaves = bytearray(flipped["leaves/00000.bin"])
    leaves[len(leaves) // 2] ^= 1
    assert _told(packed({**flipped, "leaves/00000.bin": bytes(leaves)}))


def test_what_is_framed_is_read_as_it_was(one: Made) -> None:
    leaves = list(one.choice.leaves)
    assert list(framed(b"".join(map(frame, leaves)), "leaves/00000.bin")) == leaves
    assert FIRST_STREAM == 2
    again = relogged(one.choice, [replaced(leaves[0], encode(leaves[0].leaf())), *leaves[1:]])
    assert both(written(again)) == set()
