"""A careful look at a page: everything about it that a machine can see, and pictures of it.

A page is loaded four times, so that each language meets each theme and each size of a screen, and
each theme each size. On the first and the last of them `axe` finds nothing serious; on each,
nothing sticks out of a phone, no word is cut off, words of a figure are large enough and apart,
nothing was refused by the page's own policy, no script failed. On paper it is black on white. The
page with all that it loads stays under 300 kB. How soon its first content is there,
`python -m benchmarks first_paint` measures.

Pictures are kept of two looks, of what is wrong, and of all where `CARBONMETER_PICTURES` names a
folder: to draw five whole pages costs a processor as much as to look at one of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Error, Page, Response, ViewportSize

from tests.browser.waiting import WANTED

MOST_BYTES: Final = 300_000
LEAST_PX: Final = 9.0
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
PAPER: Final[ViewportSize] = {"width": 720, "height": 1040}
"""A4 with margins, in CSS pixels."""
LOOKS: Final = (
    ("en", "light", "desk"),
    ("zh", "dark", "desk"),
    ("zh", "light", "phone"),
    ("en", "dark", "phone"),
)
"""Language, theme, size: four of eight, with every pair of two of them."""
KEPT: Final = (LOOKS[0], LOOKS[2])
"""Of which pictures are kept in any case: both languages, both sizes."""
_GRAVE: Final = ("serious", "critical")
_RULES: Final = ("heading-order", "landmark-unique")
"""Rules of less weight that hold too: who listens goes by headings, and by names of parts."""
_INKS: Final = """
() => {
  const how = getComputedStyle(document.body);
  return [how.backgroundColor, how.color];
}
"""
_STICKS_OUT: Final = """
() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (each) => each.closest(".skip, .only-read, canvas, .u-over") ||
    each.parentElement.closest(".scroll, svg");
  return document.documentElement.scrollWidth <= wide ? [] :
    [...document.querySelectorAll("body *")]
      .filter((each) => each.getBoundingClientRect().right > wide + 1 && !scrolls(each))
      .map((each) => each.tagName + "." + (each.getAttribute("class") || "")).slice(0, 5);
}
"""
_CUT_IN_FIGURE: Final = """
() => [...document.querySelectorAll("svg text")]
  .filter((each) => {
    const [own, room] = [each, each.ownerSVGElement].map((one) => one.getBoundingClientRect());
    return own.width > 0 && room.width > 0 && (own.left < room.left - 1 ||
      own.right > room.right + 1 || own.top < room.top - 1 || own.bottom > room.bottom + 1);
  })
  .map((each) => each.textContent.trim().slice(0, 40))
"""
"""Words that a figure draws beyond its own sheet, where nobody sees them."""
_SMALL_IN_FIGURE: Final = """
(least) => [...document.querySelectorAll("svg text")]
  .filter((each) => each.getBoundingClientRect().width > 0 && each.textContent.trim())
  .filter((each) => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().d < least)
  .map((each) => each.textContent.trim().slice(0, 40)).slice(0, 5)
"""
"""Words of a figure that was made so small that nobody reads them; least: in CSS pixels."""
_OVERLAID: Final = """
() => {
  const found = [];
  for (const figure of document.querySelectorAll("svg")) {
    const words = [...figure.querySelectorAll("text")]
      .map((each) => [each.textContent.trim().slice(0, 30), each.getBoundingClientRect()])
      .filter(([text, room]) => text && room.width > 0);
    for (const [index, [text, own]] of words.entries())
      for (const [other, room] of words.slice(index + 1))
        if (Math.min(own.right, room.right) - Math.max(own.left, room.left) > 2 &&
            Math.min(own.bottom, room.bottom) - Math.max(own.top, room.top) > 5)
          found.push(text + " / " + other);
  }
  return found.slice(0, 5);
}
"""
"""Words of a figure that stand over each other; lines of text may touch."""
_PARTED: Final = """
() => [...document.querySelectorAll(".key, .legend .hour")]
  .filter((each) => {
    const own = each.getBoundingClientRect();
    const word = document.createRange();
    const next = each.nextSibling;
    if (!own.width || !next || next.nodeType !== Node.TEXT_NODE) return own.width > 0;
    const first = Math.max(0, next.textContent.search(/[^\\s\\u00a0]/));
    word.setStart(next, first);
    word.setEnd(next, Math.min(first + 1, next.length));
    const room = word.getBoundingClientRect();
    const middle = (own.top + own.bottom) / 2;
    return middle < room.top || middle > room.bottom;
  })
  .map((each) => each.parentElement.textContent.trim().slice(0, 40))
"""
"""Marks of a legend on another line than their word."""
_CUT_OFF: Final = """
() => [...document.querySelectorAll("body *")]
  .filter((each) => {
    const how = getComputedStyle(each);
    const hides = [how.overflowX, how.overflowY].some((on) => on === "hidden" || on === "clip");
    const wider = each.scrollWidth > each.clientWidth + 1;
    const higher = each.scrollHeight > each.clientHeight + 1;
    return hides && (wider || higher) && each.textContent.trim() && each.clientWidth > 1;
  })
  .map((each) => each.tagName + "." + each.className + ": " + each.textContent.trim().slice(0, 40))
"""


@dataclass(slots=True)
class Seen:
    """What was seen of a page, over all its looks.

    Attributes:
        wrong: In words; none of a page as it should be.
        bytes_loaded: By the look that loaded most.
    """

    wrong: list[str] = field(default_factory=list)
    bytes_loaded: int = 0


def look_at(
    page: Page, name: str, folder: Path, looks: Sequence[tuple[str, str, str]] = LOOKS
) -> Seen:
    """The page that is open, in all looks; it is left in the first of them.

    Args:
        page: That is open.
        name: For the names of its pictures.
        folder: Of its pictures.
        looks: Which ones.

    Raises:
        AssertionError: Something is wrong with it.
    """
    seen = Seen()
    folder.mkdir(parents=True, exist_ok=True)
    address = page.url
    seen.wrong += printed(page, name, folder)
    for look in reversed(looks):
        before = len(seen.wrong)
        _looked(page, address, look, seen)
        if look in (looks[0], looks[-1]):  # of all four: both themes, both sizes
            seen.wrong += [f"{' '.join(look)}: {each}" for each in barriers(page)]
        is_kept = look in KEPT or len(seen.wrong) > before
        _drawn(page, folder / f"{name}-{'-'.join(look)}.png", is_kept=is_kept)
    assert not seen.wrong, "\n".join(seen.wrong)
    assert seen.bytes_loaded < MOST_BYTES
    return seen


def printed(page: Page, name: str, folder: Path) -> list[str]:
    """What is wrong with the page on paper, whoever likes it dark: it is black on white."""
    page.set_viewport_size(PAPER)
    page.goto(changed(page.url, theme="dark"))
    page.emulate_media(media="print")
    inks: list[str] = page.evaluate(_INKS)
    is_plain = inks == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    _drawn(page, folder / f"{name}-printed.png", is_kept=not is_plain)
    page.emulate_media(media="screen")
    return [] if is_plain else [f"is printed in {inks}"]


def _drawn(page: Page, picture: Path, *, is_kept: bool) -> None:
    """A picture of a page that is to be kept, or of each, if somebody wants them."""
    if is_kept or WANTED:
        page.screenshot(path=picture, full_page=True)


def _looked(page: Page, address: str, look: tuple[str, str, str], seen: Seen) -> None:
    language, theme, size = look
    page.set_viewport_size(DESK if size == "desk" else PHONE)
    with listened(page) as heard:
        page.goto(changed(address, lang=language, theme=theme), wait_until="networkidle")
    seen.bytes_loaded = max(seen.bytes_loaded, sum(map(_length, heard.loaded)))
    seen.wrong += [f"{' '.join(look)}: {each}" for each in [*heard.said, *_found(page)]]


def _length(answer: Response) -> int:
    """Bytes of what a page loaded; the browser may have let them go already."""
    try:
        return len(answer.body())
    except Error:
        return int(answer.headers.get("content-length", "0"))


@dataclass(slots=True)
class Heard:
    """What a page loaded, and what its browser complained of."""

    loaded: list[Response] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@contextmanager
def listened(page: Page) -> Iterator[Heard]:
    """What is heard of a page meanwhile."""
    heard = Heard()

    def load(response: Response) -> None:
        heard.loaded.append(response)

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.said.append(message.text)

    def fail(error: Error) -> None:
        heard.said.append(str(error))

    page.on("response", load)
    page.on("console", note)
    page.on("pageerror", fail)
    try:
        yield heard
    finally:
        page.remove_listener("response", load)
        page.remove_listener("console", note)
        page.remove_listener("pageerror", fail)


def _found(page: Page) -> list[str]:
    """What is wrong on the page as it stands."""
    out: list[str] = page.evaluate(_STICKS_OUT)
    cut: list[str] = page.evaluate(_CUT_OFF)
    drawn: list[str] = page.evaluate(_CUT_IN_FIGURE)
    found = [f"sticks out: {each}" for each in out] + [f"is cut off: {each}" for each in cut]
    found += [f"is cut off in its figure: {each}" for each in drawn]
    small: list[str] = page.evaluate(_SMALL_IN_FIGURE, LEAST_PX)
    found += [f"is too small in its figure: {each}" for each in small]
    over: list[str] = page.evaluate(_OVERLAID)
    found += [f"stand over each other in their figure: {each}" for each in over]
    parted: list[str] = page.evaluate(_PARTED)
    found += [f"is parted from its mark: {each}" for each in parted]
    return found


def barriers(page: Page) -> list[str]:
    """What `axe` finds serious, or against the rules above.

    Each is said as its rule, how many, where the first is, and what it says of it.
    """
    result = Axe().run(page)
    return [
        f"{rule['id']} ({rule['impact']}) x{len(rule['nodes'])}: {rule['nodes'][0]['html'][:200]}"
        f" {rule['nodes'][0].get('failureSummary', '')[:300]}"
        for rule in result.response["violations"]
        if rule["impact"] in _GRAVE or rule["id"] in _RULES
    ]


def changed(address: str, **parameters: str) -> str:
    """An address with some of its parameters changed."""
    parts = urlsplit(address)
    return parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **parameters})).geturl()
