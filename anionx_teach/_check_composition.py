"""The exercises of lesson 03: composition gives a colour and a width; then those on the filter."""

from anionx_teach._check_exercise import Exercise, Mistake
from anionx_teach._check_filter import filter_exercises
from anionx_teach._line_shape import FWHM_PER_SIGMA


def composition_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 03, in the order of the lesson."""
    return (_mixed_colour(), _width_in_energy(), *filter_exercises())


def _mixed_colour() -> Exercise:
    """Mix energies, not wavelengths, and let them bow."""
    from anionx_teach._units import natural_units

    bromide_nm, iodide_nm = _printed_colours()
    photon_ev_nm = natural_units().photon_ev_nm
    bromide_ev, iodide_ev = photon_ev_nm / bromide_nm, photon_ev_nm / iodide_nm
    fraction, bowing_ev = 0.75, 0.2
    straight_ev = (1 - fraction) * bromide_ev + fraction * iodide_ev
    lowered_ev = bowing_ev * fraction * (1 - fraction)

    def colour_nm(energy_ev: float) -> float:
        return photon_ev_nm / energy_ev

    swapped_ev = fraction * bromide_ev + (1 - fraction) * iodide_ev - lowered_ev
    return Exercise(
        key="03_composition_and_filter/mixed_colour_nm",
        prompt=(
            f"A crystal emits at {bromide_nm:g} nm as bromide and at {iodide_nm:g} nm as iodide. "
            f"Suppose that the bowing were {bowing_ev:g} eV. At which wavelength, in nm, does it "
            f"emit at the iodide fraction {fraction:g}?"
        ),
        expected=colour_nm(straight_ev - lowered_ev),
        unit="nm",
        relative_tolerance=0.003,
        mistakes=(
            Mistake(
                colour_nm(straight_ev),
                "That lies on the straight line between the two energies. Where is the bowing?",
            ),
            Mistake(
                (1 - fraction) * bromide_nm + fraction * iodide_nm,
                "You mixed the wavelengths. It is energies that mix.",
            ),
            Mistake(
                colour_nm(straight_ev + lowered_ev),
                "Look at the sign: does bowing lift the energy or lower it?",
            ),
            Mistake(
                colour_nm(swapped_ev),
                "Which end does the iodide fraction belong to? You gave its weight to the bromide.",
            ),
            Mistake(
                colour_nm(straight_ev - bowing_ev),
                "You took off the whole bowing b. It is multiplied by x (1 - x), which is zero at "
                "both ends.",
            ),
            Mistake(
                colour_nm(straight_ev - bowing_ev * fraction),
                "You took off b x, which would also shift the pure iodide. What else vanishes at "
                "x = 1?",
            ),
            Mistake(
                colour_nm(straight_ev - bowing_ev * fraction**2),
                "You took off b x squared. The bowing has one factor x, and another one.",
            ),
            Mistake(straight_ev - lowered_ev, "That is the energy in eV. Which wavelength is it?"),
        ),
        success="Mix the energies, take off b x (1 - x), then turn the result into a wavelength.",
    )


def _width_in_energy() -> Exercise:
    """Convert a width, which is no conversion of a wavelength."""
    from anionx_teach._units import natural_units
    from anionx_teach.photoluminescence import line_width_mev

    _, centre_nm = _printed_colours()
    width_nm = 35.0
    photon_mev_nm = 1000 * natural_units().photon_ev_nm
    width_mev = float(line_width_mev(width_nm, centre_nm))
    return Exercise(
        key="03_composition_and_filter/line_width_mev",
        prompt=(
            f"A line at {centre_nm:g} nm is {width_nm:g} nm wide (full width at half maximum). How "
            "wide is it in energy, in meV?"
        ),
        expected=width_mev,
        unit="meV",
        relative_tolerance=0.025,
        mistakes=(
            Mistake(
                photon_mev_nm / width_nm,
                f"That is the energy of a photon of {width_nm:g} nm. A width is a difference of two "
                "energies.",
            ),
            Mistake(
                photon_mev_nm / centre_nm,
                "That is the energy at the centre of the line. How do the energies of its two "
                "flanks differ?",
            ),
            Mistake(
                photon_mev_nm * width_nm / centre_nm,
                "One wavelength too few: the derivative of 1/lambda is -1/lambda squared.",
            ),
            Mistake(width_mev / 1000, "That is in eV. Give the width in meV."),
            Mistake(
                width_mev / 2,
                "That is half of the width: from the centre to one flank.",
            ),
            Mistake(
                width_mev / FWHM_PER_SIGMA,
                "That is the standard deviation. The full width at half maximum was asked for.",
            ),
            Mistake(
                width_mev * FWHM_PER_SIGMA,
                "The width is a full width at half maximum already: nothing is to be multiplied.",
            ),
            Mistake(
                width_nm / centre_nm,
                "That is the relative width. Relative to which energy?",
            ),
        ),
        success="h c times the width over the wavelength squared.",
    )


def _printed_colours() -> tuple[float, float]:
    """Return the paper's wavelengths (nm) of the smallest batch before and after the exchange."""
    from anionx_teach.paper import batches

    printed = batches().dropna(subset=["pl_before_nm", "pl_after_nm"]).iloc[0]
    return float(printed["pl_before_nm"]), float(printed["pl_after_nm"])
