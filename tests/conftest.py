"""What all tests share: a server that is missing skips on a laptop and fails in a full run."""

import gc
import os
from collections.abc import Callable, Generator
from typing import NoReturn

import pytest
from hypothesis import settings

from carbonmeter import ports

# A machine that is busy is no fault of an example; the suite's own time-out ends what hangs.
settings.register_profile("house", deadline=None, max_examples=40)
settings.load_profile("house")

WAITING = ("tests/browser/", "tests/contract/", "tests/pains/", "tests/system/")
"""Folders of tests that wait for processes of their own more than they compute."""
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


def pytest_configure() -> None:
    """Each worker has ports of its own: until a server takes the one it was given, it is free."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        number, count = int(worker[2:]), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        is_free = ports._is_free
        ports._is_free = lambda port: port % count == number and is_free(port)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What was read stays to the end: nobody looks through it for what could be thrown away."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait lie between files that compute: while one worker waits, others compute."""
    files: dict[str, list[pytest.Item]] = {}
    for each in items:
        files.setdefault(each.nodeid.partition("::")[0], []).append(each)
    items[:] = [each for name in between(list(files)) for each in files[name]]


def between(names: list[str]) -> list[str]:
    """The names in another order: after each that waits, its share of those that compute.

    The last third of what computes comes at the end, where nothing should be waited for.
    """
    waiting = [each for each in names if each.startswith(WAITING)]
    computing = [each for each in names if not each.startswith(WAITING)]
    share = -(-2 * len(computing) // (3 * len(waiting))) if waiting else 0
    found: list[str] = []
    for number, each in enumerate(waiting):
        found += [each, *computing[number * share : (number + 1) * share]]
    return [*found, *computing[len(waiting) * share :]]
