"""What is refused as points, with stable codes in two languages."""

import math
import string
from collections.abc import Callable
from typing import Any

import pytest

from calibration.fit import errors
from calibration.fit.curve import fit
from calibration.fit.errors import FitError
from calibration.fit.inverse import invert
from calibration.fit.points import points_of

X, Y = [1.0, 2.0, 3.0, 4.0], [1.1, 2.0, 2.9, 4.1]
UNIT = [[float(i == j) for j in range(4)] for i in range(4)]


def changed(row: int, column: int, number: float) -> list[list[float]]:
    """The unit matrix with another number in one place."""
    rows = [list(each) for each in UNIT]
    rows[row][column] = number
    return rows


def both(number: float) -> list[list[float]]:
    """Two values with this correlation."""
    rows = changed(0, 1, number)
    rows[1][0] = number
    return rows


REFUSED: dict[str, tuple[str, Callable[[], Any]]] = {
    "other length": ("E_FIT_LENGTH", lambda: points_of(X, Y[:3])),
    "no points": ("E_FIT_LENGTH", lambda: points_of([], [])),
    "ux alone": ("E_FIT_LENGTH", lambda: points_of(X, Y, ux=[0.1] * 4)),
    "short uy": ("E_FIT_LENGTH", lambda: points_of(X, Y, uy=[0.1] * 3)),
    "NaN": ("E_FIT_NUMBER", lambda: points_of(X, [1.0, math.nan, 2.0, 3.0])),
    "infinite": ("E_FIT_NUMBER", lambda: points_of([1.0, 2.0, math.inf, 4.0], Y)),
    "u of 0": ("E_FIT_NUMBER", lambda: points_of(X, Y, uy=[0.1, 0.0, 0.1, 0.1])),
    "negative u": ("E_FIT_NUMBER", lambda: points_of(X, Y, ux=[-0.1] * 4, uy=[0.1] * 4)),
    "negative argument": ("E_FIT_NUMBER", lambda: fit(points_of([-1.0, *X], [0.0, *Y]), "power")),
    "covariance of 3": (
        "E_FIT_COVARIANCE",
        lambda: points_of(X, Y, covariance=[row[:3] for row in UNIT[:3]]),
    ),
    "ragged covariance": (
        "E_FIT_COVARIANCE",
        lambda: points_of(X, Y, covariance=[*UNIT[:3], [0.0]]),
    ),
    "variance of 0": ("E_FIT_COVARIANCE", lambda: points_of(X, Y, covariance=changed(1, 1, 0.0))),
    "NaN covariance": (
        "E_FIT_COVARIANCE",
        lambda: points_of(X, Y, covariance=changed(0, 1, math.nan)),
    ),
    "slanted": ("E_FIT_COVARIANCE", lambda: points_of(X, Y, covariance=changed(0, 1, 0.5))),
    "not definite": ("E_FIT_COVARIANCE", lambda: fit(points_of(X, Y, covariance=both(1.5)))),
    "too few": ("E_FIT_COUNT", lambda: fit(points_of(X, Y), degree=4)),
    "no scatter left": ("E_FIT_COUNT", lambda: fit(points_of(X, Y), degree=3)),
    "degree 11": ("E_FIT_DEGREE", lambda: fit(points_of(X * 4, Y * 4), degree=11)),
    "degree -1": ("E_FIT_DEGREE", lambda: fit(points_of(X, Y), degree=-1)),
    "one place": ("E_FIT_RANK", lambda: fit(points_of([2.0] * 4, Y))),
    "two places": ("E_FIT_RANK", lambda: fit(points_of([2.0, 2.0, 3.0, 3.0], Y), degree=2)),
    "turns": ("E_FIT_NOT_MONOTONIC", lambda: invert(fit(points_of(X, [1, 3, 3, 1]), degree=2), 2)),
    "not reached": ("E_FIT_NOT_REACHED", lambda: invert(fit(points_of(X, Y)), 99.0)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_bad_points_are_refused_by_code(what: str) -> None:
    code, act = REFUSED[what]
    with pytest.raises(FitError) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in caught.value.say("en") + caught.value.say("zh")


def test_codes_are_unique_and_both_languages_use_the_same_facts() -> None:
    kinds = [each for each in FitError.__subclasses__() if each.__module__ == errors.__name__]
    assert len({each.code for each in kinds}) == len(kinds)
    for kind in kinds:
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (kind.en, kind.zh)
        ]
        assert fields[0] == fields[1]
