"""The order in which files of tests are played."""

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import between


@given(st.lists(st.sampled_from(["tests/system/", "tests/unit/"]), max_size=60))
def test_every_file_is_played_once_whatever_waits(kinds: list[str]) -> None:
    names = [f"{kind}{number}.py" for number, kind in enumerate(kinds)]
    assert sorted(between(names)) == sorted(names)


def test_what_waits_lies_between_what_computes() -> None:
    names = [*(f"tests/system/{n}" for n in range(2)), *(f"tests/unit/{n}" for n in range(6))]
    assert [each[6] for each in between(names)] == list("suusuuuu")
