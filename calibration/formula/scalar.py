"""What an expression is worth for one set of numbers, prepared once (pure).

`tree.worth` is for arrays; with single numbers it spends most of its time on numpy. An hour of a
stack asks for a value, eight derivatives and their derivatives, and a year has 8,760 of them.
"""

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from calibration.formula.tree import Call, Expression, Name, Number, Pair

Scalar = Callable[[Mapping[str, float]], float]

_FUNCTIONS: Final[Mapping[str, Callable[[float], float]]] = MappingProxyType(
    {
        **{name: getattr(math, name) for name in ("sqrt", "exp", "log10", "sin", "cos", "tan")},
        **{name: getattr(math, name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
        "ln": math.log,
        "abs": math.fabs,
        "sign": lambda x: float((x > 0.0) - (x < 0.0)),
    }
)
_OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "^": math.pow,
    }
)


def scalar(expression: Expression) -> Scalar:
    """A function from values by name to what the expression is worth; NaN where it is not defined.

    Args:
        expression: Whose names are all among the values that the function is given.
    """
    inner = _prepared(expression)

    def found(values: Mapping[str, float]) -> float:
        try:
            return inner(values)
        except (ArithmeticError, ValueError):  # a division by 0, a root of what is negative
            return math.nan

    return found


def _prepared(expression: Expression) -> Scalar:
    match expression:
        case Number(value):
            return lambda _: value
        case Name(name):
            return operator.itemgetter(name)
        case Call(name, argument):
            function, inner = _FUNCTIONS[name], _prepared(argument)
            return lambda values: function(inner(values))
        case Pair(sign, left, right):
            applied, first, second = _OPERATORS[sign], _prepared(left), _prepared(right)
            return lambda values: applied(first(values), second(values))
