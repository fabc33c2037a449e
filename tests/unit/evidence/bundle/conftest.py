"""One plant and one bundle for all tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.evidence.bundle.made import Made, made


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder: Path = tmp_path_factory.mktemp("plant")
    found = made(folder)
    yield found
    found.plant.close()
