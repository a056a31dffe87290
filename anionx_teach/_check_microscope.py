"""The exercises of lesson 05: light of one crystal, from diffraction to the counts of a camera."""

from __future__ import annotations

import math

from anionx_teach._check_exercise import Exercise, Mistake

_EDGE_NM = 13.1  # the lesson prints the answer for 5.1 nm and the objective of the paper
_LESSON_EDGE_NM = 5.1
_LESSON_APERTURE = 1.49


def microscope_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 05, in the order of the lesson."""
    return (
        _spot_over_crystal(),
        _absorbed_photons(),
        _photo_electrons(),
        _electrons_for_a_ratio(),
        _dark_share(),
    )


def _spot_over_crystal() -> Exercise:
    """Compare the width of a spot with the crystal that makes it."""
    wavelength_nm, aperture = 620.0, 0.95
    unit_nm = wavelength_nm / aperture
    ratio = 0.51 * unit_nm / _EDGE_NM
    return Exercise(
        key="05_single_particles/spot_over_crystal",
        prompt=(
            f"A point that shines at {wavelength_nm:g} nm makes a spot with the full width at half "
            f"maximum 0.51 λ/NA. With an objective for air, which has NA = {aperture:g}: how many "
            f"times wider is the spot than a crystal with an edge of {_EDGE_NM:g} nm?"
        ),
        expected=ratio,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                0.61 * unit_nm / _EDGE_NM,
                "That is with 0.61, which gives the radius of the first dark ring. The question is "
                "for the width at half maximum.",
            ),
            Mistake(
                0.51 * unit_nm,
                "That is the width of the spot in nm. How many crystals side by side are that?",
            ),
            Mistake(
                0.21 * unit_nm / _EDGE_NM,
                "That is with 0.21, which gives the standard deviation. The question is for the "
                "width at half maximum.",
            ),
            Mistake(
                0.51 * wavelength_nm / _LESSON_APERTURE / _EDGE_NM,
                f"That is with NA = {_LESSON_APERTURE:g}, of the paper's oil objective. Here it is "
                f"{aperture:g}.",
            ),
            Mistake(
                0.51 * unit_nm / _LESSON_EDGE_NM,
                f"That is for a crystal of {_LESSON_EDGE_NM:g} nm. Here it is {_EDGE_NM:g} nm.",
            ),
            Mistake(0.51 * wavelength_nm / _EDGE_NM, "You left out NA: divide by it."),
            Mistake(
                0.51 * wavelength_nm * aperture / _EDGE_NM,
                "A larger NA makes a smaller spot: divide by it.",
            ),
            Mistake(unit_nm / _EDGE_NM, "You left out the factor 0.51."),
            Mistake(1 / ratio, "That is the other way round: the spot is the wider one."),
        ),
        success="The width of the spot is that of light, and says nothing about the crystal.",
    )


def _absorbed_photons() -> Exercise:
    """Turn an intensity into photons that one crystal absorbs."""
    from scipy import constants

    from anionx_teach.emission import PAPER_EXCITATION_W_CM2

    intensity_w_cm2 = float(PAPER_EXCITATION_W_CM2)
    energy_ev, area_cm2 = 2.28, 9.3e-15
    per_s = intensity_w_cm2 / (energy_ev * constants.e) * area_cm2
    return Exercise(
        key="05_single_particles/absorbed_per_s",
        prompt=(
            f"A crystal has an absorption cross-section of {area_cm2:g} cm², the exciting photons an "
            f"energy of {energy_ev:g} eV (1 eV = {constants.e:.4g} J). How many photons does it "
            f"absorb each second at {1e6 * intensity_w_cm2:g} µW/cm²?"
        ),
        expected=per_s,
        unit="1/s",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(1e6 * per_s, "You took W for µW."),
            Mistake(1e3 * per_s, "You took mW for µW."),
            Mistake(
                intensity_w_cm2 / energy_ev * area_cm2,
                "Power is in joule per second: the energy of a photon is needed in joule, too.",
            ),
            Mistake(
                intensity_w_cm2 / constants.e * area_cm2,
                "You took photons of 1 eV. How many of the larger ones are in the same energy?",
            ),
            Mistake(
                intensity_w_cm2 * energy_ev / constants.e * area_cm2,
                "Photons of more energy are fewer at the same power: divide by it.",
            ),
            Mistake(
                intensity_w_cm2 / (energy_ev * constants.e),
                "So many photons pass a square centimetre. What part of that is the crystal?",
            ),
            Mistake(0.05 * per_s, "That is for a frame of 50 ms. The question is for a second."),
        ),
        success=(
            "Fewer than one each second, and the camera sees only a part of them: nobody would see "
            "a single crystal with that."
        ),
    )


def _photo_electrons() -> Exercise:
    """Turn counts of a camera into photo-electrons."""
    from anionx_teach.camera import Camera

    camera = Camera()
    gain, per_count, offset = camera.em_gain, camera.electrons_per_count, camera.offset_counts
    counts = 820.0
    electrons = (counts - offset) * per_count / gain
    return Exercise(
        key="05_single_particles/photo_electrons",
        prompt=(
            f"A pixel reads {counts:g} counts. Without light it reads {offset:g}; the camera "
            f"multiplies each photo-electron to {gain:g} electrons, and {per_count:g} electrons after "
            "multiplication make a count. How many photo-electrons were there?"
        ),
        expected=electrons,
        unit="photo-electrons",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(counts * per_count / gain, "What does the pixel read without any light?"),
            Mistake(
                (counts - offset) * per_count,
                "Those are the electrons after multiplication. How many were there before?",
            ),
            Mistake((counts - offset) / gain, "A count is not one electron: how many make one?"),
            Mistake(
                (counts - offset) / per_count,
                "More electrons than counts make them: multiply by the electrons per count, and then "
                "there is the gain.",
            ),
            Mistake(
                (counts - offset) * gain / per_count,
                "That would be more electrons than the gain has made. Which way do you go?",
            ),
            Mistake(
                electrons / camera.quantum_efficiency,
                "Those are photons. The question is for the electrons that they set free.",
            ),
            Mistake(
                electrons / camera.excess_noise_factor_squared,
                "The factor 2 belongs to the variance, and not to the mean.",
            ),
        ),
        success="First the offset, then the electrons in a count, then the gain.",
    )


def _electrons_for_a_ratio() -> Exercise:
    """Find how much light a signal-to-noise ratio takes."""
    ratio, excess = 10.0, 2.0
    electrons = excess * ratio**2
    return Exercise(
        key="05_single_particles/electrons_for_ten",
        prompt=(
            "Electron multiplication is on: the variance of n photo-electrons is 2n. Leave out all "
            f"other noise. How many photo-electrons does a signal of {ratio:g} times its noise (the "
            "standard deviation) take?"
        ),
        expected=electrons,
        unit="photo-electrons",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(ratio**2, "That would be enough without multiplication. What is the variance?"),
            Mistake(
                excess**2 * ratio**2,
                "The factor 2 is that of the variance. You took it for the standard deviation.",
            ),
            Mistake(
                excess * ratio,
                "You divided by the variance. The noise is its square root.",
            ),
            Mistake(
                math.sqrt(excess) * ratio,
                "That is the noise when the signal is the square of 10. How large is the signal "
                "over the root of 2n?",
            ),
            Mistake(
                math.sqrt(excess) * ratio**2,
                "The root of 2 belongs to the noise. Square the whole ratio.",
            ),
            Mistake(ratio**2 / excess, "The excess noise asks for more light, not for less."),
        ),
        success="Twice the light that a camera without excess noise would need.",
    )


def _dark_share() -> Exercise:
    """See how rarely a cluster is dark."""
    bright, crystals = 0.7, 3
    percent = 100 * (1 - bright) ** crystals
    return Exercise(
        key="05_single_particles/dark_percent",
        prompt=(
            f"A spot holds {crystals} crystals. Each blinks by itself and is bright for "
            f"{100 * bright:g} % of the time. For which part of the time, in percent, is the whole "
            "spot dark?"
        ),
        expected=percent,
        unit="%",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(percent / 100, "That is a fraction. Give it in percent."),
            Mistake(
                100 * (1 - bright),
                "So long is one crystal dark. All of them have to be dark together.",
            ),
            Mistake(
                100 * bright**crystals,
                "For that part of the time all of them are bright. And dark?",
            ),
            Mistake(
                100 * (1 - bright**crystals),
                "For that part of the time at least one is dark. The spot is dark when all are.",
            ),
            Mistake(
                100 - percent, "For that part of the time the spot shines. How long does it not?"
            ),
            Mistake(
                100 * (1 - bright) / crystals,
                "Chances of independent events are multiplied, not divided by their number.",
            ),
            Mistake(
                100 * (1 - bright) * crystals,
                "Chances of independent events are multiplied, not added: can a cluster be dark for "
                "longer than a single crystal?",
            ),
        ),
        success="So a spot that is often quite dark is hardly a cluster.",
    )
