"""Every value of a closed vocabulary has words, and every word is used."""

import re
import string
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.errors import AgentError
from edge_agent.page import findings, words
from edge_agent.page.health import Cost, DeviceState, SpoolLevel
from edge_agent.page.texts import TEXTS
from edge_agent.page.words import size
from edge_agent.spool_room import Level
from evidence.clock_standing import ClockStanding
from evidence.errors import Words

ROOM = Path(__file__).parents[4] / "edge_agent" / "page"
_KEY = re.compile(r'(?:look\.t|\bt|dated)\(\s*"([a-z_]+)"')


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (words.MISS_REASONS, MissReason),
        (words.QUALITIES, Quality),
        (words.STATES, DeviceState),
        (words.LEVELS, SpoolLevel),
        (words.STANDINGS, ClockStanding),
        (words.COSTS, Cost),
        (words.BASES, UncertaintyBasis),
    ],
)
def test_every_value_has_words_of_its_own_in_both_languages(
    table: dict[Enum, Words], values: type[Enum]
) -> None:
    assert set(table) == set(values)
    assert len(set(table.values())) == len(table)
    assert all(each.en and re.search(r"[\u4e00-\u9fff]", each.zh) for each in table.values())


def test_the_levels_are_those_of_the_spool_in_its_order() -> None:
    assert [each.name for each in SpoolLevel] == [each.name for each in Level]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_facts_in_them() -> None:
    found = [findings.__dict__[name] for name in dir(findings) if name.endswith("Error")]
    texts = [*TEXTS.values(), *(Words(each.en, each.zh) for each in found)]
    assert [each for each in texts if fields(each.en) != fields(each.zh)] == []
    codes = [each.code for each in found if each is not AgentError]
    assert len(set(codes)) == len(codes) > 8


def keys_used() -> Iterator[str]:
    for path in ROOM.glob("*.py"):
        if path.name != "texts.py":
            yield from re.findall(r'"([a-z_0-9]+)"', path.read_text("utf-8"))
            for number in re.findall(r"status=([0-9]{3})", path.read_text("utf-8")):
                yield f"refused_{number}"


def test_every_text_is_used_and_every_key_has_a_text() -> None:
    used = set(keys_used())
    assert set(TEXTS) - used == set()
    asked = {key for path in ROOM.glob("*.py") for key in _KEY.findall(path.read_text("utf-8"))}
    assert len(asked) > 30
    assert asked - set(TEXTS) == set()
    assert {key for key in used if key.startswith("refused_")} <= set(TEXTS)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1536, "1.5 KiB"),
        (1000 * 1024, "1000 KiB"),
        (1023 * 1024, "1023 KiB"),
        (2**29, "512 MiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_bytes_are_said_as_people_do(count: int, text: str) -> None:
    assert size(count) == text
