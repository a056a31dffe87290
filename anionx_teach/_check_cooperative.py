"""The exercises of lesson 07: events whose probability grows, and where that ends."""

import math

from anionx_teach._check_exercise import Exercise, Mistake
from anionx_teach._check_waiting_times import waiting_time_exercises


def cooperative_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 07, in the order of the lesson."""
    return (*waiting_time_exercises(), _certain_event(), _time_without_cap(), _slope())


def _certain_event() -> Exercise:
    """Find where the probability reaches its cap."""
    from anionx_teach.exchange import calibrated_model

    model = calibrated_model(5.1, 5.0)
    k0, delta_kt = model.attempt_probability, model.cooperativity
    event = math.sqrt(-math.log(k0) / delta_kt)
    return Exercise(
        key="07_cooperative_monte_carlo/certain_event",
        prompt=(
            f"With k0 = {k0:g} and delta = {delta_kt:.3e} kT (the calibration of 5.1 nm at 5 µM): "
            "after how many events does the probability of the next one reach 1?"
        ),
        expected=event,
        unit="",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(event**2, "That is i squared."),
            Mistake(
                math.sqrt(-math.log10(k0) / delta_kt),
                "You took the logarithm to the base 10. The exponential function needs the "
                "natural one.",
            ),
            Mistake(
                math.sqrt(1 / delta_kt),
                "There the barrier has fallen by 1 kT. By how much does it have to fall?",
            ),
            Mistake(
                math.sqrt(1 / (k0 * delta_kt)),
                "The barrier is the logarithm of 1/k0, not 1/k0 itself.",
            ),
            Mistake(
                math.sqrt(-math.log(10 * k0) / delta_kt),
                "That is for ten times the concentration.",
            ),
            Mistake(
                model.n_sites - event,
                "That is how many events are still to come then.",
            ),
            Mistake(-math.log(k0), "That is the barrier of the first event, in kT."),
        ),
        success="Where delta i squared has eaten up the barrier of the first event, -ln k0.",
    )


def _time_without_cap() -> Exercise:
    """Scale a time with the concentration."""
    from anionx_teach.paper import switching_times

    small = switching_times().iloc[:2]
    at_low_s, at_high_s = map(float, small["mean_s"])
    low_um, high_um = map(float, small["concentration_um"])
    asked_um = 20.0
    time_s = at_low_s * low_um / asked_um
    between = (asked_um - low_um) / (high_um - low_um)
    decades = math.log(asked_um / low_um) / math.log(high_um / low_um)
    return Exercise(
        key="07_cooperative_monte_carlo/time_without_cap_s",
        prompt=(
            f"A cooperative chain without the cap takes {at_low_s:g} s at {low_um:g} µM. How "
            f"long does it take at {asked_um:g} µM, in s?"
        ),
        expected=time_s,
        unit="s",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                at_low_s * asked_um / low_um,
                "Does more iodide make the exchange slower or faster?",
            ),
            Mistake(
                at_low_s * math.sqrt(low_um / asked_um),
                "That is the square root. Every term 1/P of the sum has k0 to the first power.",
            ),
            Mistake(
                at_low_s + (at_high_s - at_low_s) * between,
                "That lies on a straight line through the measured times, which have a cap or "
                "something like it. Here the sum 1/P decides.",
            ),
            Mistake(
                at_low_s * (at_high_s / at_low_s) ** decades,
                "That lies on the measured slope. Without the cap the slope is another one: look "
                "at the sum 1/P.",
            ),
            Mistake(
                at_low_s / (1 + math.log(asked_um / low_um)),
                "The barrier changes with the logarithm of the concentration, but the time with "
                "the exponential of the barrier.",
            ),
            Mistake(
                at_low_s / asked_um,
                "You divided by the concentration itself. By what factor has it changed?",
            ),
            Mistake(
                at_low_s,
                "That would be so if every event were certain. Here none is, without the cap.",
            ),
            Mistake(
                at_low_s / 10,
                "That is for ten times the concentration.",
            ),
        ),
        success="k0 stands in front of the whole sum: the time goes as one over the concentration.",
    )


def _slope() -> Exercise:
    """Measure a dependence on the concentration as an exponent."""
    from anionx_teach.paper import switching_times

    small = switching_times().iloc[:2]
    at_low_s, at_high_s = map(float, small["mean_s"])
    low_um, high_um = map(float, small["concentration_um"])
    ratio, tenfold = at_high_s / at_low_s, high_um / low_um
    slope = math.log(ratio) / math.log(tenfold)
    return Exercise(
        key="07_cooperative_monte_carlo/slope",
        prompt=(
            f"From {low_um:g} to {high_um:g} µM the mean switching time of the 5.1-nm crystals "
            f"falls from {at_low_s:g} to {at_high_s:g} s. What is the slope of the line between "
            "the two in a plot with logarithmic axes?"
        ),
        expected=slope,
        unit="",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(-slope, "The time falls as the concentration rises. Look at the sign."),
            Mistake(
                (at_high_s - at_low_s) / (high_um - low_um),
                "That is the slope with linear axes, in s per µM. Take the logarithms first.",
            ),
            Mistake(
                math.log(ratio),
                "You mixed logarithms: take the same one for the times and the concentrations.",
            ),
            Mistake(
                1 / slope,
                "That is upside down: the slope is the change of the time's logarithm over the "
                "change of the concentration's.",
            ),
            Mistake(1 / ratio, "That is the factor between the times, not yet the slope."),
            Mistake(
                -1 / (ratio * tenfold),
                "Divide the logarithms of the two factors, not the factors.",
            ),
            Mistake(
                math.log10(at_high_s) / math.log10(high_um),
                "You need the difference of the logarithms at both ends, not only at one.",
            ),
            Mistake(
                -math.log(at_low_s - at_high_s) / math.log(high_um - low_um),
                "You took the logarithm of the differences. It is the difference of the "
                "logarithms.",
            ),
        ),
        success="The logarithm of the factor in time over that of the factor in concentration.",
    )
