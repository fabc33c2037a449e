"""Numbers that limits and uncertainties are computed from."""

from typing import Final

from calibration.type_b.errors import TypeBNumberError

LARGEST: Final = 1e100
"""Of any number: its square is still one."""


def not_negative(where: str, **numbers: float) -> None:
    """Refuses a number that is negative, NaN, infinite or beyond 1e100.

    Raises:
        TypeBNumberError: naming the number.
    """
    for name, value in numbers.items():
        if not 0.0 <= value <= LARGEST:
            limit = f"0 <= v <= {LARGEST:g}"
            raise TypeBNumberError(where, name=name, value=shown(value), limit=limit)


def bounded(where: str, **numbers: float) -> None:
    """Refuses a number that is NaN, infinite or beyond 1e100 in absolute value.

    Raises:
        TypeBNumberError: naming the number.
    """
    for name, value in numbers.items():
        if not abs(value) <= LARGEST:
            limit = f"|v| <= {LARGEST:g}"
            raise TypeBNumberError(where, name=name, value=shown(value), limit=limit)


def positive(where: str, **numbers: float) -> None:
    """Refuses a number that is not above 0, NaN, infinite or beyond 1e100.

    Raises:
        TypeBNumberError: naming the number.
    """
    for name, value in numbers.items():
        if not 0.0 < value <= LARGEST:
            limit = f"0 < v <= {LARGEST:g}"
            raise TypeBNumberError(where, name=name, value=shown(value), limit=limit)


def shown(value: float) -> str:
    """A number for a message, never longer than a few digits."""
    return f"{value:.10g}"
