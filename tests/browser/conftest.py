"""A browser that people use, a factory to look at, and a careful look at each page of it.

What a test here asks for:

- `house`: a filled plant, served on a port of this machine, where four people are known. It is
  shared by all tests of a worker, so only for looking; `own_house` is one's own, to write into.
- `works`: the same with 200 agents and 10,000 channels; it takes seconds to make.
- `look_in(name)`: a page of somebody who is signed in: "analyst", "auditor", "engineer" (of one
  site), "administrator". `page` is the administrator's.
- `looked_at(page, name)`: the page in both languages, both themes, on a desk and on a phone, each
  with pictures, `axe` and what else can be seen by a machine; see `tests.browser.looking`.
- `visitor`: somebody who has opened the pages of a running `demo`; `li`, its administrator, who is
  added when a test asks for it first: from then on its pages ask who comes. A file has one demo.

`tests.browser.waiting.until` loads a page until something is on it, and says what it saw in vain.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, StorageState, sync_playwright

from collector.api.cookies import COOKIE
from tests.browser.house import House, let_in, opened, serving
from tests.browser.looking import LOOKS, Seen, look_at
from tests.browser.waiting import PICTURES
from tests.browser.works import large_works
from tests.conftest import Require
from tests.system.demo_process import Running, running
from tests.unit.collector.web.conftest import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
LookIn = Callable[..., Page]
LookedAt = Callable[..., Seen]


@pytest.fixture(scope="module")
def chromium(require: Require) -> Iterator[Browser]:
    """One for a file of tests: its driver holds this thread's event loop while it runs."""
    if not CHROMIUM.exists():
        require("chromium", f"{CHROMIUM} is not there")
    with sync_playwright() as driver:
        try:
            # no sandbox: whoever runs a gate is often root, and only pages of this house are shown
            found = driver.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
        except Error as wrong:
            require("chromium", str(wrong))
        yield found
        found.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(scope="session")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = large_works(tmp_path_factory.mktemp("works"))
    let_in(built)
    with serving(built) as found:
        yield found
    built.close()


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def look_in(chromium: Browser, house: House) -> Iterator[LookIn]:
    """Opens a page of somebody; of another house, or without scripts, if it is said."""
    contexts = []

    def opened_for(name: str, where: House = house, *, scripts: bool = True) -> Page:
        context = chromium.new_context(base_url=where.url, java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        contexts.append(context)
        session = where.session_of(name)
        context.add_cookies([{"name": COOKIE, "value": session, "url": where.url}])
        return context.new_page()

    yield opened_for
    for each in contexts:
        each.close()


@pytest.fixture
def page(look_in: LookIn) -> Page:
    return look_in("administrator")


@pytest.fixture
def looked_at() -> LookedAt:
    """Looks at the page that is open; pictures stay in `.pictures`, or where one wants them."""

    def look(page: Page, name: str, looks: Sequence[tuple[str, str, str]] = LOOKS) -> Seen:
        return look_at(page, name, PICTURES, looks)

    return look


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    """A demo of its own processes; it is ended as a service is."""
    with running("browser", signal.SIGTERM) as found:
        yield found


@pytest.fixture
def visitor(chromium: Browser, demo: Running) -> Iterator[Page]:
    """Somebody at this machine who has opened the address that was printed."""
    context = chromium.new_context(base_url=demo.api, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def session(chromium: Browser, demo: Running) -> StorageState:
    """Of an administrator, who was added at the machine and has signed in."""
    command = ["collector", "user", "add", "li", "--role", "administrator", "--password"]
    command += ["--reason", "runs the demo"]
    subprocess.run(
        [sys.executable, "-m", "carbonmeter.cli", *command, "--config", str(demo.config)],
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    context = chromium.new_context(base_url=demo.api, locale="en-GB")
    page = context.new_page()
    page.goto("/?q=furnace")
    page.get_by_label("Name").fill("li")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/?q=furnace")
    found = context.storage_state()
    context.close()
    return found


@pytest.fixture
def li(chromium: Browser, demo: Running, session: StorageState) -> Iterator[Page]:
    """The administrator of the demo, at no page yet."""
    context = chromium.new_context(base_url=demo.api, locale="en-GB", storage_state=session)
    yield context.new_page()
    context.close()
