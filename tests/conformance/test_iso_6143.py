"""ISO 6143: analysis functions of gas analysers, on the data of metas-b-least (MIT).

All outputs were derived again with another solver. Values are contents x, arguments responses y.
"""

import numpy as np
import pytest

from calibration.fit.curve import fit
from calibration.fit.inverse import evaluate
from calibration.fit.points import points_of
from calibration.uncertainty import combine

THREE = points_of(
    [0.1969, 0.7874, 2.0228],
    [4.5, 18.75, 50.0],
    ux=[0.003938, 0.015748, 0.040456],
    uy=[0.045, 0.1875, 0.5],
)
CONTENTS = (
    (1.0006, 0.00134, 963.7988, 14.0),
    (1.0010, 0.0011, 966.2585, 12.5),
    (1.9995, 0.0032, 1912.5692, 16.8),
    (3.0018, 0.0034, 2846.9306, 11.6),
    (3.9982, 0.0058, 3754.9386, 10.8),
    (4.0043, 0.0058, 3764.5905, 12.1),
    (4.9981, 0.0058, 4647.1511, 14.4),
    (5.9961, 0.0078, 5529.9991, 12.1),
    (7.9974, 0.0084, 7246.0082, 11.9),
    (7.9995, 0.010, 7240.4767, 10.7),
    (9.9980, 0.012, 8884.6955, 10.1),
    (10.0060, 0.0104, 8902.6916, 14.1),
)
TWELVE = points_of(
    [row[2] for row in CONTENTS],
    [row[0] for row in CONTENTS],
    ux=[row[3] for row in CONTENTS],
    uy=[row[1] for row in CONTENTS],
)


def test_a_line_through_three_gases() -> None:
    found = fit(THREE)
    assert found.coefficients == pytest.approx((-0.35746759281, 24.6115208846), rel=1e-11)
    assert found.standard_uncertainties == pytest.approx((0.1571313393, 0.4803550723), rel=1e-9)
    assert found.covariance[0][1] == pytest.approx(-0.05689048, rel=1e-7)
    assert found.goodness.chi_squared == pytest.approx(0.674304856739, rel=1e-11)
    assert found.goodness.maximum_weighted_deviation == pytest.approx(0.5679496533, rel=1e-9)
    assert found.goodness.findings == ()


@pytest.mark.parametrize(
    ("response", "u", "content", "u_content"),
    [
        (0.258, 0.00516, 5.99230479541, 0.1637731931),
        (0.600, 0.012, 14.4094449379, 0.3559678714),
        (1.8, 0.036, 43.9432699994, 1.162973562),
    ],
)
def test_contents_read_off_the_line(
    response: float, u: float, content: float, u_content: float
) -> None:
    read = evaluate(fit(THREE), response, u)
    assert read.value == pytest.approx(content, rel=1e-11)
    assert read.standard_uncertainty == pytest.approx(u_content, rel=1e-9)


def test_of_which_part_is_the_line_s_and_which_the_response_s() -> None:
    read = evaluate(fit(THREE), 0.258, 0.00516)
    assert (read.from_function, read.from_reading) == pytest.approx(
        (0.1034109038, 0.1269954478), rel=1e-9
    )


def test_contents_read_off_one_line_are_correlated() -> None:
    found = fit(THREE).value_covariance(np.array([0.258, 0.600, 1.8]))
    assert [found[0, 1], found[0, 2], found[1, 2]] == pytest.approx(
        [0.01159693, 0.01476577, 0.13735339], rel=1e-6
    )


def test_a_line_through_what_is_none_is_rejected() -> None:
    found = fit(TWELVE)
    assert found.coefficients == pytest.approx((-0.192055381457, 0.00113384040556), rel=1e-11)
    assert found.goodness.chi_squared == pytest.approx(272.639149936, rel=1e-11)
    assert found.goodness.maximum_weighted_deviation == pytest.approx(6.836152582, rel=1e-9)
    assert found.goodness.findings == ("chi_squared_too_large", "weighted_deviation_too_large")


def test_a_power_through_the_same_is_not() -> None:
    found = fit(TWELVE, "power")
    assert found.coefficients == pytest.approx(
        (0.121298124219, 5.12106763332e-4, 0.0849901936439), rel=1e-9
    )
    assert found.standard_uncertainties == pytest.approx(
        (0.01825174814, 2.434900198e-5, 0.005111728599), rel=1e-8
    )
    assert found.goodness.chi_squared == pytest.approx(8.38044270281, rel=1e-11)
    assert found.goodness.maximum_weighted_deviation == pytest.approx(1.159434227, rel=1e-9)
    assert found.goodness.findings == ()
    read = evaluate(found, 4950.6, 11.0)
    assert (read.value, read.standard_uncertainty) == pytest.approx(
        (5.34559723657, 0.01418103083), rel=1e-9
    )


def test_the_power_of_a_certificate_gives_the_same_analysis() -> None:
    """What an agent applies: the mixture's content with the part of the coefficients."""
    function, response = fit(TWELVE, "power").function(), 4950.6
    at = np.array([response])
    own = combine(function.components(response, "C-1"))
    whole = np.hypot(own, float(function.sensitivity(at)[0]) * 11.0)
    assert float(function.value(at)[0]) == pytest.approx(5.34559723657, rel=1e-9)
    assert whole == pytest.approx(0.01418103083, rel=1e-6)
