"""Arithmetic by walking the syntax tree of an expression: no names but a few functions, and no number without bounds."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

Number = int | float

LONGEST = 1_000  # characters of an expression
_BITS = 20_000  # of an integer, about 6,000 digits
_DEEPEST = 100
_MOST_FACTORS = 1_000

_BINARY: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
_FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    **{name: getattr(math, name) for name in ("sqrt", "exp", "log", "log2", "log10", "floor", "ceil", "trunc", "degrees")},
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "radians", "hypot", "gcd")},
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
}


def evaluate(expression: str) -> Number:
    """The value of an expression. Raises ValueError, which says what is wrong; ZeroDivisionError and OverflowError."""
    if len(expression) > LONGEST:
        raise ValueError(f"the expression is longer than {LONGEST:,} characters")
    text = expression.strip().replace("^", "**").replace("×", "*").replace("÷", "/").replace("−", "-")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("this is no arithmetic expression") from None
    return _value(tree.body, 0)


def _value(node: ast.expr, depth: int) -> Number:
    if depth > _DEEPEST:
        raise ValueError("the expression is nested too deep")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _bounded(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, depth + 1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, depth + 1)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _bounded(_power(_value(left, depth + 1), _value(right, depth + 1)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_value(left, depth + 1), _value(right, depth + 1)))
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _bounded(_call(name, [_value(argument, depth + 1) for argument in args]))
    raise ValueError("only numbers, + - * / // % **, parentheses and a few functions are known")


def _call(name: str, values: list[Number]) -> Number:
    if name == "factorial":
        return _factorial(values)
    if name not in _FUNCTIONS:
        raise ValueError(f"{name} is not known; {', '.join(sorted([*_FUNCTIONS, 'factorial']))} are")
    try:
        return _FUNCTIONS[name](*values)
    except TypeError:
        raise ValueError(f"{name} does not take {len(values)} such values") from None


def _factorial(values: list[Number]) -> int:
    match values:
        case [int() as number] if 0 <= number <= _MOST_FACTORS:
            return math.factorial(number)
    raise ValueError(f"factorial takes one whole number from 0 to {_MOST_FACTORS:,}")


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * max(base.bit_length(), 1) > _BITS:
        raise ValueError("the power is too large to work out")
    value = base**exponent
    if isinstance(value, complex):
        raise ValueError("the power is no real number")
    return value


def _bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > _BITS:
        raise ValueError("the number is too large to work out")
    return value
