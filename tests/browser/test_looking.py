"""The look itself: it sees what is wrong with a page that is wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.looking import _found, barriers, changed
from tests.browser.waiting import until

WRONG = """<!doctype html><html lang="en"><title>wrong</title><main><h1>Wrong</h1>
<p style="color:#bbb;background:#fff">pale words</p><input>
<p style="width:3000px">wide</p>
<div style="overflow:hidden;width:40px;height:1em">words that nobody can read to their end</div>
<svg viewBox="0 0 100 20" width="100"><text x="60" y="15">words of a figure</text></svg>
<svg viewBox="0 0 400 40" width="200" font-size="12"><text y="15">tiny</text></svg>
<svg viewBox="0 0 200 40" width="200"><text y="15">one</text><text y="17">other</text></svg>
<svg viewBox="0 0 10 1" width="2000"></svg>
<p style="width:4.2em;font:16px monospace">much <span class="key" style="display:inline-block;
  width:1.5em;height:9px"></span>&nbsp;parted</p>
</main>"""


@pytest.fixture
def wrong(page: Page, tmp_path: Path) -> Page:
    file = tmp_path / "wrong.html"
    file.write_text(WRONG)
    page.goto(file.as_uri())
    return page


def test_pale_words_and_a_field_without_a_name_are_found(wrong: Page) -> None:
    rules = " ".join(barriers(wrong))
    assert "color-contrast" in rules
    assert "label" in rules


def test_what_sticks_out_and_what_is_cut_off_is_found(wrong: Page) -> None:
    found = " ".join(_found(wrong))
    assert "sticks out: P." in found
    assert "is cut off: DIV.: words that" in found
    assert "sticks out: svg." in found
    assert "is cut off in its figure: words of a figure" in found
    assert "is too small in its figure: tiny" in found
    assert "stand over each other in their figure: one / other" in found
    assert "is parted from its mark: much" in found


def test_what_does_not_come_is_told_with_the_page_s_words_and_a_picture(
    wrong: Page, tmp_path: Path
) -> None:
    assert until(wrong, wrong.get_by_text("pale words")).count() == 1
    with pytest.raises(pytest.fail.Exception, match=r"(?s)did not come within 0.1 s.*pale words"):
        until(wrong, wrong.get_by_text("never said"), 0.1, tmp_path)
    assert (tmp_path / "waited-in-vain.png").stat().st_size > 0


def test_an_address_keeps_its_other_parameters() -> None:
    assert changed("http://a/b?c=d&lang=en", lang="zh") == "http://a/b?c=d&lang=zh"
