"""All Chinese that the package says: set with full-width marks, and one word for each thing."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = (
    "calibration",
    "carbonmeter",
    "collector",
    "device_profiles",
    "edge_agent",
    "evidence",
    "simulators",
)
HAN: Final = "\u4e00-\u9fff\u3001-\u303f\uff01-\uff60"
HALF_WIDTH: Final = re.compile(rf"[{HAN}] ?[,.:;()] ?[{HAN}]|[{HAN}][,;]( |$)|, ?[{HAN}]")
FORMS: Final = frozenset(
    (
        "主机:端口，端口 1..65535",
        "功能码:首地址-末地址，如 3:0-99",
        "register, rate, 累计, 瞬时",
        "yes, no, 是, 否",
    )
)
"""What people type as it stands here, colon and comma included."""
LEFT_BEHIND: Final = {
    "纪元": "日志分段",
    "采集端": "采集器",
    "站点": "厂区",
    "口令": "密码",
    "模拟时钟": "仿真时钟",
    "测量不确定性": "测量不确定度",
}
"""Words that were once said for a thing, and the one that is said now."""
Texts = list[tuple[str, str]]
"""Files, and what stands in them."""


def constants(path: Path) -> Iterator[str]:
    """The texts in a module's code; those of docstrings are for programmers."""
    written = path.read_text("utf-8")
    tree = ast.parse(written if re.search(f"[{HAN}]", written) else "")
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for node in found:
        if isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def texts() -> Iterator[tuple[str, str]]:
    """Every text with a Chinese character, and the file in which it stands."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for text in constants(path):
                yield str(path.relative_to(ROOT)), text
        for path in sorted((ROOT / room).rglob("words/*.json")):
            for said in json.loads(path.read_text("utf-8")).values():
                yield str(path.relative_to(ROOT)), said["zh"]
        for path in sorted((ROOT / room).rglob("*.toml")):
            for text in re.findall(r'\bzh\s*=\s*"([^"]*)"', path.read_text("utf-8")):
                yield str(path.relative_to(ROOT)), text


@pytest.fixture(scope="module")
def chinese() -> Texts:
    """All texts with a Chinese character: to read them takes a second, of one worker alone."""
    return [each for each in texts() if re.search(f"[{HAN}]", each[1])]


def test_the_package_speaks_chinese_in_each_room(chinese: Texts) -> None:
    assert len(chinese) > 2_000
    assert {file.split("/")[0] for file, _ in chinese} == set(ROOMS)


def test_no_half_width_stop_stands_between_chinese_characters(chinese: Texts) -> None:
    wrong = [(file, text) for file, text in chinese if HALF_WIDTH.search(text)]
    assert [each for each in wrong if each[1] not in FORMS] == []


@pytest.mark.parametrize(("former", "now"), LEFT_BEHIND.items())
def test_a_thing_has_one_word(chinese: Texts, former: str, now: str) -> None:
    found = [(file, text) for file, text in chinese if former in text]
    assert found == [], f"say {now}"


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("示值,单位", True),
        ("示值: 单位", True),
        ("正常; 重新启动", True),
        ("示值，单位：kW", False),
        ("台账（GB 17167）", False),
        ("第 3,4 项", False),
    ],
)
def test_half_width_stops_are_found(text: str, *, is_wrong: bool) -> None:
    assert bool(HALF_WIDTH.search(text)) is is_wrong
