"""One filled plant for all tests that only read; a fresh one for those that write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.api.test_monitored import with_checks


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    built = Plant(tmp_path_factory.mktemp("plant"))
    built.fill()
    yield built
    built.close()


@pytest.fixture
def asked(plant: Plant) -> Iterator[Asked]:
    parts = plant.parts()
    yield served(parts)
    parts.sources.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    yield built
    built.close()


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Six days of a stack with its analyser's checks under a plan, closed: to be copied."""
    filled = with_checks(Plant(tmp_path_factory.mktemp("month")))
    filled.close()
    return filled


@pytest.fixture
def monitored(month: Plant, tmp_path: Path) -> Iterator[Plant]:
    found = month.again(tmp_path)
    yield found
    found.close()
