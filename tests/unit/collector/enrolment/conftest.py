from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.collector.enrolment.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(folder=tmp_path)
    yield made
    made.close()
