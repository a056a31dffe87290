"""Answers of learners: right ones, typical mistakes, nonsense."""

import itertools
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import checks
from anionx_teach._check_composition import composition_exercises
from anionx_teach._check_confinement import confinement_exercises
from anionx_teach._check_cooperative import cooperative_exercises
from anionx_teach._check_ensemble import ensemble_exercises
from anionx_teach._check_exercise import Exercise
from anionx_teach._check_microscope import microscope_exercises
from anionx_teach._check_miscibility import miscibility_exercises
from anionx_teach._check_size import size_exercises
from anionx_teach._check_start import start_exercises
from anionx_teach._check_switching import switching_exercises
from anionx_teach.materials import CSPBBR3

EXERCISES = (
    *start_exercises(),
    *size_exercises(),
    *confinement_exercises(),
    *composition_exercises(),
    *ensemble_exercises(),
    *microscope_exercises(),
    *switching_exercises(),
    *cooperative_exercises(),
    *miscibility_exercises(),
)
KEYS = [exercise.key for exercise in EXERCISES]
MISTAKES = [
    pytest.param(exercise, mistake, id=f"{exercise.key}-{i}")
    for exercise in EXERCISES
    for i, mistake in enumerate(exercise.mistakes)
]


class Stubborn:
    """An object that cannot even be turned into a number."""

    def __float__(self) -> float:
        msg = "no"
        raise RuntimeError(msg)


NONSENSE = {
    "text": "2007",
    "bytes": b"2007",
    "empty": "",
    "nan": math.nan,
    "infinite": math.inf,
    "huge": 10**400,
    "list": [2007.0],
    "ragged": [[1], [1, 2]],
    "array": np.array([1.0, 2.0]),
    "0-d text": np.array("2007"),
    "series": pd.Series([2007.0]),
    "missing": pd.NA,
    "not a time": pd.NaT,
    "bool": True,
    "numpy bool": np.bool_(True),
    "complex": 2 + 1j,
    "function": len,
    "class": int,
    "generator": (i for i in range(3)),
    "stubborn": Stubborn(),
    "dict": {"answer": 2007},
}


@pytest.mark.parametrize(
    ("key", "by_hand"),
    [
        ("01_size/halide_sites", 3 * (5.1 / 0.5831) ** 3),
        ("01_size/surface_fraction", 1 - (1 - 2 / (5.1 / 0.5831)) ** 3),
        ("01_size/dispersity_percent", 100 * 0.6 / 5.1),
        (
            "01_size/scherrer_nm",
            0.886 * 0.15406 / (math.radians(1.6) * math.cos(math.radians(15.3))),
        ),
        ("02_confinement/box_energy_ev", 3 * math.pi**2 * 0.0381 / (0.126 * 5.1**2)),
        ("02_confinement/doubled_edge_ratio", 0.25),
        ("02_confinement/photon_wavelength_nm", 1239.84 / 2.40),
        ("02_confinement/bohr_diameter_nm", 2 * 0.0529 * 7.3 / 0.126),
        (
            "03_composition_and_filter/mixed_colour_nm",
            1239.84 / (0.25 * 1239.84 / 486 + 0.75 * 1239.84 / 622 - 0.2 * 0.75 * 0.25),
        ),
        ("03_composition_and_filter/line_width_mev", 1000 * 1239.84 * 35 / 622**2),
        (
            "03_composition_and_filter/share_in_the_window",
            0.5 * math.erfc((661 - 649) / (40 / 2.3548) / math.sqrt(2)),
        ),
        (
            "03_composition_and_filter/entry_fraction",
            (0.6370 - math.sqrt(0.6370**2 - 0.4 * (2.4511 - 1239.84 / 600))) / 0.2,
        ),
        ("03_composition_and_filter/remaining_factor", 18.1 / 2.7 / 0.6),
        # The lowest two phases, with u coth(u) = Omega / 2RT: iodide fractions 0.08954 and 0.91046.
        ("08_miscibility/gain_of_two_phases", 0.03258 + 0.17630),
        ("08_miscibility/omega_kj_mol", 2 * 0.0083145 * 280),
        (
            "08_miscibility/spinodal_fraction",
            (1 - math.sqrt(1 - 4 * 0.0083145 * 298 / (2 * 7.0))) / 2,
        ),
        ("08_miscibility/iodide_rich_share", 0.15 / 0.60),
        ("08_miscibility/threshold_edge_nm", 1.5 * 343 / 45),
        ("08_miscibility/independent_rise_s", 20 * 2.1972),
        ("08_miscibility/helped_rate_factor", math.exp(3.2)),
        ("04_ensemble/diffusion_time_factor", (13.1 / 5.1) ** 2),
        ("04_ensemble/on_its_way_percent", 100 * 5 / 35),
        ("04_ensemble/finished_small_crystals", 4**3 / (4**3 + 6**3)),
        # Iodide: 622 nm at 5.1 nm and 661 nm at 13.1 nm, on a straight line against 1 / L^2.
        ("04_ensemble/etch_rate_pm_per_s", 1000 * (5.1 - 4.72775) / 280),
        ("06_switching_times/time_constant_s", 135.6 / 4.3944),
        ("06_switching_times/se_of_mean_s", 37.3 / 15.8114),
        ("06_switching_times/crystals_needed", (9.4 / 0.905) ** 2),
        ("06_switching_times/spread_without_noise_s", math.sqrt(88.36 - 25)),
        # Relative errors of the two means: 1.74 % and 3.28 %.
        ("06_switching_times/error_of_ratio", 7.4917 * math.sqrt(0.017397**2 + 0.032846**2)),
        ("05_single_particles/spot_over_crystal", 332.8 / 13.1),
        ("05_single_particles/absorbed_per_s", 29e-6 / (2.28 * 1.602e-19) * 9.3e-15),
        ("05_single_particles/photo_electrons", 720 * 12.48 / 300),
        ("05_single_particles/electrons_for_ten", 200.0),
        ("05_single_particles/dark_percent", 2.7),
    ],
)
def test_the_answers_are_those_by_hand(key: str, by_hand: float) -> None:
    exercise = next(item for item in EXERCISES if item.key == key)
    assert exercise.expected == pytest.approx(by_hand, rel=2e-3)
    assert checks.check(key, by_hand).passed is True


@pytest.mark.parametrize("exercise", EXERCISES, ids=KEYS)
def test_an_answer_rounded_to_two_digits_is_right(exercise: Exercise) -> None:
    assert checks.check(exercise.key, float(f"{exercise.expected:.3g}")).passed is True
    assert exercise.is_right(float(f"{exercise.expected:.2g}")) or exercise.unit == "nm"


@pytest.mark.parametrize("exercise", EXERCISES, ids=KEYS)
def test_every_exercise_is_complete(exercise: Exercise) -> None:
    assert re.fullmatch(r"\d\d_[a-z_]+/[a-z_0-9]+", exercise.key)
    assert len(exercise.mistakes) >= 3
    assert len({mistake.feedback for mistake in exercise.mistakes}) >= 3
    assert 0 < exercise.relative_tolerance <= 0.05
    assert math.isfinite(exercise.expected)


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_typical_mistake_gets_its_own_feedback(exercise: Exercise, mistake) -> None:
    result = checks.check(exercise.key, mistake.value)
    assert result.passed is False
    assert mistake.feedback in result.message
    # Also when the wrong number is rounded.
    assert checks.check(exercise.key, float(f"{mistake.value:.3g}")).message == result.message


@pytest.mark.parametrize("exercise", EXERCISES, ids=KEYS)
def test_the_ways_to_be_wrong_are_told_apart(exercise: Exercise) -> None:
    values = [(exercise.expected, "right")]
    values += [(mistake.value, mistake.feedback) for mistake in exercise.mistakes]
    for (first, one), (second, other) in itertools.combinations(values, 2):
        apart = abs(first - second) / max(abs(first), abs(second))
        assert one == other or apart > exercise.relative_tolerance, (one, other)


@pytest.mark.parametrize("exercise", EXERCISES, ids=KEYS)
@pytest.mark.parametrize("factor", [1e-6, 0.37, 1.37, 1e3, -1.0, -2.7])
def test_no_feedback_to_a_wrong_answer_gives_the_right_one(
    exercise: Exercise, factor: float
) -> None:
    wrong = [exercise.expected * factor, *(mistake.value for mistake in exercise.mistakes)]
    for answer in wrong:
        result = checks.check(exercise.key, answer)
        assert result.passed is False
        numbers = [float(text) for text in re.findall(r"\d+\.?\d*", result.message)]
        assert not any(exercise.is_right(number) for number in numbers), result.message


def test_the_tolerance_has_a_sharp_end_on_both_sides() -> None:
    exercise = next(item for item in EXERCISES if item.key == "02_confinement/doubled_edge_ratio")
    inside, outside = 0.999 * exercise.relative_tolerance, 1.001 * exercise.relative_tolerance
    for sign in (-1, 1):
        assert checks.check(exercise.key, 0.25 * (1 + sign * inside)).passed is True
        assert checks.check(exercise.key, 0.25 * (1 + sign * outside)).passed is False


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (-0.25, "Look at the sign"),
        (2500.0, "power of ten"),
        (0.33, "too large"),
        (0.17, "too small"),
        (0, "too small"),
    ],
)
def test_other_wrong_answers_get_a_direction(answer: float, words: str) -> None:
    assert words in checks.check("02_confinement/doubled_edge_ratio", answer).message


@pytest.mark.parametrize("answer", [None, ...])
@pytest.mark.parametrize("key", KEYS)
def test_no_answer_is_neither_right_nor_wrong(key: str, answer: object) -> None:
    assert checks.check(key, answer) == checks.CheckResult(None, checks.NOT_ANSWERED)
    assert checks.check(key).passed is None


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
@pytest.mark.parametrize("key", ["01_size/halide_sites", "02_confinement/doubled_edge_ratio"])
def test_nonsense_is_answered_in_words(key: str, answer: object) -> None:
    result = checks.check(key, answer)
    assert result.passed is False
    assert result.message.startswith("Please give ")


def test_text_is_refused_in_a_friendly_sentence() -> None:
    assert "a number, not text" in checks.check("01_size/halide_sites", "2007").message


@pytest.mark.parametrize(
    "answer",
    [
        0.25,
        np.float32(0.25),
        np.float64(0.25),
        np.array(0.25),
        Fraction(1, 4),
        Decimal("0.25"),
    ],
)
def test_whatever_stands_for_one_number_is_accepted(answer: object) -> None:
    assert checks.check("02_confinement/doubled_edge_ratio", answer).passed is True


def test_integers_and_parameters_are_accepted() -> None:
    assert checks.check("01_size/halide_sites", np.int64(2007)).passed is True
    assert checks.check("01_size/halide_sites", 2000).passed is True
    assert checks.check("02_confinement/bohr_diameter_nm", CSPBBR3.bohr_diameter_nm).passed is True


@settings(max_examples=50, deadline=None)
@given(
    st.one_of(
        st.floats(),
        st.integers(),
        st.text(),
        st.lists(st.floats()),
        st.complex_numbers(),
        st.decimals(),
    )
)
def test_no_answer_ever_raises(answer: object) -> None:
    for key in KEYS:
        result = checks.check(key, answer)
        assert result.passed in (True, False)
        assert result.message


@pytest.mark.parametrize(
    ("key", "named"),
    [("halide_sites", "01_size/halide_sites"), ("zzzz", KEYS[-1]), (7, KEYS[0])],
)
def test_an_unknown_key_names_the_near_ones(key: object, named: str) -> None:
    for function in (checks.check, checks.prompt):
        with pytest.raises(ValueError, match=rf"key must be one of .*{named}.*, got {key!r}"):
            function(key)  # type: ignore[operator]


def test_the_table_has_every_exercise_and_no_answer() -> None:
    table = checks.exercises()
    assert table["key"].tolist() == KEYS
    assert list(table.columns) == [
        "key",
        "lesson",
        "prompt",
        "unit",
        "tolerance_percent",
        "mistakes",
    ]
    assert table["prompt"].tolist() == [checks.prompt(key) for key in KEYS]
    assert table["lesson"].unique().tolist() == [
        "00_start_here",
        "01_size",
        "02_confinement",
        "03_composition_and_filter",
        "04_ensemble",
        "05_single_particles",
        "06_switching_times",
        "07_cooperative_monte_carlo",
        "08_miscibility",
    ]
