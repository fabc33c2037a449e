"""What all tests share: a server that is missing skips on a laptop and fails in a full run."""

import os
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import settings

# A machine that is busy is no fault of an example; the suite's own time-out ends what hangs.
settings.register_profile("house", deadline=None, max_examples=60)
settings.load_profile("house")

Require = Callable[[str, str], NoReturn]
"""Called with the name of something that is missing, and why."""


@pytest.fixture(scope="session")
def require() -> Require:
    """Ends the test: skipped with the reason, or failed if `CARBONMETER_REQUIRE` names it."""
    demanded = {name.strip() for name in os.environ.get("CARBONMETER_REQUIRE", "").split(",")}

    def missing(name: str, reason: str) -> NoReturn:
        if name in demanded:
            pytest.fail(f"{name} is required here: {reason}", pytrace=False)
        pytest.skip(f"{name}: {reason}")

    return missing
