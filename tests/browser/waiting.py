"""A page that is loaded again until something stands on it, for as long as that may take."""

import os
import time
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page

MOST_S: Final = 90.0
PAUSE_MS: Final = 400
"""Between two loads: a demo that is asked without a pause has no time for its work."""
PICTURES: Final = Path(
    os.environ.get("CARBONMETER_PICTURES", Path(__file__).parents[2] / ".pictures")
)
WANTED: Final = "CARBONMETER_PICTURES" in os.environ
"""Whether somebody wants pictures of pages that are as they should be."""


def until(page: Page, found: Locator, most_s: float = MOST_S, folder: Path = PICTURES) -> Locator:
    """The locator, as soon as the open page has it.

    Fails with what the page says, and where the picture of it lies, if it does not come.

    Args:
        page: That is loaded again and again.
        found: What is waited for.
        most_s: How long.
        folder: For the picture.
    """
    ends = time.monotonic() + most_s
    while not found.count():
        if time.monotonic() > ends:
            pytest.fail(_seen(page, found, most_s, folder), pytrace=False)
        page.wait_for_timeout(PAUSE_MS)
        page.reload()
    return found


def _seen(page: Page, found: Locator, most_s: float, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "waited-in-vain.png"
    page.screenshot(path=picture, full_page=True)
    said = page.locator("body").inner_text()
    return f"{found} did not come within {most_s:g} s\n{page.url}, see {picture}:\n{said}"
