"""Light of nanocrystals: emission and absorption spectra, and what a filter lets the camera see.

One nanocrystal emits a Gaussian line in energy; a batch emits the sum of its crystals' lines; a
microscope sees the part of a line that its filter lets pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._confinement_inputs import BOWING_EV, checked_edges_nm
from anionx_teach._filter_bias import FilterBias
from anionx_teach._filtered_light import (
    entry_fraction,
    exit_fraction,
    filter_bias,
    filtered_rise,
    transmitted_fraction,
)
from anionx_teach._line_shape import gaussian_per_ev, sigma_ev
from anionx_teach._line_width import (
    DEFAULT_FWHM_MEV,
    FWHM_MEV,
    checked_fwhm,
    line_width_mev,
    line_width_nm,
)
from anionx_teach._optical_filters import (
    GREEN_EMISSION_FILTER,
    GREEN_EXCITATION_FILTER,
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    BandpassFilter,
)
from anionx_teach._spectra import batch_edges, batch_spectra
from anionx_teach._spectrum_inputs import checked_batch, checked_options, checked_wavelengths
from anionx_teach._units import natural_units

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers
    from anionx_teach.nanocrystals import NanocrystalBatch

__all__ = [
    "DEFAULT_FWHM_MEV",
    "GREEN_EMISSION_FILTER",
    "GREEN_EXCITATION_FILTER",
    "RED_EMISSION_FILTER",
    "RED_EXCITATION_FILTER",
    "BandpassFilter",
    "FilterBias",
    "absorption_spectrum",
    "entry_fraction",
    "exit_fraction",
    "filter_bias",
    "filtered_rise",
    "line_shape",
    "line_width_mev",
    "line_width_nm",
    "pl_spectrum",
    "transmitted_fraction",
]


def line_shape(
    wavelength_nm: npt.ArrayLike,
    centre_nm: npt.ArrayLike,
    *,
    fwhm_mev: float = FWHM_MEV,
) -> Numbers | float:
    r"""Return the emission line of one nanocrystal over wavelength.

    Parameters
    ----------
    wavelength_nm : float or array_like
        Where, in nm; broadcasts with `centre_nm`.
    centre_nm : float or array_like
        Wavelength that belongs to the centre of the line in energy, in nm.
    fwhm_mev : float
        Full width at half maximum in energy, 1 to 1000 meV.

    Returns
    -------
    float or numpy.ndarray
        Light per nm; the area over wavelength is 1.

    Raises
    ------
    TypeError, ValueError
        If a wavelength is not above 0, the width is out of range, or the shapes do not broadcast.

    Notes
    -----
    A Gaussian of unit area in energy, times what an interval of a nanometre is worth in energy,

    .. math:: S(\lambda) = \frac{1}{\sqrt{2 \pi} \sigma}
        \exp\left(-\frac{(hc/\lambda - E_0)^2}{2 \sigma^2}\right) \frac{hc}{\lambda^2},
        \quad \sigma = \mathrm{FWHM} / 2.3548 .

    The factor :math:`hc/\lambda^2` keeps the area, tilts the line, and moves its maximum by
    :math:`2 \sigma^2 / E_0` to higher energy: by 0.9 nm at 661 nm for the default width.

    References
    ----------
    J. Mooney, P. Kambhampati, J. Phys. Chem. Lett. 4, 3316 (2013), on the factor (literature, to be
    verified).

    Examples
    --------
    >>> wavelength_nm = np.linspace(500, 900, 4001)
    >>> line = line_shape(wavelength_nm, 661)
    >>> print(f"{np.trapezoid(line, wavelength_nm):.6f}, {wavelength_nm[line.argmax()]:.1f} nm")
    1.000000, 660.1 nm
    """
    wavelengths = _validation.length_nm("wavelength_nm", wavelength_nm)
    centres = _validation.length_nm("centre_nm", centre_nm)
    require_broadcast(wavelength_nm=wavelengths, centre_nm=centres)
    photon_ev_nm = natural_units().photon_ev_nm
    distance_ev = photon_ev_nm / wavelengths - photon_ev_nm / centres
    per_ev = gaussian_per_ev(distance_ev, sigma_ev(checked_fwhm(fwhm_mev)))
    return plain(np.asarray(per_ev * photon_ev_nm / wavelengths**2))


def pl_spectrum(
    batch: NanocrystalBatch,
    wavelength_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike = 0.0,
    *,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers:
    """Return the photoluminescence spectrum of a batch.

    Parameters
    ----------
    batch : NanocrystalBatch
        N nanocrystals; none is allowed.
    wavelength_nm : array_like, shape (W,)
        Increasing, 100 to 10 000 nm.
    iodide_fraction : float or array_like, shape (N,)
        Composition of all, or of each, nanocrystal, 0 to 1.
    fwhm_mev : float
        Full width at half maximum of the line of one nanocrystal, 1 to 1000 meV.
    model, bowing_ev
        As for `band_gap_ev`.

    Returns
    -------
    numpy.ndarray, shape (W,)
        Light per nm. The area over all wavelengths is the total emission, the volume of the batch
        in nm^3; zeros for a batch of no nanocrystals.

    Raises
    ------
    TypeError, ValueError
        If the wavelengths are not increasing or out of range, a fraction is outside 0 to 1 or not
        one a nanocrystal, the width is out of range, or the model is unknown.

    Warns
    -----
    UserWarning
        If the mean edge of the batch is outside 3 to 20 nm.

    Notes
    -----
    S = sum of edge^2 x long edge x `line_shape`, with the centre of each line at the emission
    energy of that crystal's edge and composition. Far above its edge a nanocrystal absorbs in
    proportion to its volume (Maes 2018, constant materials-054), and every absorbed photon is taken
    to be worth the same light, whatever size and composition.

    Because large crystals weigh more, and because E falls as 1/L^2, the maximum belongs to a larger
    crystal than the mean: one of about L (1 + 3 s^2), s the dispersity. It is L (1 + 1.5 s^2) where
    the line of one crystal is much wider than the spread of colours, L (1 + 6 s^2) where it is much
    narrower; for s up to 0.05 all three agree within 1 %. This holds for the maximum over energy,
    that of S lambda^2: the factor of `line_shape` moves the one over wavelength to the blue, by
    0.4 to 0.9 nm for the default width. That is nothing in colour, but 0.03 nm in size at 5.1 nm
    and 0.5 nm at 13.1 nm, where colour hardly depends on size.

    Crystals are gathered on a grid of energies with 16 points a standard deviation of the line; the
    spectrum is that of the direct sum to about 1e-6 of its maximum.

    References
    ----------
    J. Maes et al., J. Phys. Chem. Lett. 9, 3093 (2018).

    Examples
    --------
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> batch = draw_batch(5.1, 0.6, 500, rng=1)
    >>> wavelength_nm = np.arange(420, 560)
    >>> spectrum = pl_spectrum(batch, wavelength_nm)
    >>> print(wavelength_nm[spectrum.argmax()], "nm; one crystal of the mean edge: 486 nm")
    488 nm; one crystal of the mean edge: 486 nm
    """
    arguments = _batch_arguments(batch, wavelength_nm, iodide_fraction)
    options = checked_options(fwhm_mev, model, bowing_ev)
    spectrum: Numbers = batch_spectra(*arguments, **options)[0]
    return spectrum


def absorption_spectrum(
    batch: NanocrystalBatch,
    wavelength_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike = 0.0,
    *,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers:
    """Return the absorption edge of a batch.

    Parameters
    ----------
    batch, wavelength_nm, iodide_fraction, model, bowing_ev
        As for `pl_spectrum`.
    fwhm_mev : float
        Width of the edge, given as that of the line whose integral it is, 1 to 1000 meV.

    Returns
    -------
    numpy.ndarray, shape (W,)
        Volume in nm^3 of the crystals that absorb, each counted with the height of its edge: the
        volume of the batch far above all edges, zero below them.

    Raises
    ------
    TypeError, ValueError
        As for `pl_spectrum`.

    Warns
    -----
    UserWarning
        If the mean edge of the batch is outside 3 to 20 nm.

    Notes
    -----
    Sum of edge^2 x long edge x Phi((h c / lambda - E_edge) / sigma), with Phi the integral of a
    Gaussian and E_edge the emission energy plus the Stokes shift of CsPbBr3 (`stokes_shift_ev`). A
    teaching model of where absorption begins, not of its shape: the peak of the exciton and the
    rise of the absorption above the edge are left out.

    Examples
    --------
    >>> from anionx_teach.nanocrystals import NanocrystalBatch
    >>> crystal = NanocrystalBatch([5.1], [5.1])
    >>> absorption_spectrum(crystal, [400, 472.22, 544]).round(1).tolist()
    [132.7, 66.4, 0.0]
    """
    arguments = _batch_arguments(batch, wavelength_nm, iodide_fraction)
    options = checked_options(fwhm_mev, model, bowing_ev)
    spectrum: Numbers = batch_edges(*arguments, **options)[0]
    return spectrum


def _batch_arguments(
    batch: NanocrystalBatch, wavelength_nm: npt.ArrayLike, iodide_fraction: npt.ArrayLike
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return edges, volumes, fractions (1, N) and wavelengths, checked."""
    checked_batch(batch)
    wavelengths = checked_wavelengths(wavelength_nm)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    if fraction.shape not in {(), (len(batch),)}:
        msg = (
            f"iodide_fraction must be one number, or one for each of the {len(batch)} "
            f"nanocrystals, got shape {fraction.shape}"
        )
        raise ValueError(msg)
    if len(batch):
        checked_edges_nm(batch.mean_edge_nm, stacklevel=4)
    fractions = np.broadcast_to(fraction, (1, len(batch)))
    return batch.edge_length_nm, batch.volume_nm3, fractions, wavelengths
