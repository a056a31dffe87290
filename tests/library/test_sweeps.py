"""Sweeps: what a row holds, that it is the simulation's, and that noise belongs to a row alone."""

import io
import math
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from anionx_teach import _sweep_run
from anionx_teach._sweep_rows import Task, compute_row
from anionx_teach.exchange import (
    LAWS,
    CooperativeModel,
    exact_exchange_time,
    exact_rise_time,
    exact_start_time,
    simulate_exchange,
)
from anionx_teach.sweeps import SweepCancelled, SweepError, SweepFailure, sweep
from tests.library.sweep_traps import TrappedModel

MODELS = [
    CooperativeModel(k0, delta, n_sites=n_sites, step_s=0.25, law=law, capped=capped)
    for k0, delta, n_sites, law, capped in (
        (0.05, 3.6e-4, 100, "quadratic", True),
        (0.5, 0.01, 60, "linear", True),
        (0.02, 0.1, 80, "step", True),
        (0.1, 0.0, 40, "none", True),
        (0.3, 2e-3, 50, "quadratic", False),
    )
]


def read_csv(table, **options):
    return pd.read_csv(io.StringIO(table.to_csv()), **options)


@pytest.fixture
def trapped(tmp_path):
    """Five models of which the third falls into its trap until the file is removed."""
    trap = tmp_path / "trap"
    models = [TrappedModel(0.05 * (i + 1), 1e-3, n_sites=20) for i in range(5)]
    models[2] = replace(models[2], trap=str(trap), keep=True)
    trap.touch()
    return models, trap


def test_a_row_is_the_simulation_of_its_model():
    table = sweep(MODELS, 300, rng=7)
    assert table.index.to_list() == list(range(5))
    assert table.index.name == "condition"
    for i, model in enumerate(MODELS):
        history = simulate_exchange(model, 300, rng=7, condition=i)
        rise_s, row = history.rise_time_s(), table.loc[i]
        exact = exact_rise_time(model)
        expected = {
            "mean_s": rise_s.mean(),
            "sd_s": rise_s.std(ddof=1),
            "mean_se_s": rise_s.std(ddof=1) / math.sqrt(300),
            "median_s": np.median(rise_s),
            "start_mean_s": history.start_time_s().mean(),
            "exchange_mean_s": history.exchange_time_s.mean(),
            "exact_mean_s": exact.mean_s,
            "exact_sd_s": exact.sd_s,
            "exact_start_s": exact_start_time(model).mean_s,
            "exact_exchange_s": exact_exchange_time(model).mean_s,
            "z": (rise_s.mean() - exact.mean_s) / exact.sd_s * math.sqrt(300),
        }
        assert row[list(expected)].to_dict() == pytest.approx(expected, rel=1e-11)
        for name in ("attempt_probability", "cooperativity", "n_sites", "step_s", "law", "capped"):
            assert row[name] == getattr(model, name)


def test_the_table_holds_every_setting_of_a_model():
    assert {field.name for field in fields(CooperativeModel)} <= set(sweep([], rng=1).columns)


def test_simulation_agrees_with_theory_for_every_law():
    models = [CooperativeModel(k0, 1e-3, law=law) for law in LAWS for k0 in (0.02, 0.3)]
    assert (sweep(models, 4000, rng=3)["z"].abs() < 4).all()


def test_noise_belongs_to_the_position_alone():
    alone = sweep(MODELS[:1], 100, rng=5)
    among = sweep(MODELS, 100, rng=5)
    pd.testing.assert_frame_equal(alone, among.loc[:0])
    same_twice = sweep([MODELS[0], MODELS[0]], 100, rng=5)
    assert same_twice.loc[0, "mean_s"] != same_twice.loc[1, "mean_s"]
    assert sweep(MODELS, 100, rng=6).loc[0, "mean_s"] != alone.loc[0, "mean_s"]


def test_int_and_seed_sequence_give_the_same_and_a_generator_moves_on():
    table = sweep(MODELS, 50, rng=9)
    pd.testing.assert_frame_equal(table, sweep(MODELS, 50, rng=np.random.SeedSequence(9)))
    pd.testing.assert_frame_equal(
        sweep(MODELS, 50, rng=np.random.default_rng(9)),
        sweep(MODELS, 50, rng=np.random.default_rng(9)),
    )
    generator = np.random.default_rng(9)
    keys = [sweep(MODELS[:1], 5, rng=generator)["random_key"][0] for _ in range(2)]
    assert keys[0] != keys[1]


def test_a_generator_of_models_and_numpy_numbers_will_do():
    lazily = sweep((model for model in MODELS), np.int64(50), rng=np.int64(9))
    pd.testing.assert_frame_equal(lazily, sweep(MODELS, 50, rng=9))


def test_no_models_give_a_table_without_rows():
    empty, full = sweep([], rng=1), sweep(MODELS, 5, rng=1)
    assert empty.shape == (0, full.shape[1])
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert empty.index.name == "condition"


def test_no_particles_and_one_leave_blanks_where_there_is_nothing_to_say():
    none = sweep(MODELS, 0, rng=1)
    blank = ["mean_s", "sd_s", "mean_se_s", "median_s", "start_mean_s", "exchange_mean_s", "z"]
    assert none[blank].isna().all(axis=None)
    assert none["exact_mean_s"].notna().all()
    one = sweep(MODELS, 1, rng=1)
    assert one[["sd_s", "mean_se_s"]].isna().all(axis=None)
    assert one[["mean_s", "z"]].notna().all(axis=None)


def test_certain_events_have_neither_spread_nor_z():
    table = sweep([CooperativeModel(1.0, 0.0, n_sites=10, step_s=0.5)], 20, rng=1)
    assert table.loc[0, "mean_s"] == table.loc[0, "exact_mean_s"] == 4.0
    assert table.loc[0, "sd_s"] == 0.0
    assert math.isnan(table.loc[0, "z"])


@pytest.mark.parametrize("threshold", [0, 10**12])
def test_own_threads_and_the_calling_thread_agree(threshold, monkeypatch):
    expected = sweep(MODELS, 100, rng=2)
    monkeypatch.setattr(_sweep_run, "_EVENTS_WORTH_THREADS", threshold)
    monkeypatch.setattr(_sweep_run, "usable_cores", lambda: 3)
    pd.testing.assert_frame_equal(sweep(MODELS, 100, rng=2), expected)


def test_threads_for_much_work_and_none_for_little(monkeypatch):
    monkeypatch.setattr(_sweep_run, "usable_cores", lambda: 4)
    much = _sweep_run._EVENTS_WORTH_THREADS // 200  # particles of two models with 100 events
    for n_particles, n_models, kind in (
        (much - 1, 2, _sweep_run.InlineExecutor),
        (much, 2, ThreadPoolExecutor),
        (2 * much, 1, _sweep_run.InlineExecutor),  # nothing beside it to do
    ):
        model = CooperativeModel(0.05, 0.0, n_sites=100)
        seed = np.random.SeedSequence(1)
        tasks = [Task(i, model, n_particles, seed, "call") for i in range(n_models)]
        with _sweep_run.own_executor(tasks) as executor:
            assert isinstance(executor, kind)


def test_what_travels_does_not_grow_with_the_particles():
    sizes = []
    for n_particles in (1, 5000):
        task = Task(0, CooperativeModel(0.05, 0.0), n_particles, np.random.SeedSequence(1), "call")
        sizes.append((len(pickle.dumps(task)), len(pickle.dumps(compute_row(task)))))
    assert max(map(max, sizes)) < 1000
    assert abs(sizes[0][0] - sizes[1][0]) < 10


def test_progress_is_told_in_the_calling_thread():
    heard = []

    def progress(done, total):
        heard.append((done, total, threading.get_ident()))

    with ThreadPoolExecutor(2) as threads:
        sweep(MODELS, 10, rng=1, executor=threads, progress=progress)
    assert heard == [(done, 5, threading.get_ident()) for done in range(6)]
    heard.clear()
    sweep([], rng=1, progress=progress)
    assert [entry[:2] for entry in heard] == [(0, 0)]


def test_a_failing_condition_is_named_and_leaves_the_others(trapped):
    models, trap = trapped
    with pytest.raises(SweepError, match="1 of 5 conditions failed") as caught:
        sweep(models, 30, rng=1)
    error = caught.value
    assert "Condition 2 (TrappedModel(attempt_probability=0.15" in str(error)
    assert "Boom: the trap closed" in str(error)
    assert error.table.index.to_list() == [0, 1, 3, 4]
    (failure,) = error.failures
    assert (failure.condition, failure.model) == (2, models[2])
    assert failure.cause == "Boom: the trap closed"
    assert "event_probability" in failure.trace
    trap.unlink()
    again = sweep(models, 30, rng=1, previous=error.table)
    pd.testing.assert_frame_equal(again, sweep(models, 30, rng=1))


def test_errors_survive_pickling(trapped):
    with pytest.raises(SweepError) as caught:
        sweep(trapped[0], 30, rng=1)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert copy.failures == caught.value.failures
    pd.testing.assert_frame_equal(copy.table, caught.value.table)
    with pytest.raises(SweepCancelled) as stopped:
        sweep(MODELS, 30, rng=1, cancel=lambda: True)
    copied = pickle.loads(pickle.dumps(stopped.value))
    assert str(copied) == "the sweep was stopped with 0 of 5 rows finished"
    assert len(copied.table) == 0


def test_many_failures_are_told_by_cause(tmp_path):
    bad = TrappedModel(0.1, 0.0, n_sites=5, trap=str(tmp_path / "trap"), keep=True)
    (tmp_path / "trap").touch()
    with pytest.raises(SweepError) as caught:
        sweep([bad] * 12, 5, rng=1)
    assert "Conditions 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more (the first is Trapped" in str(
        caught.value
    )
    assert len(caught.value.table) == 0
    assert [failure.condition for failure in caught.value.failures] == list(range(12))


def test_more_than_three_causes_are_counted(monkeypatch):
    failures = [SweepFailure(i, MODELS[0], f"ValueError: {i}") for i in range(5)]
    from anionx_teach.sweeps import _account

    assert "ValueError: 2; and 2 other causes, see .failures." in _account(failures, 9)


def test_a_worker_of_another_version_is_refused(monkeypatch):
    monkeypatch.setattr("anionx_teach._sweep_rows.__version__", "9.9")
    with pytest.raises(SweepError, match=r"the worker has anionx-teach 9\.9, the sweep came from"):
        sweep(MODELS, 5, rng=1)


def test_cancel_keeps_what_is_finished():
    done = []
    with pytest.raises(SweepCancelled, match="stopped with 3 of 5 rows finished") as caught:
        sweep(
            MODELS,
            30,
            rng=1,
            cancel=lambda: len(done) > 3,
            progress=lambda *told: done.append(told),
        )
    assert caught.value.table.index.to_list() == [0, 1, 2]
    again = sweep(MODELS, 30, rng=1, previous=caught.value.table)
    pd.testing.assert_frame_equal(again, sweep(MODELS, 30, rng=1))


def test_a_cancel_that_comes_too_late_changes_nothing():
    event = threading.Event()
    table = sweep(
        MODELS, 5, rng=1, cancel=event, progress=lambda done, total: done == total and event.set()
    )
    assert len(table) == 5


def test_previous_may_come_from_a_csv_file():
    whole = sweep(MODELS, 40, rng=4)
    for back in (read_csv(whole.loc[[0, 3]]), read_csv(whole.loc[[4, 1]], index_col="condition")):
        again = sweep(MODELS, 40, rng=4, previous=back)
        pd.testing.assert_frame_equal(again, whole)
        assert again.to_csv() == whole.to_csv()


def test_words_that_a_csv_reader_loses_do_not_matter():
    models = [replace(MODELS[0], provenance="NA"), replace(MODELS[1], provenance="")]
    whole = sweep(models, 40, rng=4)
    again = sweep(models, 40, rng=4, previous=read_csv(whole.loc[[1]]))
    pd.testing.assert_frame_equal(again, whole)


def test_a_whole_previous_is_returned_without_work(monkeypatch):
    whole = sweep(MODELS, 40, rng=4)
    monkeypatch.setattr(_sweep_run, "compute_row", None)
    told = []
    again = sweep(MODELS, 40, rng=4, previous=whole, progress=lambda *state: told.append(state))
    pd.testing.assert_frame_equal(again, whole)
    assert told == [(5, 5)]
    assert len(sweep(MODELS[:0], 40, rng=4, previous=sweep([], rng=4))) == 0
