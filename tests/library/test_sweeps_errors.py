"""What `sweep` refuses, each mistake by its message, and executors that misbehave."""

import itertools
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from anionx_teach.exchange import CooperativeModel
from anionx_teach.sweeps import SweepCancelled, SweepError, sweep

MODELS = [CooperativeModel(0.1 * (i + 1), 1e-3, n_sites=20) for i in range(4)]


@pytest.fixture(scope="module")
def whole():
    return sweep(MODELS, 10, rng=1)


class Idle(Executor):
    """Takes work and never does it."""

    def __init__(self):
        self.futures = []

    def submit(self, fn, /, *arguments):
        self.work = lambda: fn(*arguments)
        self.futures.append(Future())
        return self.futures[-1]


class BreaksAfter(Executor):
    """Does some tasks, then refuses; one of them it cancels itself."""

    def __init__(self, n_tasks, *, cancels=False):
        self.left, self.cancels = n_tasks, cancels

    def submit(self, fn, /, *args, **kwargs):
        self.left -= 1
        if self.left < 0:
            msg = "cannot schedule new futures after shutdown"
            raise RuntimeError(msg)
        future = Future()
        if self.cancels and self.left == 0:
            future.cancel()
        else:
            future.set_result(fn(*args, **kwargs))
        return future


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (MODELS[0], r"models must be a sequence of CooperativeModel, got CooperativeModel\("),
        (3, "models must be a sequence of CooperativeModel, got 3"),
        (np.array(3), r"models must be a sequence of CooperativeModel, got array\(3\)"),
        (itertools.count(), r"models\[0\] must be a CooperativeModel, got 0"),
        ([*MODELS, "quadratic"], r"models\[4\] must be a CooperativeModel, got 'quadratic'"),
        ([None], r"models\[0\] must be a CooperativeModel, got None"),
    ],
)
def test_models_that_are_none(models, message):
    with pytest.raises(TypeError, match=message):
        sweep(models, 10, rng=1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_particles": -1}, ValueError, "n_particles must be >= 0, got -1"),
        ({"n_particles": 10**9}, ValueError, "n_particles must be <= 100000000, got 1000000000"),
        ({"n_particles": 2.5}, TypeError, "n_particles must be a whole number >= 0, got 2.5"),
        ({"rng": "one"}, TypeError, "rng must be an int, a SeedSequence or a Generator, got 'one'"),
        ({"rng": -1}, ValueError, "rng must be >= 0 when it is an int, got -1"),
        ({"executor": "dask"}, TypeError, r"a dask Client gives one with get_executor\(\)\), got"),
        ({"progress": 3}, TypeError, r"progress must be a function of \(done, total\), got 3"),
        ({"cancel": True}, TypeError, "cancel must be a threading.Event or a function, got True"),
        ({"previous": "table.csv"}, TypeError, r"previous must be a table of sweep\(\) or None"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        sweep(MODELS, **{"n_particles": 10, "rng": 1} | arguments)


def test_an_executor_that_is_shut_down():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    message = r"executor takes no work \(RuntimeError: cannot schedule .*\); give one that is open"
    with pytest.raises(ValueError, match=message):
        sweep(MODELS, 10, rng=1, executor=executor)


def test_an_executor_given_is_left_open():
    with ThreadPoolExecutor(1) as executor:
        sweep(MODELS, 10, rng=1, executor=executor)
        assert executor.submit(int, "3").result() == 3


def test_an_executor_that_breaks_on_the_way_keeps_the_finished_rows(whole):
    with pytest.raises(SweepError, match=r"2 of 4 conditions failed\. Conditions 2, 3 ") as caught:
        sweep(MODELS, 10, rng=1, executor=BreaksAfter(2))
    assert "RuntimeError: cannot schedule new futures after shutdown" in str(caught.value)
    pd.testing.assert_frame_equal(caught.value.table, whole.loc[:1])


def test_an_executor_that_cancels_is_told_from_our_own_cancel():
    with pytest.raises(SweepError) as caught:
        sweep(MODELS, 10, rng=1, executor=BreaksAfter(4, cancels=True))
    (failure,) = caught.value.failures
    assert failure.condition == 3
    assert failure.cause == "the executor withdrew it (shut down, or its cluster lost)"


def test_cancel_withdraws_what_has_not_begun():
    executor, asked = Idle(), []
    with pytest.raises(SweepCancelled, match="stopped with 0 of 4 rows finished"):
        sweep(
            MODELS, 10, rng=1, executor=executor, cancel=lambda: asked.append(1) or len(asked) > 5
        )
    assert [future.cancelled() for future in executor.futures] == [True] * 4


def test_what_is_finished_when_cancel_comes_is_kept(whole):
    executor = Idle()

    def cancel():
        if len(executor.futures) == 1:
            executor.futures[0].set_result(executor.work())
            return True
        return False

    with pytest.raises(SweepCancelled, match="stopped with 1 of 4 rows finished") as caught:
        sweep(MODELS, 10, rng=1, executor=executor, cancel=cancel)
    pd.testing.assert_frame_equal(caught.value.table, whole.loc[:0])


def test_a_callback_that_raises_withdraws_the_rest():
    executor = Idle()

    def cancel():
        if len(executor.futures) == 3:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        sweep(MODELS, 10, rng=1, executor=executor, cancel=cancel)
    assert [future.cancelled() for future in executor.futures] == [True] * 3


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda t: t.drop(columns=["z", "law"]), "it has no column law, z"),
        (lambda t: t.reset_index(drop=True), "it has no column condition"),
        (lambda t: pd.concat([t, t.loc[[1]]]), "condition 1 comes twice"),
        (lambda t: t.rename({3: 4}), "it has condition 4, and there are 4 models"),
        (lambda t: t.rename({0: -1}), "it has condition -1, and there are 4 models"),
        (lambda t: t.rename({0: "a"}), "condition 'a' is not a whole number"),
        (lambda t: t.rename({1: 0.5}), "condition [^ ]+ is not a whole number"),
        (lambda t: t.assign(n_sites=21), "condition 0 has n_sites = 21 there and 20 here"),
        (
            lambda t: t.assign(cooperativity=t["cooperativity"] * (1 + 1e-10)),
            "condition 0 has cooperativity = 0.0010000000001 there and 0.001 here",
        ),
        (
            lambda t: t.assign(law="linear"),
            "condition 0 has law = 'linear' there and 'quadratic' he",
        ),
        (lambda t: t.assign(capped=False), "condition 0 has capped = False there and True here"),
        (lambda t: t.assign(step_s="x"), "condition 0 has step_s = 'x' there and 1.0 here"),
        (lambda t: t.assign(n_particles=11), "condition 0 has n_particles = 11 there and 10 here"),
        (lambda t: t.assign(random_key="x0"), "it was made with another rng: give the same int or"),
        (lambda t: t.assign(mean_s=np.nan), "condition 0 has no mean_s"),
        (lambda t: t.assign(sd_s="wide"), "condition 0 holds something else than numbers"),
    ],
)
def test_a_previous_that_does_not_fit(spoil, reason, whole):
    with pytest.raises(ValueError, match=f"previous does not belong to this sweep: {reason}"):
        sweep(MODELS, 10, rng=1, previous=spoil(whole))


def test_a_previous_of_another_seed_particles_or_order(whole):
    for models, n_particles, rng, reason in (
        (MODELS, 10, 2, "another rng"),
        (MODELS, 11, 1, "n_particles = 10 there and 11 here"),
        (MODELS[::-1], 10, 1, "attempt_probability = 0.1 there and 0.4 here"),
        (MODELS[:2], 10, 1, "it has condition 2, and there are 2 models"),
    ):
        with pytest.raises(ValueError, match=reason):
            sweep(models, n_particles, rng=rng, previous=whole)
