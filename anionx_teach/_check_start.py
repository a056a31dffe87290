"""The exercise of lesson 00: compare two published numbers."""

from anionx_teach._check_exercise import Exercise, Mistake


def start_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 00."""
    return (_size_factor(),)


def _size_factor() -> Exercise:
    """Divide the switching time of the small crystals by that of the large ones."""
    from anionx_teach.paper import switching_times

    times = switching_times().set_index(["edge_length_nm", "concentration_um"])["mean_s"]
    (small_nm, dilute_um), (large_nm, concentrated_um) = times.index[0], times.index[-1]
    small_s, large_s = float(times[small_nm, dilute_um]), float(times[large_nm, dilute_um])
    concentrated_small_s = float(times[small_nm, concentrated_um])
    factor = small_s / large_s
    return Exercise(
        key="00_start_here/size_factor",
        prompt=(
            f"At {dilute_um:g} micromolar, by what factor do the {small_nm:g}-nm crystals take "
            f"longer to switch than the {large_nm:g}-nm crystals?"
        ),
        expected=factor,
        unit="",
        relative_tolerance=0.05,
        mistakes=(
            Mistake(
                1 / factor,
                "That is the other way round: a factor above 1 means that the small ones take "
                "longer.",
            ),
            Mistake(
                small_s - large_s,
                "That is a difference, in seconds. A factor is a ratio and has no unit.",
            ),
            Mistake(
                concentrated_small_s / float(times[large_nm, concentrated_um]),
                f"You compared at {concentrated_um:g} micromolar. Look for the rows with "
                f"{dilute_um:g}.",
            ),
            Mistake(
                small_s / concentrated_small_s,
                "You compared two concentrations. Compare two sizes at the same concentration.",
            ),
            Mistake(100 * factor, "That is in percent. Give the factor itself."),
        ),
        success="One mean over the other; the seconds cancel.",
    )
