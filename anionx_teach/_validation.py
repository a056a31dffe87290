"""Checks of arguments, made once at each public function.

Every message names the argument, what is allowed and what came: a learner reads it.
"""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

# Beyond all that is taught here, and far from where squares and cubes overflow.
SHORTEST_NM, LONGEST_NM = 1e-6, 1e9
_Kind = TypeVar("_Kind", bound=np.generic)


def finite(name: str, value: npt.ArrayLike, unit: str = "") -> Numbers:
    """Return `value` as a float array; TypeError when not numbers, ValueError when not finite."""
    numbers = _numbers(name, value)
    return _require(name, numbers, np.isfinite(numbers), "finite", unit)


def positive(name: str, value: npt.ArrayLike, unit: str = "") -> Numbers:
    """Return `value` as a float array of finite numbers > 0."""
    numbers = _numbers(name, value)
    rule = "finite and > 0" if np.any(np.isposinf(numbers)) else "> 0"
    return _require(name, numbers, np.isfinite(numbers) & (numbers > 0), rule, unit)


def length_nm(name: str, value: npt.ArrayLike) -> Numbers:
    """Return lengths in nm as a float array: > 0, and of a size that arithmetic can bear."""
    return between(name, positive(name, value, "nm"), SHORTEST_NM, LONGEST_NM, "nm")


def non_negative(name: str, value: npt.ArrayLike, unit: str = "") -> Numbers:
    """Return `value` as a float array of finite numbers >= 0."""
    numbers = _numbers(name, value)
    rule = "finite and >= 0" if np.any(np.isposinf(numbers)) else ">= 0"
    return _require(name, numbers, np.isfinite(numbers) & (numbers >= 0), rule, unit)


def between(name: str, value: npt.ArrayLike, low: float, high: float, unit: str = "") -> Numbers:
    """Return `value` as a float array of numbers in [low, high]."""
    numbers = _numbers(name, value)
    allowed = (numbers >= low) & (numbers <= high)
    return _require(name, numbers, allowed, f"between {low:g} and {high:g}", unit)


def increasing(name: str, value: npt.ArrayLike, unit: str = "") -> Numbers:
    """Return `value` as a one-dimensional float array, strictly increasing and finite."""
    numbers = finite(name, value, unit)
    if numbers.ndim != 1:
        msg = f"{name} must be one-dimensional, got {numbers.ndim} dimensions"
        raise ValueError(msg)
    steps = np.diff(numbers)
    if np.any(steps <= 0):
        i = int(np.flatnonzero(steps <= 0)[0])
        msg = f"{name} must be increasing, got {numbers[i]:g} before {numbers[i + 1]:g}"
        raise ValueError(_with_unit(msg, unit))
    return numbers


def count(name: str, value: object, minimum: int = 1) -> int:
    """Return `value` as an int >= minimum; a float, a bool or a text is a TypeError."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        msg = f"{name} must be a whole number >= {minimum}, got {value!r}"
        raise TypeError(msg)
    if value < minimum:
        msg = f"{name} must be >= {minimum}, got {value}"
        raise ValueError(msg)
    return int(value)


def one_of(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return `value` when it is one of the allowed names."""
    names = tuple(allowed)
    if not isinstance(value, str):
        msg = f"{name} must be one of {', '.join(names)}, got {value!r}"
        raise TypeError(msg)
    if value not in names:
        msg = f"{name} must be one of {', '.join(names)}, got {value!r}"
        raise ValueError(msg)
    return value


def scalar(name: str, value: npt.ArrayLike) -> float:
    """Return one number as a float; an array, even of one number, is a ValueError."""
    numbers = _numbers(name, value)
    if numbers.ndim != 0:
        msg = f"{name} must be a single number, got an array of shape {numbers.shape}"
        raise ValueError(msg)
    return float(numbers)


def text(name: str, value: object) -> str:
    """Return `value` when it is a text."""
    if not isinstance(value, str):
        msg = f"{name} must be a text, got {value!r}"
        raise TypeError(msg)
    return value


def generator(
    rng: int | np.integer | np.random.SeedSequence | np.random.Generator | None,
) -> np.random.Generator:
    """Return a Generator from what SPEC 7 allows for `rng`."""
    if isinstance(rng, bool) or not (
        rng is None
        or isinstance(rng, int | np.integer | np.random.SeedSequence | np.random.Generator)
    ):
        msg = f"rng must be an int, a SeedSequence or a Generator, got {rng!r}"
        raise TypeError(msg)
    if isinstance(rng, int | np.integer) and rng < 0:
        msg = f"rng must be >= 0 when it is an int, got {rng}"
        raise ValueError(msg)
    return np.random.default_rng(rng)


def read_only(values: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
    """Return a copy that cannot be changed in place, for the fields of results."""
    copy = np.array(values)
    copy.setflags(write=False)
    return copy


def _numbers(name: str, value: npt.ArrayLike) -> Numbers:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype == object:  # a Parameter, or a list of them, has a float
        try:
            array = np.asarray(np.vectorize(_float, otypes=[float])(array))
        except (TypeError, ValueError, OverflowError):
            array = np.asarray(None)
    if isinstance(value, list | tuple) and any(isinstance(item, bool) for item in value):
        array = np.asarray(None)  # NumPy would take True for 1
    if array.dtype.kind not in "iuf":
        msg = f"{name} must be a number or an array of numbers, got {value!r}"
        raise TypeError(msg)
    return array.astype(np.float64)


def _float(item: object) -> float:
    """Return what an object says its float is; text does not say one, and a truth is no number."""
    if isinstance(item, bool | np.bool_) or not hasattr(item, "__float__"):
        msg = f"not a number: {item!r}"
        raise TypeError(msg)
    return float(item)


def _require(
    name: str, numbers: Numbers, allowed: npt.NDArray[np.bool_], rule: str, unit: str
) -> Numbers:
    if not np.all(allowed):
        first = numbers[~allowed].flat[0]
        msg = f"{_with_unit(f'{name} must be {rule}', unit)}, got {first}"
        raise ValueError(msg)
    return numbers


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text
