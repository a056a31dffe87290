"""The first exercises of lesson 07: how long single events, and sums of them, take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._check_exercise import Exercise, Mistake

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

# The setting that a learner's own loop is run with, near the calibration of 5.1 nm at 5 uM.
_K0, _DELTA_KT, _SITES = 0.05, 3.6e-4, 100
_CRYSTALS = 200
_STANDARD_ERRORS = 4.0  # one right loop in some ten thousand is missed


def waiting_time_exercises() -> tuple[Exercise, ...]:
    """Return the exercises on waiting times, in the order of the lesson."""
    return (_own_loop(), _first_wait(), _small_chain())


def _own_loop() -> Exercise:
    """Judge the mean of a learner's own simulated crystals by the exact one."""
    from anionx_teach.exchange import CooperativeModel, exact_exchange_time, exact_rise_time

    model = CooperativeModel(_K0, _DELTA_KT, _SITES)
    mean, sd = exact_rise_time(model)
    event = np.arange(_SITES, dtype=np.float64)
    wait = 1 / model.event_probability
    first, last = _SITES // 10, 9 * _SITES // 10

    def rise(fall_kt: Numbers) -> float:
        """Return the mean rise with another fall of the barrier."""
        return float(np.sum(1 / np.minimum(1, _K0 * np.exp(fall_kt))[first:last]))

    too_early = (
        "Does your clock run from the first step on, or to the last event? The switching time runs "
        "from 10 to 90 % of the events."
    )
    too_slow = (
        "Your probability grows too little, or not at all. Is it computed anew after each event, "
        "and does the exponent hold the square of i?"
    )
    return Exercise(
        key="07_cooperative_monte_carlo/own_loop",
        prompt=(
            f"Run your loop for {_CRYSTALS} crystals with k0 = {_K0:g}, delta = {_DELTA_KT:g} kT "
            f"and {_SITES} events. What is their mean switching time (10 to 90 %), in steps?"
        ),
        expected=mean,
        unit="steps",
        relative_tolerance=_STANDARD_ERRORS * sd / mean / math.sqrt(_CRYSTALS),
        mistakes=(
            Mistake(
                last - first,
                "That is the number of events from 10 to 90 %. A step in which nothing happens "
                "takes time too: count every throw, not only the successful ones.",
            ),
            Mistake(exact_exchange_time(model).mean_s, too_early),
            Mistake(float(wait[:last].sum()), too_early),
            Mistake(
                float(wait[:first].sum()),
                "That is the time before 10 % of the events. The clock starts there.",
            ),
            Mistake(rise(_DELTA_KT * event), too_slow),
            Mistake(rise(0.0 * event), too_slow),
            Mistake(
                rise(-_DELTA_KT * event**2),
                "Your probability falls from event to event. The barrier falls: look at the sign "
                "in the exponent.",
            ),
            Mistake(
                rise(_DELTA_KT * event**2 / 2),
                "The fall of the barrier is delta i squared, without a factor of one half.",
            ),
            Mistake(
                float(wait[_SITES // 4 : 3 * _SITES // 4].sum()),
                "Is that the time from 25 to 75 % of the events?",
            ),
            Mistake(
                mean / _SITES,
                "You divided by the number of events. The switching time is their sum.",
            ),
            Mistake(
                mean / (last - first),
                "That is the mean wait of one event. The switching time is the sum of the waits.",
            ),
            Mistake(sd, "That is how far crystals scatter. Give their mean."),
            Mistake(
                mean * _CRYSTALS,
                "That is the sum over all crystals. Give the mean of one.",
            ),
        ),
        success="Your loop agrees with the exact mean, the sum of 1/P over the events.",
    )


def _first_wait() -> Exercise:
    """Wait for one coin to fall on the right side."""
    from anionx_teach.exchange import calibrated_model

    model = calibrated_model(5.1, 5.0)
    probability, step_s = model.attempt_probability, model.step_s
    wait_s = step_s / probability
    return Exercise(
        key="07_cooperative_monte_carlo/first_wait_s",
        prompt=(
            f"The first event happens in a step with the probability {probability:g}, and a step "
            f"lasts {step_s:.4f} s. How long does a crystal wait for it on average, in s?"
        ),
        expected=wait_s,
        unit="s",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(1 / probability, "That is in steps. How long is a step?"),
            Mistake(
                step_s * probability,
                "You multiplied by the probability. Does a rare event come sooner or later?",
            ),
            Mistake(
                wait_s * math.log(2),
                "That is the half-life: when half of the crystals have had their event. The "
                "others wait longer, and the mean is larger.",
            ),
            Mistake(
                wait_s / 2,
                "Half the number of throws that you expect? There is no last throw at which the "
                "event must have come: some crystals wait very long.",
            ),
            Mistake(
                wait_s - step_s,
                "You counted the throws that failed. The one that succeeds takes a step too.",
            ),
            Mistake(
                step_s / (1 - probability),
                "You divided by the probability that nothing happens.",
            ),
            Mistake(probability / step_s, "That is a rate, in 1/s. The time is its inverse."),
            Mistake(step_s, "That would be so if the event were certain in every step."),
        ),
        success="One over the probability, in steps: the mean wait of a coin with this chance.",
    )


def _small_chain() -> Exercise:
    """Sum the waiting times of a chain that is short enough for a pocket calculator."""
    k0, delta_kt, sites = 0.25, 0.4, 4
    event = np.arange(sites)
    rate = k0 * np.exp(delta_kt * event**2)
    probability = np.minimum(rate, 1)
    steps = float(np.sum(1 / probability))
    return Exercise(
        key="07_cooperative_monte_carlo/small_chain_steps",
        prompt=(
            f"A toy crystal has {sites} events, i = 0, 1, 2, 3, with k0 = {k0:g} and "
            f"delta = {delta_kt:g} kT, and no probability is above 1. How many steps does its "
            "whole exchange take on average?"
        ),
        expected=steps,
        unit="steps",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(
                float(np.sum(1 / rate)),
                "Some of your waiting times are shorter than a step. What is the largest "
                "probability there is?",
            ),
            Mistake(
                sites / float(np.mean(probability)),
                "The mean of the probabilities is not what counts: the slow events take most of "
                "the time. Add the waiting times.",
            ),
            Mistake(
                sites / float(np.mean(rate)),
                "The mean of the probabilities is not what counts: the slow events take most of "
                "the time. And a probability is never above 1.",
            ),
            Mistake(
                float(np.sum(1 / np.minimum(1, k0 * np.exp(delta_kt * event)))),
                "The barrier falls with the square of the number of events.",
            ),
            Mistake(
                float(np.sum(1 / np.minimum(1, k0 * np.exp(delta_kt * (event + 1) ** 2)))),
                "You counted from 1. Before the first event nothing has happened yet: i = 0.",
            ),
            Mistake(
                sites / k0,
                "That would be so without cooperativity: the probability grows with each event.",
            ),
            Mistake(steps / sites, "That is the mean wait of one event. Add them."),
            Mistake(
                float(np.sum(probability)),
                "You added the probabilities. An event with the probability P takes 1/P steps.",
            ),
            Mistake(
                1 / float(np.prod(probability)),
                "The product is the chance that all happen in successive steps. They need not: "
                "the waiting times add up.",
            ),
        ),
        success="The waits 1/P add up, and the first two of the four make most of it.",
    )
