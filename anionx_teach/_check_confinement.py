"""The exercises of lesson 02: what a small box does to an electron, a hole and a colour."""

import math

from anionx_teach._check_exercise import Exercise, Mistake


def confinement_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 02, in the order of the lesson."""
    return (_box_energy(), _doubled_edge(), _photon_wavelength(), _bohr_diameter())


def _box_energy() -> Exercise:
    """Compute the lowest level of an electron and a hole in a cube."""
    from scipy.constants import e

    from anionx_teach._units import natural_units
    from anionx_teach.materials import CSPBBR3
    from anionx_teach.paper import batches

    edge_nm = float(batches()["edge_length_nm"].iloc[0])
    mass_m0 = float(CSPBBR3.reduced_mass_m0)
    energy_ev = 3 * math.pi**2 * natural_units().kinetic_ev_nm2 / (mass_m0 * edge_nm**2)
    return Exercise(
        key="02_confinement/box_energy_ev",
        prompt=(
            f"An electron and a hole with the reduced mass {mass_m0:g} m0 are confined in a cube "
            f"with an edge length of {edge_nm:g} nm and hard walls. What is their lowest "
            "confinement energy, in eV?"
        ),
        expected=energy_ev,
        unit="eV",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                energy_ev / 3,
                "That is the energy of one direction. In how many directions is the pair confined?",
            ),
            Mistake(
                4 * energy_ev,
                "Did you use half of the edge length, as if it were a diameter? The box is a whole "
                "edge wide.",
            ),
            Mistake(
                energy_ev / 4,
                "Did you double the edge length, as if it were a radius? The box is one edge wide.",
            ),
            Mistake(energy_ev * e, "That is in joules. Give the energy in eV."),
            Mistake(1000 * energy_ev, "That is in meV. Give the energy in eV."),
            Mistake(energy_ev / math.pi**2, "Where has pi squared gone?"),
            Mistake(
                energy_ev / 2,
                "That is one of the two carriers. Electron and hole are both confined.",
            ),
            Mistake(
                _two_band_energy_ev(edge_nm),
                "That is the two-band model that the explorer draws. Use the formula of the box.",
            ),
            Mistake(
                energy_ev * 4 * math.pi**2,
                "You used h where the formula has h-bar, which is smaller by 2 pi.",
            ),
            Mistake(
                energy_ev * edge_nm,
                "How does the energy depend on the edge length? A wave number enters the kinetic "
                "energy squared.",
            ),
            Mistake(
                energy_ev * edge_nm**2,
                "The edge length is missing: the result must become smaller for a larger box.",
            ),
            Mistake(2 * energy_ev, "The kinetic energy has a factor of one half."),
            Mistake(
                energy_ev * mass_m0,
                "You used the mass of a free electron. In the crystal the pair is lighter.",
            ),
            Mistake(
                energy_ev * 1e-18,
                "The edge length must be in metres when h-bar and m0 are in SI units.",
            ),
        ),
        success="Three directions, each with (pi h-bar / L)^2 over twice the reduced mass.",
    )


def _two_band_energy_ev(edge_nm: float) -> float:
    """Return the confinement energy that a learner reads off the explorer's energy levels."""
    from anionx_teach.confinement import confined_levels_ev

    levels = confined_levels_ev(edge_nm, model="nonparabolic")
    return float(levels.electron_shift_ev + levels.hole_shift_ev)


def _doubled_edge() -> Exercise:
    """See the power law."""
    ratio = 0.5**2
    return Exercise(
        key="02_confinement/doubled_edge_ratio",
        prompt=(
            "The edge length of a cube is doubled. By what factor is its confinement energy "
            "multiplied?"
        ),
        expected=ratio,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                1 / ratio,
                "That is the other way round: is it the small or the large box that has the "
                "higher energy?",
            ),
            Mistake(
                math.sqrt(ratio),
                "The wave number is divided by two. How does the kinetic energy depend on it?",
            ),
            Mistake(
                ratio**1.5,
                "That is how the volume changes, inverted. The energy does not follow the volume.",
            ),
            Mistake(2.0, "Is it the small or the large box that has the higher energy?"),
            Mistake(1.0, "That would mean that the edge length does not matter."),
            Mistake(100 * ratio, "That is in percent. Give the factor itself."),
        ),
        success="The energy goes as one over the edge length squared.",
    )


def _photon_wavelength() -> Exercise:
    """Turn an energy into a colour."""
    from scipy.constants import e, h

    from anionx_teach._units import natural_units

    energy_ev = 2.40
    wavelength_nm = natural_units().photon_ev_nm / energy_ev
    return Exercise(
        key="02_confinement/photon_wavelength_nm",
        prompt=f"What is the wavelength, in nm, of a photon of {energy_ev:.2f} eV?",
        expected=wavelength_nm,
        unit="nm",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(
                wavelength_nm * energy_ev**2,
                "You multiplied by the energy. A photon of higher energy has a shorter wavelength.",
            ),
            Mistake(
                wavelength_nm * e,
                "The energy must be in joules when h and c are in SI units; you left it in eV.",
            ),
            Mistake(
                wavelength_nm / (2 * math.pi),
                "You used h-bar. With the wavelength, and not the wave number, it is h.",
            ),
            Mistake(wavelength_nm * 1e-9, "That is in metres. Give the wavelength in nm."),
            Mistake(wavelength_nm * 10, "That is in angstrom. Give the wavelength in nm."),
            Mistake(wavelength_nm / 1000, "That is in micrometres. Give the wavelength in nm."),
            Mistake(
                1e7 / wavelength_nm,
                "That is a wave number in 1/cm. Give the wavelength in nm.",
            ),
            Mistake(
                energy_ev * e / h,
                "That is the frequency in Hz. The speed of light leads from it to the wavelength.",
            ),
        ),
        success="h times c over the energy: about 1240 eV nm over the energy in eV.",
    )


def _bohr_diameter() -> Exercise:
    """Compare the exciton with the crystal."""
    from anionx_teach.materials import CSPBBR3

    diameter_nm = float(CSPBBR3.bohr_diameter_nm)
    mass_m0, dielectric = float(CSPBBR3.reduced_mass_m0), float(CSPBBR3.dielectric_constant)
    hydrogen_nm = diameter_nm * mass_m0 / dielectric
    return Exercise(
        key="02_confinement/bohr_diameter_nm",
        prompt=(
            f"How large is the exciton of bulk CsPbBr₃? Give its Bohr diameter in nm, with the "
            f"reduced mass {mass_m0:g} m0 and the dielectric constant {dielectric:g}. The Bohr "
            f"radius of hydrogen is {hydrogen_nm / 2:.4f} nm."
        ),
        expected=diameter_nm,
        unit="nm",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(diameter_nm / 2, "That is the radius. The question is for the diameter."),
            Mistake(2 * diameter_nm, "That is twice the diameter: did you double it twice?"),
            Mistake(10 * diameter_nm, "That is in angstrom. Give the diameter in nm."),
            Mistake(
                diameter_nm / dielectric,
                "The crystal screens the attraction between electron and hole. Which constant "
                "describes that?",
            ),
            Mistake(
                diameter_nm * mass_m0,
                "You used the mass of a free electron. A lighter pair keeps a larger distance.",
            ),
            Mistake(
                hydrogen_nm * dielectric * mass_m0,
                "Does a heavier pair come closer together or move apart? The mass is on the wrong "
                "side of the fraction.",
            ),
            Mistake(
                hydrogen_nm * mass_m0 / dielectric,
                "The fraction is upside down: screening makes the exciton larger.",
            ),
            Mistake(hydrogen_nm, "That is hydrogen. What do the mass and the screening change?"),
        ),
        success="Twice the hydrogen radius, times the dielectric constant, over the reduced mass.",
    )
