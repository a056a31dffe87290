"""The checks of arguments: what passes, and what each message says."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from anionx_teach import _validation as check
from anionx_teach.materials import CSPBBR3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        ([1, 2.5], [1.0, 2.5]),
        (np.uint8([1, 2]), [1.0, 2.0]),
        (pd.Series([1.0, 2.0]), [1.0, 2.0]),
        ([Fraction(1, 2), Decimal("0.25")], [0.5, 0.25]),
        ([CSPBBR3.band_gap_ev, 1.0], [2.342, 1.0]),
        (CSPBBR3.band_gap_ev, 2.342),
        ([], []),
    ],
)
def test_numbers_become_float_arrays(value, expected):
    numbers = check.finite("x", value)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    "value",
    ["3", None, True, 1j, [True], ["3", "4"], [[1, 2], [3]], [1, None], len, [1, "3"],
     pd.Series(["3", "4"], dtype=object), np.array([True, 2.0], dtype=object)],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("function", [check.finite, check.positive, check.non_negative])
def test_what_is_no_number_is_a_type_error(function, value):
    with pytest.raises(TypeError, match="x must be a number or an array of numbers, got "):
        function("x", value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check.finite("x", np.nan), "x must be finite, got nan"),
        (lambda: check.finite("x", [1, np.inf], "nm"), "x must be finite nm, got inf"),
        (lambda: check.positive("edge_length_nm", -3, "nm"), "edge_length_nm must be > 0 nm, got -3.0"),
        (lambda: check.positive("x", [1, 0]), "x must be > 0, got 0.0"),
        (lambda: check.positive("x", np.inf), "x must be finite and > 0, got inf"),
        (lambda: check.non_negative("x", [[1], [-2]], "s"), "x must be >= 0 s, got -2.0"),
        (lambda: check.non_negative("x", np.nan), "x must be >= 0, got nan"),
        (lambda: check.between("x", 1.5, 0, 1), "x must be between 0 and 1, got 1.5"),
        (lambda: check.between("x", np.nan, 0, 1, "eV"), "x must be between 0 and 1 eV, got nan"),
        (lambda: check.increasing("x", [1, 3, 3], "nm"), "x must be increasing, got 3 before 3 nm"),
        (lambda: check.increasing("x", [2, 1]), "x must be increasing, got 2 before 1"),
        (lambda: check.increasing("x", 2), "x must be one-dimensional, got 0 dimensions"),
        (lambda: check.increasing("x", [[1, 2]]), "x must be one-dimensional, got 2 dimensions"),
        (lambda: check.count("n", 0), "n must be >= 1, got 0"),
        (lambda: check.count("n", 1, minimum=2), "n must be >= 2, got 1"),
        (lambda: check.one_of("model", "x", ("a", "b")), "model must be one of a, b, got 'x'"),
        (lambda: check.scalar("x", [1.0]), "x must be a single number, got an array of shape (1,)"),
        (lambda: check.generator(-1), "rng must be >= 0 when it is an int, got -1"),
    ],
)  # fmt: skip
def test_each_value_error_names_argument_rule_and_value(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check.count("n", 2.0), "n must be a whole number >= 1, got 2.0"),
        (lambda: check.count("n", True), "n must be a whole number >= 1, got True"),
        (lambda: check.count("n", "2"), "n must be a whole number >= 1, got '2'"),
        (lambda: check.one_of("model", 1, ("a", "b")), "model must be one of a, b, got 1"),
        (lambda: check.generator(1.0), "rng must be an int, a SeedSequence or a Generator, got 1.0"),
        (lambda: check.generator(True), "rng must be an int, a SeedSequence or a Generator, got True"),
    ],
)  # fmt: skip
def test_each_type_error_names_argument_and_value(call, message):
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


def test_limits_are_allowed():
    assert check.non_negative("x", 0.0) == 0
    np.testing.assert_array_equal(check.between("x", [0, 1], 0, 1), [0, 1])
    assert check.count("n", np.int64(1)) == 1
    assert type(check.count("n", np.int64(1))) is int
    assert check.one_of("model", "b", iter(("a", "b"))) == "b"
    assert check.scalar("x", np.float32(2.0)) == 2.0
    for short in ([], [1.0]):
        np.testing.assert_array_equal(check.increasing("x", short), short)


def test_generator_takes_what_spec_7_allows():
    draws = [
        check.generator(rng).random()
        for rng in (7, np.int64(7), np.random.SeedSequence(7), np.random.default_rng(7))
    ]
    assert len(set(draws)) == 1
    given = np.random.default_rng(1)
    assert check.generator(given) is given
    assert check.generator(None).random() != check.generator(None).random()


def test_read_only_is_a_copy_that_cannot_be_changed():
    values = np.arange(3)
    kept = check.read_only(values)
    values[0] = 9
    assert kept[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1
