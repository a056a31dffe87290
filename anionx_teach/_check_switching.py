"""The exercises of lesson 06: a fitted time, its error, and the mean of many."""

import math

from anionx_teach._check_exercise import Exercise, Mistake

_CRYSTALS = 250  # the paper: more than 250 trajectories for each condition
_LESSON = "06_switching_times"


def switching_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 06, in the order of the lesson."""
    return (
        _time_constant(),
        _standard_error_of_the_mean(),
        _crystals_for_a_mean(),
        _spread_without_noise(),
        _error_of_a_ratio(),
    )


def _printed(row: int) -> tuple[float, float, str]:
    """Return mean and standard deviation (s) of a printed switching time, and its condition."""
    from anionx_teach.paper import switching_times

    line = switching_times().iloc[row]
    condition = f"{line['edge_length_nm']:g} nm, {line['concentration_um']:g} µM"
    return float(line["mean_s"]), float(line["sd_s"]), condition


def _time_constant() -> Exercise:
    """Turn a switching time into the tau of the logistic."""
    switching_s, _, condition = _printed(0)
    tau_s = switching_s / (2 * math.log(9))
    return Exercise(
        key=f"{_LESSON}/time_constant_s",
        prompt=(
            "The curve 1 / (1 + exp(-(t - t0) / tau)) takes "
            f"{switching_s:g} s from 10 to 90 % of its height ({condition}). How long is tau, in s?"
        ),
        expected=tau_s,
        unit="s",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(
                2 * tau_s,
                "That is the way from 10 to 50 % or from 50 to 90 % only. The clock runs for both.",
            ),
            Mistake(
                switching_s / (2 * math.log10(9)),
                "You took the logarithm to the base 10. The exponential function needs the "
                "natural one.",
            ),
            Mistake(
                switching_s * 2 * math.log(9),
                "Does one tau take longer or shorter than the way from 10 to 90 %?",
            ),
            Mistake(
                switching_s / math.log(10),
                "At 10 % the exponential is not 10: solve 0.1 = 1 / (1 + exp(u)) for u.",
            ),
            Mistake(
                switching_s / (2 * math.log(10)),
                "At 10 % the exponential is not 10: solve 0.1 = 1 / (1 + exp(u)) for u.",
            ),
            Mistake(switching_s / 2, "That is half of the switching time. How many tau is it?"),
        ),
        success="From 10 % to the middle it takes ln 9 of them, and as long again to 90 %.",
    )


def _standard_error_of_the_mean() -> Exercise:
    """Tell the spread of crystals from the uncertainty of their mean."""
    mean_s, sd_s, condition = _printed(0)
    se_s = sd_s / math.sqrt(_CRYSTALS)
    return Exercise(
        key=f"{_LESSON}/se_of_mean_s",
        prompt=(
            f"{_CRYSTALS} crystals ({condition}) have switching times with the mean {mean_s:g} s "
            f"and the standard deviation {sd_s:g} s. What is the standard error of the mean, in s?"
        ),
        expected=se_s,
        unit="s",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                sd_s,
                "That is how different the crystals are. Would you know their mean no better from "
                "many than from one?",
            ),
            Mistake(
                sd_s / _CRYSTALS,
                "Errors that go either way partly cancel, but not as quickly as one over the "
                "number.",
            ),
            Mistake(sd_s * math.sqrt(_CRYSTALS), "That is the error of the sum, not of the mean."),
            Mistake(
                mean_s / math.sqrt(_CRYSTALS),
                "You divided the mean. The uncertainty comes from the spread.",
            ),
            Mistake(2 * se_s, "That is two standard errors: 95 % instead of 68 %."),
            Mistake(sd_s**2 / _CRYSTALS, "That is its square: the variance of the mean, in s²."),
        ),
        success="The crystals stay as different as they are; their mean is known ever better.",
    )


def _crystals_for_a_mean() -> Exercise:
    """Ask how many crystals a wanted precision needs."""
    mean_s, sd_s, condition = _printed(1)
    wanted = 0.05
    number = (sd_s / (wanted * mean_s)) ** 2
    return Exercise(
        key=f"{_LESSON}/crystals_needed",
        prompt=(
            f"Switching times of {mean_s:g} s on average vary by {sd_s:g} s (standard deviation; "
            f"{condition}). How many crystals does it take to know the mean with a standard error "
            f"of {100 * wanted:g} %?"
        ),
        expected=number,
        unit="",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                math.sqrt(number),
                "That is how many times smaller the error has to become. How many crystals make it "
                "so?",
            ),
            Mistake(
                (sd_s / mean_s / wanted / 2) ** 2,
                "Your mean would be known with twice that standard error.",
            ),
            Mistake(
                (2 * sd_s / mean_s / wanted) ** 2,
                "That is for two standard errors within the wanted precision.",
            ),
            Mistake(
                (sd_s / wanted) ** 2,
                "You took the percentage for seconds. It is a part of the mean.",
            ),
            Mistake(
                (1 / wanted) ** 2,
                "That would be so if the standard deviation were as large as the mean.",
            ),
            Mistake(
                (mean_s / (wanted * sd_s)) ** 2,
                "Mean and standard deviation are interchanged.",
            ),
        ),
        success="Half the error costs four times as many crystals.",
    )


def _spread_without_noise() -> Exercise:
    """Take the errors of the fits out of a spread."""
    seen_s, fit_s = 9.4, 5.0
    spread_s = math.sqrt(seen_s**2 - fit_s**2)
    return Exercise(
        key=f"{_LESSON}/spread_without_noise_s",
        prompt=(
            f"The fitted switching times of a movie have a standard deviation of {seen_s:g} s. "
            f"The standard error of each fit is {fit_s:g} s (and is true). How different are the "
            "crystals themselves: what is their standard deviation, in s?"
        ),
        expected=spread_s,
        unit="s",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                seen_s - fit_s,
                "Independent errors do not add up as they are. What of them does?",
            ),
            Mistake(
                math.hypot(seen_s, fit_s),
                "What you see contains the errors of the fits already. Take them out.",
            ),
            Mistake(seen_s, "That is what you see, with the errors of the fits in it."),
            Mistake(seen_s**2 - fit_s**2, "That is a variance, in s². Take the root."),
            Mistake(seen_s + fit_s, "Noise makes a spread wider, not narrower."),
        ),
        success="Variances add up. Even a large error of a fit adds little to a larger spread.",
    )


def _error_of_a_ratio() -> Exercise:
    """Carry two errors into a ratio."""
    slow_s, slow_sd_s, _ = _printed(0)
    fast_s, fast_sd_s, _ = _printed(1)
    ratio = slow_s / fast_s
    parts = [
        sd_s / mean_s / math.sqrt(_CRYSTALS)
        for mean_s, sd_s in ((slow_s, slow_sd_s), (fast_s, fast_sd_s))
    ]
    error = ratio * math.hypot(*parts)
    return Exercise(
        key=f"{_LESSON}/error_of_ratio",
        prompt=(
            f"Tenfold iodide makes the small crystals {ratio:.2f} times as fast: "
            f"{slow_s:g} s over {fast_s:g} s, standard deviations {slow_sd_s:g} and "
            f"{fast_sd_s:g} s, {_CRYSTALS} crystals each. What is the standard error of this ratio?"
        ),
        expected=error,
        unit="",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                error * math.sqrt(_CRYSTALS),
                "You took the spread of the crystals. The ratio is one of means.",
            ),
            Mistake(
                math.hypot(*parts),
                "That is the relative error, a part of the ratio.",
            ),
            Mistake(
                ratio * sum(parts),
                "Independent errors partly cancel: add their squares, not the errors themselves.",
            ),
            Mistake(
                slow_sd_s / fast_sd_s,
                "Errors are not divided like the times. Which relative error has each mean?",
            ),
            Mistake(
                math.hypot(slow_sd_s, fast_sd_s) / math.sqrt(_CRYSTALS),
                "That is the error of a difference, in s. In a ratio the relative errors count.",
            ),
            Mistake(
                ratio * parts[0],
                "The time at the higher concentration has an error, too.",
            ),
            Mistake(
                ratio * parts[1],
                "The time at the lower concentration has an error, too.",
            ),
        ),
        success="Far from ten: that the dependence is weaker than one over the concentration is no "
        "accident of chance. (Bias is another matter: no number of crystals removes it.)",
    )
