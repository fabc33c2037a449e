"""What differs between an hour as it is kept and as it is made anew is told in both languages."""

import pytest
from msgspec.structs import replace

from collector.audit.again import differing
from tests.unit.evidence.audit.whole import window


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (
            101.0,
            "value 100.000 kW·h is kept, 101.000 kW·h follows now",
            "量值：留存 100.000 kW·h，现得 101.000 kW·h",
        ),
        (
            100.00001234567,
            "value 100.00000 kW·h is kept, 100.00001 kW·h follows now",
            "量值：留存 100.00000 kW·h，现得 100.00001 kW·h",
        ),
    ],
)
def test_two_values_have_six_digits_or_as_many_as_tell_them_apart(
    value: float, english: str, chinese: str
) -> None:
    kept = replace(window(0), value=100.0, uncorrected=100.0)
    found = differing(kept, replace(kept, value=value))
    assert found is not None
    assert (found.en.replace(" kW.h", " kW·h"), found.zh.replace(" kW.h", " kW·h")) == (
        english,
        chinese,
    )


def test_polls_that_are_not_the_same_are_counted_and_what_is_the_same_says_nothing() -> None:
    kept = window(0)
    other = replace(kept, tally=replace(kept.tally, present=kept.tally.present - 1))
    found = differing(kept, other)
    assert found is not None
    assert f"{other.tally.present} of {other.tally.expected} now" in found.en
    assert f"{other.tally.present} 次" in found.zh
    assert differing(kept, kept) is None
