"""An empty plant for those that fill one themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.collector.api.plant import Plant


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    yield built
    built.close()
