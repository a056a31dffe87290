"""Bad input of the sigmoid fit, each by its message."""

import numpy as np
import pandas as pd
import pytest

from anionx_teach.switching import (
    compare_with_fit_of_mean,
    fit_bias_table,
    fit_switching,
    summarise_switching,
    switching_curve,
    switching_misfit,
)
from tests.library.switching_courses import trajectories

CURVE = {"start_time_s": 10.0, "switching_time_s": 5.0, "amplitude": 9.0, "background": 1.0}
SHORT = trajectories(np.arange(4.0), np.zeros((2, 4)))
FITTED = pd.DataFrame(
    {
        "converged": [True],
        "start_time_s": [1.0],
        "start_time_se_s": [0.1],
        "switching_time_s": [2.0],
        "switching_time_se_s": [0.1],
    }
)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fit_switching([1, 2]), TypeError, "trajectories must be Trajectories, got list"),
        (
            lambda: fit_switching(SHORT),
            ValueError,
            "trajectories must have at least 5 frames, got 4",
        ),
        (lambda: compare_with_fit_of_mean(SHORT), ValueError, "at least 5 frames"),
        (lambda: switching_misfit(SHORT, CURVE), ValueError, "at least 5 frames"),
        (
            lambda: fit_switching(trajectories(np.arange(9.0), np.zeros((1, 9))), decay="maybe"),
            ValueError,
            "decay must be one of auto, none, fitted, got 'maybe'",
        ),
        (
            lambda: fit_switching(trajectories(np.arange(9.0), np.zeros((1, 9))), robust=1),
            TypeError,
            "robust must be True or False, got 1",
        ),
        (
            lambda: switching_curve([1.0], {**CURVE, "switching_time_s": 0.0}),
            ValueError,
            "switching_time_s must be > 0 s, got 0.0",
        ),
        (
            lambda: switching_curve([1.0], {**CURVE, "decay_rate_per_s": -1.0}),
            ValueError,
            "decay_rate_per_s must be >= 0 per s, got -1.0",
        ),
        (
            lambda: switching_curve([1.0], {**CURVE, "amplitude": np.nan}),
            ValueError,
            "amplitude must be finite, got nan",
        ),
        (
            lambda: switching_curve([1.0], {"start_time_s": 1.0}),
            ValueError,
            "parameters must hold switching_time_s, got start_time_s",
        ),
        (lambda: switching_curve([1.0], 3.0), TypeError, "parameters must be a mapping or a table"),
        (
            lambda: switching_curve([1.0], {**CURVE, "amplitude": [[1.0]]}),
            ValueError,
            "parameters must be numbers or one-dimensional, got 2 dimensions",
        ),
        (
            lambda: switching_curve([1.0], {**CURVE, "amplitude": [1, 2], "background": [1, 2, 3]}),
            ValueError,
            "must broadcast",
        ),
        (lambda: switching_curve([[1.0]], CURVE), ValueError, "time_s must be one-dimensional"),
        (
            lambda: switching_misfit(
                trajectories(np.arange(9.0), np.zeros((3, 9))), {**CURVE, "amplitude": [1, 2]}
            ),
            ValueError,
            "parameters must be one curve or 3, got 2",
        ),
        (
            lambda: summarise_switching({}),
            TypeError,
            "table must be a DataFrame from fit_switching",
        ),
        (
            lambda: summarise_switching(FITTED.drop(columns="start_time_se_s")),
            ValueError,
            "table must have the columns of fit_switching, start_time_se_s is missing",
        ),
        (lambda: fit_bias_table(FITTED, 3), TypeError, "truth must be a mapping or a table"),
        (
            lambda: fit_bias_table(FITTED, {"start_time_s": [1.0]}),
            ValueError,
            "truth must hold switching_time_s, got start_time_s",
        ),
        (
            lambda: fit_bias_table(FITTED, {"start_time_s": [1.0, 2.0]}),
            ValueError,
            "truth start_time_s must have one value for each of 1 fits, got shape",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
