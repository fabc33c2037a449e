import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from calibration.cli import calibration
from calibration.load import parse_certificate
from calibration.register import CalibrationRegister
from calibration.report.content import content_of
from calibration.report.page import page
from calibration.report.texts import TEXTS
from tests.unit.calibration.documents import CERTIFICATE
from tests.unit.calibration.history.years import FIRST, YEARS

replace = msgspec.structs.replace
VOID = {"meta", "br", "link", "img", "hr"}
BOTH = parse_certificate(CERTIFICATE.encode(), "c.toml")


class Outline(HTMLParser):
    """Tags that are open, headings, and whether anything would run or be fetched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.scripts = 0
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script" or any(name.startswith("on") for name, _ in attrs)
        for name, value in attrs:
            if name in ("src", "href") and not (value or "").startswith("#"):
                self.fetched.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"h1", "h2", "h3"} & set(self.open[-2:]) and data.strip():
            self.headings.append(data.strip())


def shown(text: str) -> str:
    """What a person reads, without drawings."""
    plain = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", plain))


def test_the_page_is_whole_and_needs_nothing_from_outside() -> None:
    text = page(BOTH, CalibrationRegister(certificates=(BOTH,)), "0" * 64)
    outline = Outline(text)
    assert outline.open == []
    assert outline.scripts == 0
    assert outline.fetched == []
    assert text.count("<svg") == 2  # no residuals: points without a function, or the reverse
    assert text == page(BOTH, CalibrationRegister(certificates=(BOTH,)), "0" * 64)


def test_points_budget_and_u_stand_in_both_languages() -> None:
    read = shown(page(BOTH, CalibrationRegister(certificates=(BOTH,)), "0" * 64))
    for words in ("ABB B23 2301-8812", "CNAS L0001", "0.004 0.002 2", "std:NIM/REF-7", "0" * 64):
        assert words in read
    for name in ("points", "budget", "chain", "findings", "assumed"):
        assert TEXTS[name][0] in read
        assert TEXTS[name][1] in read


def test_a_budget_s_shares_make_up_the_whole() -> None:
    for content in content_of(BOTH):
        for budget in content.budgets:
            assert sum(row.share or 0.0 for row in budget.rows) == pytest.approx(1.0)


def test_a_function_with_its_points_shows_residuals() -> None:
    energy, power = BOTH.results
    both = replace(power, points=energy.points[:1])
    text = page(replace(BOTH, results=(both,)), CalibrationRegister(), "0" * 64)
    assert text.count("<svg") == 2


def test_the_chain_and_the_outcomes_come_from_the_register() -> None:
    read = shown(page(FIRST, YEARS, "0" * 64))
    assert "REF-7-2025 Fluke 6100B REF-7" in read
    assert "valid on the day" in read
    expired = replace(FIRST, standards=(replace(FIRST.standards[0], certificate="X"),))
    read = shown(page(expired, YEARS, "0" * 64))
    assert "is not in the register" in read


def test_what_a_file_says_is_never_markup() -> None:
    hostile = "<script>alert(1)</script>"
    named = replace(BOTH, instrument=replace(BOTH.instrument, maker=hostile))
    text = page(named, CalibrationRegister(), "0" * 64)
    assert hostile not in text
    assert Outline(text).scripts == 0


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.toml"
    path.write_text(CERTIFICATE, "utf-8")
    out = tmp_path / "c.html"
    assert calibration(["report", str(path), "--html", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert "NIM-2026-0417" in out.read_text("utf-8")
    asked = ["report", str(path), "--html", str(out), "--register", str(tmp_path), "--json"]
    assert calibration(asked) == 0
    nowhere = str(tmp_path / "no" / "c.html")
    assert calibration(["report", str(path), "--html", nowhere]) == 78
    assert "E_OUTPUT_FILE" in capsys.readouterr().err
