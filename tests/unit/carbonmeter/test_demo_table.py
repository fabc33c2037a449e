import pytest

from carbonmeter.demo_table import stated


def row(value: float, expanded: float | None) -> dict[str, object]:
    return {"value": value, "expanded_uncertainty": expanded, "unit": "kW.h"}


@pytest.mark.parametrize(
    ("value", "expanded", "text"),
    [
        (47.5703, 0.0213, "47.570 ± 0.021 kW.h"),
        (17853.62, 7.71, "17853.6 ± 7.7 kW.h"),
        (47635.4, 453.2, "47635 ± 453 kW.h"),
        (0.5, 12.0, "0 ± 12 kW.h"),
    ],
)
def test_value_and_u_end_at_the_second_digit_of_u(value: float, expanded: float, text: str) -> None:
    assert stated(row(value, expanded)) == text


def test_an_unknown_u_is_called_unknown_and_not_zero() -> None:
    assert stated(row(12.5, None)) == "12.5 kW.h, U unknown"
