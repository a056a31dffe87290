"""Pure checks of a learner's answer, with feedback for the typical mistakes."""

from __future__ import annotations

import difflib
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._check_composition import composition_exercises
from anionx_teach._check_confinement import confinement_exercises
from anionx_teach._check_cooperative import cooperative_exercises
from anionx_teach._check_ensemble import ensemble_exercises
from anionx_teach._check_microscope import microscope_exercises
from anionx_teach._check_miscibility import miscibility_exercises
from anionx_teach._check_size import size_exercises
from anionx_teach._check_start import start_exercises
from anionx_teach._check_switching import switching_exercises

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._check_exercise import Exercise

NOT_ANSWERED = "Not answered yet. Put your number in place of None and run the cell again."
"""What `check` says as long as the answer is None (or an ellipsis)."""


@dataclass(frozen=True)
class CheckResult:
    """What is said to one answer.

    Parameters
    ----------
    passed : bool or None
        True when right, False when not, None when there is no answer yet.
    message : str
        For the learner; it never gives the answer away.

    Examples
    --------
    >>> result = check("02_confinement/doubled_edge_ratio", 0.25)
    >>> result.passed
    True
    """

    passed: bool | None
    message: str


def check(key: str, answer: object = None) -> CheckResult:
    """Check an answer and say what to reconsider when it is wrong.

    Parameters
    ----------
    key : str
        Which exercise: one of the keys of `exercises`.
    answer : object
        The learner's number, in the unit of the exercise; None when there is none yet. Whatever
        else comes (text, a list, NaN) is answered in words and never by an error.

    Returns
    -------
    CheckResult

    Raises
    ------
    ValueError
        If there is no exercise with this key.

    Notes
    -----
    An answer is right within the exercise's relative tolerance (`exercises`). Otherwise it is
    compared with the results of the typical mistakes, each computed from the mistaken reasoning.

    Examples
    --------
    >>> check("02_confinement/doubled_edge_ratio").message
    'Not answered yet. Put your number in place of None and run the cell again.'
    >>> print(check("02_confinement/doubled_edge_ratio", 0.5).message)
    Not yet. The wave number is divided by two. How does the kinetic energy depend on it?
    """
    exercise = _exercise(key)
    if answer is None or answer is Ellipsis:
        return CheckResult(None, NOT_ANSWERED)
    number = read_number(answer)
    if isinstance(number, str):
        return CheckResult(False, number)
    if exercise.is_right(number):
        return CheckResult(True, f"Right. {exercise.success}")
    return CheckResult(False, f"Not yet. {_hint(exercise, number)}")


def prompt(key: str) -> str:
    """Return the question of an exercise.

    Parameters
    ----------
    key : str
        One of the keys of `exercises`.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no exercise with this key.

    Examples
    --------
    >>> print(prompt("02_confinement/photon_wavelength_nm"))
    What is the wavelength, in nm, of a photon of 2.40 eV?
    """
    return _exercise(key).prompt


def exercises() -> pd.DataFrame:
    """Return what there is to answer.

    Returns
    -------
    pandas.DataFrame
        One row an exercise, in the order of the lessons: key, lesson, prompt, unit (empty for a
        pure number), tolerance_percent, mistakes (how many are recognised). The answers are not
        in it.

    Examples
    --------
    >>> exercises()["lesson"].unique().tolist()[:3]
    ['00_start_here', '01_size', '02_confinement']
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "key": exercise.key,
                "lesson": exercise.key.split("/")[0],
                "prompt": exercise.prompt,
                "unit": exercise.unit,
                "tolerance_percent": 100 * exercise.relative_tolerance,
                "mistakes": len(exercise.mistakes),
            }
            for exercise in _all_exercises().values()
        ]
    )


def read_number(answer: object) -> float | str:
    """Return the answer as one finite number, or the sentence that says why it is none.

    Parameters
    ----------
    answer : object
        Anything.

    Returns
    -------
    float or str
        A Python float for an int, a float, a NumPy scalar or an array without dimensions (or
        whatever else stands for one number); otherwise what to tell the learner.

    Examples
    --------
    >>> read_number(np.float32(2.5))
    2.5
    >>> read_number("2.5")
    'Please give a number, not text: 2.5 without quotation marks.'
    """
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if isinstance(answer, str | bytes):
        return "Please give a number, not text: 2.5 without quotation marks."
    if isinstance(answer, bool | np.bool_):
        return "Please give a number, not True or False."
    if isinstance(answer, complex | np.complexfloating):
        return "Please give a real number, not a complex one."
    if hasattr(answer, "__len__") or hasattr(answer, "__iter__"):
        return "Please give one number, not several."
    try:
        number = float(answer)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    except Exception:  # noqa: BLE001 - whatever a learner's object does, it gets an answer
        return "Please give one number."
    if not math.isfinite(number):
        return "Please give a finite number: this one is not a number or has no end."
    return number


@functools.cache
def _all_exercises() -> dict[str, Exercise]:
    """Return every exercise by its key; computed once, when first asked for."""
    lessons = (
        start_exercises(),
        size_exercises(),
        confinement_exercises(),
        composition_exercises(),
        ensemble_exercises(),
        microscope_exercises(),
        switching_exercises(),
        cooperative_exercises(),
        miscibility_exercises(),
    )
    return {item.key: item for exercises in lessons for item in exercises}


def _exercise(key: object) -> Exercise:
    """Return the exercise with this key, or name the nearest keys."""
    known = _all_exercises()
    if isinstance(key, str) and key in known:
        return known[key]
    near = difflib.get_close_matches(str(key), known, n=3, cutoff=0.5)
    msg = f"key must be one of {', '.join(near or known)}, got {key!r}"
    raise ValueError(msg)


def _hint(exercise: Exercise, number: float) -> str:
    """Return what to reconsider."""
    mistake = exercise.mistake_of(number)
    if mistake is not None:
        return mistake.feedback
    if exercise.is_right(-number):
        return "The size is right. Look at the sign."
    for power in range(-30, 31):
        if power and exercise.is_right(number * 10.0**power):
            return "The digits are right, but not the power of ten. Go through the units."
    size = "large" if number > exercise.expected else "small"
    return f"Your number is too {size}. Go through your steps again, and through the units."
