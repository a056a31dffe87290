"""The exercises of lesson 04: what a cuvette records, and what can be computed from it."""

import math

from anionx_teach._check_exercise import Exercise, Mistake


def ensemble_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 04, in the order of the lesson."""
    return (_diffusion_time(), _on_its_way(), _finished_crystals(), _etching())


def _diffusion_time() -> Exercise:
    """Scale a time of diffusion with size."""
    from anionx_teach.ensemble import printed_course

    small_nm, large_nm = sorted(printed_course()["edge_length_nm"].unique())
    longer = large_nm / small_nm
    factor = longer**2
    return Exercise(
        key="04_ensemble/diffusion_time_factor",
        prompt=(
            "Suppose that diffusion within the crystal decides how long the exchange of a crystal "
            f"takes. By what factor is it longer for an edge of {large_nm:g} nm than for one of "
            f"{small_nm:g} nm?"
        ),
        expected=factor,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                longer,
                "That is for a front that moves at a constant speed. How far does diffusion come in "
                "twice the time?",
            ),
            Mistake(
                longer**3,
                "That is how the volume grows. Diffusion has farther to go, but it also has a larger "
                "face to come in by.",
            ),
            Mistake(1 / factor, "That is the other way round: which crystal needs longer?"),
            Mistake(
                math.sqrt(longer),
                "The way grows as the root of the time. How does then the time grow with the way?",
            ),
            Mistake(
                2 * longer,
                "You doubled the ratio of the edges. What does a square do?",
            ),
            Mistake(
                (large_nm - small_nm) ** 2,
                "You squared the difference of the edges, which is no factor. Square their ratio.",
            ),
        ),
        success="The way by diffusion grows as the root of the time, so the time as the way squared.",
    )


def _on_its_way() -> Exercise:
    """See how little of a mean over 35 s a fast event is."""
    from anionx_teach.ensemble import SPECTRUM_TIME_S

    spectrum_s = float(SPECTRUM_TIME_S)
    before_s, event_s = 10.0, 5.0
    percent = 100 * event_s / spectrum_s
    after_s = spectrum_s - before_s - event_s
    recorded = 100 * (event_s / 2 + after_s) / spectrum_s
    return Exercise(
        key="04_ensemble/on_its_way_percent",
        prompt=(
            f"The collection of one spectrum takes {spectrum_s:g} s. Each crystal starts "
            f"{before_s:g} s after its beginning, and goes evenly from bromide to iodide within "
            f"{event_s:g} s. For which part of the collection, in percent, is a crystal neither "
            "bromide nor iodide?"
        ),
        expected=percent,
        unit="%",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(percent / 100, "That is a fraction. Give it in percent."),
            Mistake(
                100 - percent,
                "That is the part in which it is one or the other. How long is it on its way?",
            ),
            Mistake(
                100 * (before_s + event_s) / spectrum_s,
                "Before its start the crystal is still pure bromide.",
            ),
            Mistake(
                100 * before_s / spectrum_s,
                "That is the time before the start. How long is the crystal on its way?",
            ),
            Mistake(
                100 * after_s / spectrum_s,
                "That is the time after the end. How long is the crystal on its way?",
            ),
            Mistake(
                recorded,
                "That is the iodide fraction as a mean over the collection. The question is for how "
                "long a crystal is on its way.",
            ),
            Mistake(
                100 * event_s / (spectrum_s - before_s),
                "You left out the time before the start. The spectrum collects then, too.",
            ),
            Mistake(
                100 * spectrum_s / event_s,
                "The fraction is upside down: can it be more than the whole?",
            ),
        ),
        success="So little of the recorded light is from crystals on their way.",
    )


def _finished_crystals() -> Exercise:
    """Count halide ions, not crystals."""
    small_nm, large_nm = 4.0, 6.0
    fraction = small_nm**3 / (small_nm**3 + large_nm**3)

    def share(power: int) -> float:
        return small_nm**power / (small_nm**power + large_nm**power)

    return Exercise(
        key="04_ensemble/finished_small_crystals",
        prompt=(
            f"Half of the crystals of a batch are cubes of {small_nm:g} nm, the other half cubes of "
            f"{large_nm:g} nm. All small ones are finished and no large one has begun. What is the "
            "iodide fraction of the batch, as an analysis of all its halide finds it?"
        ),
        expected=fraction,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                0.5,
                "That is the part of the crystals that are finished. In which of them is more "
                "halide?",
            ),
            Mistake(share(1), "You counted with the edges. The halide fills the volume."),
            Mistake(share(2), "You counted with the surfaces. The halide fills the volume."),
            Mistake(
                1 - fraction,
                "That is what is still bromide. Which crystals are finished?",
            ),
            Mistake(
                (small_nm / large_nm) ** 3,
                "That is iodide over bromide. The fraction is iodide over both.",
            ),
            Mistake(100 * fraction, "That is in percent. Give the fraction."),
        ),
        success="Crystals count with their volumes, in an analysis and in the light of a batch.",
    )


def _etching() -> Exercise:
    """Turn a shift of colour into a loss of size."""
    from anionx_teach._emission_energy import empirical_line
    from anionx_teach._units import natural_units
    from anionx_teach.ensemble import printed_course

    course = printed_course()
    small_nm = course["edge_length_nm"].min()
    small = course[course["edge_length_nm"] == small_nm]
    (start_s, end_s), (red_nm, blue_nm) = (
        small[name].iloc[1:].tolist() for name in ("time_s", "peak_wavelength_nm")
    )
    passed_s = end_s - start_s
    limit_ev, slope_ev_nm2 = empirical_line("pl_after_nm")
    photon_ev_nm = natural_units().photon_ev_nm

    def squared_edge(wavelength_nm: float) -> float:
        return slope_ev_nm2 / (photon_ev_nm / wavelength_nm - limit_ev)

    lost_pm = 1000 * (math.sqrt(squared_edge(red_nm)) - math.sqrt(squared_edge(blue_nm)))
    at_the_start_nm_per_nm = (2 * slope_ev_nm2 / small_nm**3) * red_nm**2 / photon_ev_nm
    return Exercise(
        key="04_ensemble/etch_rate_pm_per_s",
        prompt=(
            f"The light of a cube of CsPbI₃ with the edge L has the energy {limit_ev:.4f} eV + "
            f"{slope_ev_nm2:.3f} eV nm² / L². Its wavelength goes from {red_nm:g} nm at "
            f"{start_s:g} s to {blue_nm:g} nm at {end_s:g} s because the crystal dissolves slowly. "
            "By how much does its edge become shorter each second, in pm/s?"
        ),
        expected=lost_pm / passed_s,
        unit="pm/s",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                lost_pm / end_s,
                "Over which time does the wavelength change? The first of the two is not that at "
                "the time zero.",
            ),
            Mistake(
                lost_pm / passed_s / 2,
                "That is for one face. An edge has a face at either end.",
            ),
            Mistake(lost_pm / passed_s / 1000, "That is in nm/s. Give the rate in pm/s."),
            Mistake(lost_pm, "That is the whole loss. How much is it each second?"),
            Mistake(
                1000 * (red_nm - blue_nm) / passed_s,
                "That is how fast the wavelength changes. Which edges belong to the two "
                "wavelengths?",
            ),
            Mistake(
                1000 * (red_nm - blue_nm) / at_the_start_nm_per_nm / passed_s,
                "You took the slope of the curve at its beginning. It becomes steeper as the crystal "
                "shrinks: compute both edges.",
            ),
            Mistake(
                1000 * (squared_edge(red_nm) - squared_edge(blue_nm)) / passed_s,
                "Take a root: it is the square of the edge that comes out.",
            ),
        ),
        success="Two edges from two energies, and their difference over the time between.",
    )
