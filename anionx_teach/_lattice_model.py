"""The lattice model: its settings, and the rate of a site with each number of iodide neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anionx_teach._validation import Numbers, between, count, finite, one_of, positive, scalar

RATE_LAWS = ("cooperative", "metropolis", "glauber")
"""How the rate follows from the neighbours: `cooperative` is the model, the others its contrast."""

STARTS = ("everywhere", "surface")
"""Where the exchange may begin."""

N_NEIGHBOURS = 6
MOST_BYTES = 1_000_000_000
"""Memory that a lattice may need, in bytes."""

_BYTES_PER_SITE = 130  # measured, without compiled code: with it, less than a third
MOST_CELLS = int((MOST_BYTES / _BYTES_PER_SITE) ** (1 / 3))

_LARGEST_KT = 100.0  # exp of six times it is finite, and leaves room for the rate and the sites
_SLOWEST_PER_S, _FASTEST_PER_S = 1e-30, 1e30  # far from where times would overflow


@dataclass(frozen=True)
class LatticeModel:
    """Anion exchange of a nanocrystal as a lattice of sites, each helped by its neighbours.

    Parameters
    ----------
    cells : int
        Number n of anion sites along an edge; the crystal has n^3. At least 2, and not so many
        that 1 GB would not do (197).
    coupling_kt : float
        eps, by how much an iodide neighbour lowers the barrier, in kT, -100 to 100; below 0
        neighbours hinder.
    attempt_rate_per_s : float
        k0 > 0, in 1/s (1e-30 to 1e30): for `cooperative`, the rate of a site without an iodide
        neighbour, proportional to the concentration of iodide; for the others the highest rate.
    start : str
        "everywhere", or "surface": then a site inside the crystal waits for its first iodide
        neighbour.
    rates : str
        One of `RATE_LAWS`.
    driving_kt : float
        Free energy that the exchange of an anion gains apart from its neighbours, in kT, -100 to
        100; without meaning for `cooperative`.

    Raises
    ------
    TypeError, ValueError
        If a setting is not one of those above.

    Notes
    -----
    The sites are those of a simple cubic lattice with free surfaces; the anions of a real
    perovskite lie at the corners of octahedra, with eight nearest anions. With n_I iodide and n_Br
    bromide neighbours (six together inside, fewer at the surface), bromide becomes iodide at the
    rate

    * cooperative: k0 exp(eps n_I);
    * metropolis: k0 min(1, exp(g)), with the free energy gained g = driving + eps (n_I - n_Br) / 2;
    * glauber: k0 / (1 + exp(-g)).

    With metropolis and glauber iodide can also become bromide, at the rate for -g
    (`simulate_reversible_lattice`). They share one equilibrium: each unlike pair of neighbours
    costs eps/2, each iodide gains `driving`, and above eps = 0.887 a large crystal separates into
    two phases (it is the Ising model in three dimensions). The lattice is our picture, not the
    mechanism of the paper, and no number of it was measured.

    Metropolis and Glauber rates never exceed k0, so that on average no rise from 10 to 90 % is
    shorter than ln 9 / k0, the one of independent sites: strong coupling only makes it longer. The
    rates of `cooperative` have no such limit, and that assumption makes the switch.

    References
    ----------
    A. B. Bortz, M. H. Kalos, J. L. Lebowitz, J. Comput. Phys. 17, 10 (1975), for the simulation;
    R. J. Glauber, J. Math. Phys. 4, 294 (1963); N. Metropolis et al., J. Chem. Phys. 21, 1087
    (1953).

    Examples
    --------
    >>> model = LatticeModel(13, 1.02, 0.01)
    >>> model.n_sites, model.forward_rate_per_s.round(3).tolist()
    (2197, [0.01, 0.028, 0.077, 0.213, 0.591, 1.64, 4.549])
    >>> LatticeModel(13, 1.02, 0.01, rates="metropolis").forward_rate_per_s.round(4).tolist()
    [0.0005, 0.0013, 0.0036, 0.0100, 0.0100, 0.0100, 0.0100]
    """

    cells: int
    coupling_kt: float
    attempt_rate_per_s: float
    start: str = "everywhere"
    rates: str = "cooperative"
    driving_kt: float = 0.0

    def __post_init__(self) -> None:
        cells = count("cells", self.cells, minimum=2)
        if cells > MOST_CELLS:
            msg = (
                f"cells must be <= {MOST_CELLS}, got {cells}: its {cells**3:.3g} sites need more "
                f"than {MOST_BYTES / 1e9:g} GB"
            )
            raise ValueError(msg)
        object.__setattr__(self, "cells", cells)
        for name in ("coupling_kt", "attempt_rate_per_s", "driving_kt"):
            object.__setattr__(self, name, scalar(name, getattr(self, name)))
        finite("coupling_kt", self.coupling_kt, "kT")
        if abs(self.coupling_kt) > _LARGEST_KT:
            msg = (
                f"coupling_kt must be between {-_LARGEST_KT:g} and {_LARGEST_KT:g} kT, or "
                f"exp(6 coupling_kt) would overflow, got {self.coupling_kt:g}"
            )
            raise ValueError(msg)
        positive("attempt_rate_per_s", self.attempt_rate_per_s, "1/s")
        between(
            "attempt_rate_per_s", self.attempt_rate_per_s, _SLOWEST_PER_S, _FASTEST_PER_S, "1/s"
        )
        finite("driving_kt", self.driving_kt, "kT")
        between("driving_kt", self.driving_kt, -_LARGEST_KT, _LARGEST_KT, "kT")
        one_of("start", self.start, STARTS)
        one_of("rates", self.rates, RATE_LAWS)

    @property
    def n_sites(self) -> int:
        """Number of anion sites."""
        return self.cells**3

    @property
    def forward_rate_per_s(self) -> Numbers:
        """Rate in 1/s of bromide inside the crystal with 0 to 6 iodide neighbours, (7,)."""
        forward = self.relative_rates()[0]
        return self.attempt_rate_per_s * (forward if self._never_backward else forward[::2])

    @property
    def backward_rate_per_s(self) -> Numbers:
        """Rate in 1/s of iodide inside the crystal with 0 to 6 iodide neighbours, (7,)."""
        backward = self.relative_rates()[1]
        return self.attempt_rate_per_s * (backward if self._never_backward else backward[::2])

    @property
    def _never_backward(self) -> bool:
        return self.rates == "cooperative"

    def relative_rates(self) -> tuple[Numbers, Numbers]:
        """Return the rates forward and backward over k0.

        Returns
        -------
        tuple of numpy.ndarray
            Forward and backward; for `cooperative` of the shape (7,), for 0 to 6 iodide neighbours,
            and never backward; else (13,), for n_I - n_Br = -6 to 6.

        Examples
        --------
        >>> forward, backward = LatticeModel(2, 1.0, 5.0, rates="glauber").relative_rates()
        >>> forward[::3].round(2).tolist(), (forward + backward)[::3].tolist()
        ([0.05, 0.18, 0.50, 0.82, 0.95], [1.0, 1.0, 1.0, 1.0, 1.0])
        """
        if self._never_backward:
            neighbours = np.arange(N_NEIGHBOURS + 1.0)
            return np.exp(self.coupling_kt * neighbours), np.zeros(neighbours.size)
        surplus = np.arange(-N_NEIGHBOURS, N_NEIGHBOURS + 1.0)
        gained = self.driving_kt + self.coupling_kt * surplus / 2
        if self.rates == "metropolis":
            return np.exp(np.minimum(gained, 0.0)), np.exp(np.minimum(-gained, 0.0))
        return 1.0 / (1.0 + np.exp(-gained)), 1.0 / (1.0 + np.exp(gained))
