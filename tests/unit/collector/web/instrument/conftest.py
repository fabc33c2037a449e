"""One filled plant with people for all tests of a file that only look."""

from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.pages import add_pages
from tests.browser.house import let_in
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.conftest import Browser


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = Plant(tmp_path_factory.mktemp("works"))
    built.fill()
    let_in(built)
    yield built
    built.close()


@pytest.fixture
def anybody(works: Plant) -> Iterator[Browser]:
    """A browser in which nobody has signed in yet."""
    parts = works.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


@pytest.fixture
def seen(anybody: Browser) -> Browser:
    """The auditor's."""
    anybody.sign_in("auditor")
    return anybody
