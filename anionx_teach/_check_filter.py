"""The exercises of lesson 03 on the filter: what it passes, from when on, and what it hides."""

import math
from statistics import NormalDist

from anionx_teach._check_exercise import Exercise, Mistake
from anionx_teach._line_shape import FWHM_PER_SIGMA


def filter_exercises() -> tuple[Exercise, ...]:
    """Return the last exercises of lesson 03, in the order of the lesson."""
    return (_share_in_the_window(), _entry(), _remaining_factor())


def _share_in_the_window() -> Exercise:
    """Integrate the flank of a line whose maximum lies outside a window."""
    from anionx_teach.paper import batches
    from anionx_teach.photoluminescence import RED_EMISSION_FILTER

    centre_nm = float(batches()["pl_after_nm"].dropna().iloc[-1])
    width_nm = 40.0
    low_nm, high_nm = RED_EMISSION_FILTER.low_nm, RED_EMISSION_FILTER.high_nm

    def share(sigma_nm: float) -> float:
        line = NormalDist(centre_nm, sigma_nm)
        return line.cdf(high_nm) - line.cdf(low_nm)

    passing = share(width_nm / FWHM_PER_SIGMA)
    return Exercise(
        key="03_composition_and_filter/share_in_the_window",
        prompt=(
            f"The line of the largest product has its maximum at {centre_nm:g} nm and is "
            f"{width_nm:g} nm wide (full width at half maximum). Take it for a normal distribution "
            f"of wavelengths. Which part of its light passes the filter, {low_nm:g} to "
            f"{high_nm:g} nm? Give a number between 0 and 1."
        ),
        expected=passing,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                share(width_nm),
                "You took the full width at half maximum for the standard deviation.",
            ),
            Mistake(
                share(width_nm / 2),
                "You took half of the width for the standard deviation. For a normal distribution "
                "the two differ.",
            ),
            Mistake(1 - passing, "That is the part that the filter blocks."),
            Mistake(100 * passing, "That is in percent. Give a number between 0 and 1."),
            Mistake(
                (high_nm - (centre_nm - width_nm / 2)) / width_nm,
                "You took the line for a box with sharp sides. It has flanks.",
            ),
            Mistake(
                0.0,
                "The maximum lies outside, but the line has a width: where is its flank?",
            ),
            Mistake(
                0.5 - passing,
                "That is the part between the edge of the filter and the maximum, which does not "
                "pass.",
            ),
            Mistake(
                NormalDist().pdf((high_nm - centre_nm) * FWHM_PER_SIGMA / width_nm),
                "That is the height of the curve at the edge of the filter. What is the area?",
            ),
        ),
        success="The area of the flank beyond the edge of the filter.",
    )


def _entry() -> Exercise:
    """Solve for the composition at which a line reaches the filter."""
    from anionx_teach._units import natural_units
    from anionx_teach.confinement import band_gap_ev
    from anionx_teach.materials import parameter
    from anionx_teach.photoluminescence import (
        RED_EMISSION_FILTER,
        BandpassFilter,
        entry_fraction,
    )

    edge_nm, bowing_ev = 7.8, float(parameter("materials-062"))
    bromide_ev, iodide_ev = (float(band_gap_ev(edge_nm, end)) for end in (0.0, 1.0))
    window = BandpassFilter(600.0, RED_EMISSION_FILTER.high_nm)
    photon_ev_nm = natural_units().photon_ev_nm
    bromide_nm, iodide_nm = photon_ev_nm / bromide_ev, photon_ev_nm / iodide_ev
    entry = float(entry_fraction(edge_nm, window))

    def entry_with(bowing_ev: float, reached_nm: float = window.low_nm) -> float:
        """Return the smaller solution of b x^2 - (E_Br - E_I + b) x + (E_Br - E) = 0."""
        slope_ev = bromide_ev - iodide_ev + bowing_ev
        to_go_ev = bromide_ev - photon_ev_nm / reached_nm
        return 2 * to_go_ev / (slope_ev + math.sqrt(slope_ev**2 - 4 * bowing_ev * to_go_ev))

    return Exercise(
        key="03_composition_and_filter/entry_fraction",
        prompt=(
            f"A cube of {edge_nm:g} nm has {bromide_ev:.3f} eV as bromide and {iodide_ev:.3f} eV "
            f"as iodide, with a bowing of {bowing_ev:g} eV. At which iodide fraction does its "
            f"maximum reach {window.low_nm:g} nm, where another filter begins?"
        ),
        expected=entry,
        unit="",
        relative_tolerance=0.012,
        mistakes=(
            Mistake(
                entry_with(0.0),
                "That lies on the straight line between the two energies. Bowing makes the line "
                "arrive earlier.",
            ),
            Mistake(
                (window.low_nm - bromide_nm) / (iodide_nm - bromide_nm),
                "You went along a straight line of wavelengths. It is energies that mix.",
            ),
            Mistake(
                entry_with(-bowing_ev),
                "Look at the sign of the bowing: it lowers the energy in between.",
            ),
            Mistake(
                entry_with(bowing_ev, window.high_nm),
                "That belongs to the red edge of the filter. The line arrives from the blue.",
            ),
            Mistake(
                float(entry_fraction(edge_nm)),
                "That is for the filter of the paper, which begins at a shorter wavelength.",
            ),
            Mistake(1 - entry, "That is the fraction of bromide which is left."),
            Mistake(
                float(entry_fraction(5.1, window)),
                "That is the smallest batch of the paper. The colours of this one lie farther in "
                "the red.",
            ),
            Mistake(
                float(entry_fraction(13.1, window)),
                "That is the largest batch of the paper. The colours of this one lie less far in "
                "the red.",
            ),
            Mistake(100 * entry, "That is in percent. Give a number between 0 and 1."),
        ),
        success="The smaller solution of a quadratic equation: the larger one lies beyond x = 1.",
    )


def _remaining_factor() -> Exercise:
    """Take the filter's share out of a published factor."""
    from anionx_teach.paper import switching_times

    printed = switching_times().query("concentration_um == 50")["mean_s"]
    small_s, large_s = float(printed.iloc[0]), float(printed.iloc[-1])
    measured, of_the_filter = small_s / large_s, 0.6
    remaining = measured / of_the_filter
    return Exercise(
        key="03_composition_and_filter/remaining_factor",
        prompt=(
            f"At 50 µM the paper measures {small_s:g} s for the small and {large_s:g} s for the "
            "large crystals. Suppose that the filter makes the rise of the small ones appear "
            f"{of_the_filter:g} times as long as that of the large ones when both exchange alike. "
            "By what factor do the small ones then truly take longer?"
        ),
        expected=remaining,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                measured * of_the_filter,
                "You multiplied. The measured factor is the true one times that of the filter.",
            ),
            Mistake(
                measured,
                "That is the measured factor. What the filter does is still in it.",
            ),
            Mistake(
                measured - of_the_filter,
                "Factors are not subtracted: how do two of them act one after the other?",
            ),
            Mistake(
                1 / remaining,
                "That is the large over the small. The small ones take longer.",
            ),
            Mistake(
                small_s - large_s,
                "That is a difference in seconds. A factor is asked for.",
            ),
            Mistake(
                measured / (1 - of_the_filter),
                "The filter's number is a factor and not a loss: nothing is to be taken from 1.",
            ),
        ),
        success="True factor times the filter's gives what is measured. Here the filter hides a "
        "part of the size effect.",
    )
