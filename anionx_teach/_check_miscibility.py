"""The exercises of lesson 08: a gap of miscibility, its end, and neighbours that help."""

import math

import numpy as np

from anionx_teach._check_exercise import Exercise, Mistake
from anionx_teach._miscibility_solution import gas_constant_kj_mol_k

_ROOM_K = 298.0
_LESSON = "08_miscibility"


def miscibility_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 08, in the order of the lesson."""
    return (
        _gain_of_two_phases(),
        _omega(),
        _spinodal(),
        _lever(),
        _threshold(),
        _independent_rise(),
        _helped_rate(),
    )


def _gain_of_two_phases() -> Exercise:
    """Find by trial what two phases gain."""
    from anionx_teach.miscibility import RegularSolution

    omega_kj_mol, x = 7.0, 0.5
    mixture = RegularSolution(omega_kj_mol, _ROOM_K)
    one_phase = float(mixture.mixing_free_energy_kj_mol(x))
    two_phases = float(mixture.equilibrium_free_energy_kj_mol(x))
    at_the_spinodal = float(mixture.mixing_free_energy_kj_mol(mixture.spinodal().low))
    return Exercise(
        key=f"{_LESSON}/gain_of_two_phases",
        prompt=(
            f"Omega = {omega_kj_mol:g} kJ/mol, {_ROOM_K:g} K, half of the anions iodide. By how "
            "much, in kJ/mol, is the free energy of the best two phases lower than that of one "
            "mixed phase?"
        ),
        expected=one_phase - two_phases,
        unit="kJ/mol",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                one_phase,
                "That is what two pure phases gain. A little of the other ion in each gains more.",
            ),
            Mistake(-two_phases, "That is measured from zero. Measure it from the one phase."),
            Mistake(two_phases, "That is measured from zero. Measure it from the one phase."),
            Mistake(
                omega_kj_mol / 4,
                "That is the heat of the one phase. What does it gain in entropy?",
            ),
            Mistake(
                one_phase - at_the_spinodal,
                "You took the ends of the spinodal for the two phases. The best two are others.",
            ),
            Mistake(
                float(np.subtract(*_bulk_free_energies(x))),
                "That is for 5.70 kJ/mol, the Omega of the example.",
            ),
        ),
        success="Two phases, each with a little of the other ion in it, lie lowest.",
    )


def _bulk_free_energies(x: float) -> tuple[float, float]:
    """Return the free energies of one phase and of two in the example of the lesson."""
    from anionx_teach.miscibility import RegularSolution

    mixture = RegularSolution(5.70, _ROOM_K)
    return (
        float(mixture.mixing_free_energy_kj_mol(x)),
        float(mixture.equilibrium_free_energy_kj_mol(x)),
    )


def _omega() -> Exercise:
    """Turn a critical temperature into an energy."""
    critical_k = 280.0
    omega = 2 * gas_constant_kj_mol_k() * critical_k
    return Exercise(
        key=f"{_LESSON}/omega_kj_mol",
        prompt=(
            f"A mixture separates only below {critical_k:g} K, its critical temperature. What is "
            "its Omega, in kJ/mol?"
        ),
        expected=omega,
        unit="kJ/mol",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(
                omega / 2,
                "That is R Tc. At x = 0.5 the curvature is R T / (x (1 - x)) - 2 Omega. What is it "
                "at the critical temperature?",
            ),
            Mistake(2 * omega, "x (1 - x) is 1/4 in the middle. And Omega stands there twice."),
            Mistake(omega / 4, "That is the heat at x = 0.5, not yet Omega."),
            Mistake(
                2 * gas_constant_kj_mol_k() * _ROOM_K,
                "You took the temperature of the room. Which temperature belongs to Omega?",
            ),
            Mistake(
                2 * gas_constant_kj_mol_k() * (critical_k - 273.15),
                "Temperatures are in K here, not in °C.",
            ),
            Mistake(2 * 1.987204e-3 * critical_k, "Your gas constant is in calories."),
        ),
        success="From 0 = R Tc / (1/4) - 2 Omega. At room temperature such a mixture mixes.",
    )


def _spinodal() -> Exercise:
    """Find where a mixture becomes unstable."""
    from anionx_teach.miscibility import RegularSolution

    omega_kj_mol = 7.0
    mixture = RegularSolution(omega_kj_mol, _ROOM_K)
    inner, outer = mixture.spinodal().low, mixture.binodal().low
    product = gas_constant_kj_mol_k() * _ROOM_K / (2 * omega_kj_mol)
    return Exercise(
        key=f"{_LESSON}/spinodal_fraction",
        prompt=(
            f"Omega = {omega_kj_mol:g} kJ/mol, {_ROOM_K:g} K. From which iodide fraction on, coming "
            "from bromide, is a mixture unstable even against the smallest fluctuation?"
        ),
        expected=inner,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(
                outer,
                "From there on two phases are better, but small fluctuations still die out. Where "
                "does the curvature change its sign?",
            ),
            Mistake(1 - inner, "That is where it ends, on the side of iodide."),
            Mistake(1 - outer, "That is the iodide-rich phase of the common tangent."),
            Mistake(product, "That is x (1 - x) there. Solve for x."),
            Mistake(
                2 * product,
                "Look at the factor in front of Omega in the curvature.",
            ),
        ),
        success="There R T / (x (1 - x)) = 2 Omega: the curve changes from a valley to a hill.",
    )


def _lever() -> Exercise:
    """Share a crystal between two phases."""
    low, high, x = 0.20, 0.80, 0.35
    share = (x - low) / (high - low)
    return Exercise(
        key=f"{_LESSON}/iodide_rich_share",
        prompt=(
            f"A crystal with the iodide fraction {x:g} has unmixed into phases with {low:.2f} and "
            f"{high:.2f}. Which part of its anion sites belongs to the iodide-rich phase?"
        ),
        expected=share,
        unit="",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(1 - share, "That is the bromide-rich phase."),
            Mistake(x, "So it would be if the two phases were pure."),
            Mistake(x - low, "Divide by the distance between the two phases."),
            Mistake(x / high, "There is iodide in the bromide-rich phase, too."),
            Mistake((x - low) / high, "Divide by the distance between the two phases."),
            Mistake(
                share * high / x,
                "That is which part of the iodide is in that phase. Asked are the sites.",
            ),
        ),
        success="The lever rule: count the iodide in both phases, and it must come out right.",
    )


def _threshold() -> Exercise:
    """Find the size at which a model changes its mind."""
    from anionx_teach.materials import parameter

    critical_k, length_nm = float(parameter("miscibility-001")), 1.5
    edge_nm = length_nm / (1 - _ROOM_K / critical_k)
    return Exercise(
        key=f"{_LESSON}/threshold_edge_nm",
        prompt=(
            f"Suppose that Tc(L) = {critical_k:g} K (1 - {length_nm:g} nm / L). Below which edge "
            f"length L, in nm, does every composition mix at {_ROOM_K:g} K?"
        ),
        expected=edge_nm,
        unit="nm",
        relative_tolerance=0.01,
        mistakes=(
            Mistake(
                length_nm * critical_k / _ROOM_K,
                "Did the 1 in the bracket get lost?",
            ),
            Mistake(
                length_nm / (critical_k / _ROOM_K - 1),
                "You divided by the wrong temperature: solve T = Tc (1 - L0/L) step by step.",
            ),
            Mistake(
                1.0 / (1 - _ROOM_K / critical_k),
                "That is for the 1.0 nm that the library takes.",
            ),
            Mistake(
                math.sqrt(length_nm / (1 - _ROOM_K / critical_k)),
                "Here L has the power one, not two.",
            ),
            Mistake(
                length_nm / (1 - 25 / (critical_k - 273.15)),
                "A ratio of temperatures needs kelvin, not °C.",
            ),
            Mistake(length_nm, "There Tc is 0 K. Where is it the temperature of the room?"),
        ),
        success="Solve T = Tc (1 - L0/L) for L.",
    )


def _independent_rise() -> Exercise:
    """Time the exchange of sites that do not know each other."""
    k0_per_s = 0.05
    rise_s = math.log(9) / k0_per_s
    return Exercise(
        key=f"{_LESSON}/independent_rise_s",
        prompt=(
            f"Every bromide of a crystal is exchanged at the rate {k0_per_s:g} per s, whatever its "
            "neighbours are. How long does the crystal take from 10 to 90 % iodide on average, in s?"
        ),
        expected=rise_s,
        unit="s",
        relative_tolerance=0.02,
        mistakes=(
            Mistake(1 / k0_per_s, "That is how long one site waits on average."),
            Mistake(
                math.log(10) / k0_per_s,
                "That is the time from the beginning to 90 %. When were 10 % reached?",
            ),
            Mistake(
                0.8 / k0_per_s,
                "The fewer sites are left, the fewer exchange in a second: it is no straight line.",
            ),
            Mistake(math.log(9), "In which unit? The rate is not 1 per s."),
            Mistake(
                math.log10(9) / k0_per_s,
                "You took the logarithm to the base 10.",
            ),
            Mistake(math.log(2) / k0_per_s, "That is the half time."),
            Mistake(math.log(9) * k0_per_s, "The faster, the shorter: divide by the rate."),
        ),
        success="x = 1 - exp(-k0 t): from ln(1/0.9) to ln(1/0.1) in units of 1/k0.",
    )


def _helped_rate() -> Exercise:
    """Compare two sites of a coupled lattice."""
    coupling_kt, neighbours = 0.8, 4
    factor = math.exp(coupling_kt * neighbours)
    return Exercise(
        key=f"{_LESSON}/helped_rate_factor",
        prompt=(
            f"Each iodide neighbour lowers the barrier of a bromide by {coupling_kt:g} kT. How many "
            f"times as fast is a bromide with {neighbours} iodide neighbours exchanged as one with "
            "none?"
        ),
        expected=factor,
        unit="",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                neighbours * math.exp(coupling_kt),
                "Barriers add up. What does that do to the rates?",
            ),
            Mistake(math.exp(coupling_kt), "That is for one neighbour."),
            Mistake(coupling_kt * neighbours, "That is how much lower the barrier is, in kT."),
            Mistake(
                1 + coupling_kt * neighbours,
                "The rate goes with the exponential of the barrier, not in proportion.",
            ),
            Mistake(math.exp(6 * coupling_kt), "That is for all six neighbours."),
            Mistake(
                10 ** (coupling_kt * neighbours),
                "The Boltzmann factor has the base e.",
            ),
            Mistake(1 / factor, "Does a lower barrier make it slower?"),
        ),
        success="exp(eps n): every neighbour multiplies the rate by the same factor.",
    )
