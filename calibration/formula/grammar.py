"""Formulas as text: numbers, names, + - * / ^, parentheses, and a closed list of functions (pure).

The text is parsed, never run: Python's own parser gives the tree, and every node that is not in
the grammar is refused by its place.
"""

import ast
import math
from collections.abc import Iterable
from typing import Final

from calibration.formula.errors import (
    FormulaFunctionError,
    FormulaNameError,
    FormulaSizeError,
    FormulaSyntaxError,
)
from calibration.formula.tree import (
    FUNCTIONS,
    ZERO,
    Call,
    Expression,
    Name,
    Number,
    Operator,
    Pair,
    names,
)

MOST_CHARACTERS: Final = 2_000
MOST_NESTED: Final = 150
_OPERATORS: Final[dict[type[ast.operator], Operator]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}
_ALLOWED: Final = "1.5e-3  x  + - * / ^  ( )  f(x)"
_OTHER_NAMES: Final = {"log": "ln"}


def parse_formula(text: str, quantities: Iterable[str]) -> Expression:
    """The expression that a formula writes.

    Args:
        text: Such as "ls + d - ls*(da*theta + alpha*dt)"; ^ and ** are powers, log is ln.
        quantities: The names that may stand in it.

    Raises:
        FormulaSyntaxError: the text is no expression, or holds what the grammar does not.
        FormulaFunctionError, FormulaNameError: it names what is not known.
        FormulaSizeError: it is longer than 2,000 characters, or nested too deep.
    """
    found = parse_expression(text)
    known = frozenset(quantities)
    for name in sorted(names(found) - known):
        raise FormulaNameError("formula", found=name, limit=", ".join(sorted(known)))
    return found


def parse_expression(text: str) -> Expression:
    """The expression that a formula writes, whatever its names stand for.

    Raises:
        FormulaSyntaxError, FormulaFunctionError, FormulaSizeError: as `parse_formula`.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaSizeError("formula", found=len(text), limit=MOST_CHARACTERS)
    tree = _parsed(text.strip())
    _require_shallow(tree)
    return _expression(tree)


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.replace("^", "**"), mode="eval").body
    except SyntaxError as cause:
        place = cause.offset or 1
        raise FormulaSyntaxError(
            "formula", place=place, found=text[place - 1 : place + 9], limit=_ALLOWED
        ) from cause
    except (ValueError, MemoryError, RecursionError) as cause:  # zero bytes, endless parentheses
        raise FormulaSyntaxError(
            "formula", place=1, found=type(cause).__name__, limit=_ALLOWED
        ) from cause


def _require_shallow(tree: ast.expr) -> None:
    """Refuses what is nested deeper than anybody writes; measured without descending into it."""
    level: list[ast.AST] = [tree]
    for _ in range(MOST_NESTED):
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
        if not level:
            return
    raise FormulaSizeError("formula", found=f"> {MOST_NESTED}", limit=MOST_NESTED)


def _expression(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _number(node, value)
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return Pair("-", ZERO, _expression(inner))
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _expression(inner)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return Pair(_OPERATORS[type(operator)], _expression(left), _expression(right))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            return Call(_function(name), _expression(argument))
        case _:
            raise _refused(node, type(node).__name__)


def _number(node: ast.expr, value: float) -> Number:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _refused(node, "inf")
    return Number(number)


def _function(name: str) -> str:
    own = _OTHER_NAMES.get(name, name)
    if own not in FUNCTIONS:
        raise FormulaFunctionError("formula", found=name, limit=", ".join(FUNCTIONS))
    return own


def _refused(node: ast.expr, found: str) -> FormulaSyntaxError:
    return FormulaSyntaxError("formula", place=node.col_offset + 1, found=found, limit=_ALLOWED)
