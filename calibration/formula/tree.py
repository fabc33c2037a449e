"""Expressions as trees: what they are worth, and their derivatives (pure)."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Union

import numpy as np

from calibration.formula.errors import FormulaSizeError
from calibration.function import Floats

MOST_PARTS: Final = 5_000

Operator = Literal["+", "-", "*", "/", "^"]
Values = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity."""

    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two expressions and what is done with them."""

    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one expression."""

    function: str
    argument: "Expression"


Expression = Union[Number, Name, Pair, Call]  # noqa: UP007 - the classes above name it
ZERO, ONE, TWO = Number(0.0), Number(1.0), Number(2.0)

_WORTH: Final[Mapping[str, Callable[[Floats], Floats]]] = {
    "sqrt": np.sqrt,
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.abs,
    "sign": np.sign,
}
FUNCTIONS: Final = tuple(sorted(_WORTH))


def worth(expression: Expression, values: Values) -> Floats:
    """What an expression is worth; where it is not defined, NaN or an infinity.

    Args:
        expression: Whose names are all in `values`.
        values: Of each quantity, all of one shape.
    """
    match expression:
        case Number(value):
            return np.asarray(value)
        case Name(name):
            return values[name]
        case Call(function, argument):
            return np.asarray(_WORTH[function](worth(argument, values)))
        case Pair(operator, left, right):
            return _applied(operator, worth(left, values), worth(right, values))


def _applied(operator: Operator, left: Floats, right: Floats) -> Floats:
    match operator:
        case "+":
            return np.asarray(left + right)
        case "-":
            return np.asarray(left - right)
        case "*":
            return np.asarray(left * right)
        case "/":
            return np.asarray(left / right)
        case "^":
            return np.asarray(np.power(left, right))


def parts(expression: Expression) -> int:
    """Of how many nodes an expression is made."""
    match expression:
        case Pair(_, left, right):
            return 1 + parts(left) + parts(right)
        case Call(_, argument):
            return 1 + parts(argument)
        case _:
            return 1


def names(expression: Expression) -> frozenset[str]:
    """The quantities in an expression."""
    match expression:
        case Name(name):
            return frozenset({name})
        case Pair(_, left, right):
            return names(left) | names(right)
        case Call(_, argument):
            return names(argument)
        case _:
            return frozenset()


def derivative(expression: Expression, name: str) -> Expression:
    """The derivative by a quantity.

    Raises:
        FormulaSizeError: it is too long to be worked with.
    """
    found = _derivative(expression, name)
    if (size := parts(found)) > MOST_PARTS:
        raise FormulaSizeError("formula", found=size, limit=MOST_PARTS)
    return found


def _derivative(expression: Expression, name: str) -> Expression:
    match expression:
        case Name(own):
            return ONE if own == name else ZERO
        case Call(function, argument):
            return times(_OUTER[function](argument), _derivative(argument, name))
        case Pair("^", left, right):
            return _of_power(left, right, name)
        case Pair(operator, left, right):
            return _of_pair(operator, (left, _derivative(left, name)), right, name)
        case _:
            return ZERO


def _of_pair(
    operator: Operator, left: tuple[Expression, Expression], right: Expression, name: str
) -> Expression:
    own, change = left
    other = _derivative(right, name)
    match operator:
        case "+":
            return plus(change, other)
        case "-":
            return minus(change, other)
        case "*":
            return plus(times(change, right), times(own, other))
        case _:
            return minus(over(change, right), over(times(own, other), times(right, right)))


def _of_power(base: Expression, exponent: Expression, name: str) -> Expression:
    by_base, by_exponent = _derivative(base, name), _derivative(exponent, name)
    through_base = times(times(exponent, to_the(base, minus(exponent, ONE))), by_base)
    if by_exponent == ZERO:
        return through_base
    through_exponent = times(times(to_the(base, exponent), Call("ln", base)), by_exponent)
    return plus(through_base, through_exponent)


def plus(left: Expression, right: Expression) -> Expression:
    """A sum, without what is 0."""
    if left == ZERO:
        return right
    return left if right == ZERO else Pair("+", left, right)


def minus(left: Expression, right: Expression) -> Expression:
    """A difference, without what is 0."""
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(left.value - right.value)
    return left if right == ZERO else Pair("-", left, right)


def times(left: Expression, right: Expression) -> Expression:
    """A product, without what is 1; 0 if a factor is."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    return left if right == ONE else Pair("*", left, right)


def over(left: Expression, right: Expression) -> Expression:
    """A quotient; 0 if what is divided is."""
    if left == ZERO:
        return ZERO
    return left if right == ONE else Pair("/", left, right)


def to_the(base: Expression, exponent: Expression) -> Expression:
    """A power, without what is 1."""
    if exponent == ZERO:
        return ONE
    return base if exponent == ONE else Pair("^", base, exponent)


_OUTER: Final[Mapping[str, Callable[[Expression], Expression]]] = {
    "sqrt": lambda x: over(ONE, times(TWO, Call("sqrt", x))),
    "exp": lambda x: Call("exp", x),
    "ln": lambda x: over(ONE, x),
    "log10": lambda x: over(Number(1.0 / math.log(10.0)), x),
    "sin": lambda x: Call("cos", x),
    "cos": lambda x: minus(ZERO, Call("sin", x)),
    "tan": lambda x: plus(ONE, to_the(Call("tan", x), TWO)),
    "asin": lambda x: over(ONE, Call("sqrt", minus(ONE, times(x, x)))),
    "acos": lambda x: over(Number(-1.0), Call("sqrt", minus(ONE, times(x, x)))),
    "atan": lambda x: over(ONE, plus(ONE, times(x, x))),
    "sinh": lambda x: Call("cosh", x),
    "cosh": lambda x: Call("sinh", x),
    "tanh": lambda x: minus(ONE, to_the(Call("tanh", x), TWO)),
    "abs": lambda x: Call("sign", x),
    "sign": lambda _: ZERO,
}
"""The derivative of each function by its argument."""
