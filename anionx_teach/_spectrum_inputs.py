"""What the public functions of spectra share: checks of batches, wavelengths and mixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anionx_teach._confinement_inputs import bulk_of
from anionx_teach._line_width import checked_fwhm
from anionx_teach._validation import between, finite, increasing, positive, scalar
from anionx_teach.nanocrystals import NanocrystalBatch

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

_WAVELENGTHS_NM = (100.0, 10_000.0)


def checked_batch(batch: object) -> NanocrystalBatch:
    """Return `batch` when it is one."""
    if not isinstance(batch, NanocrystalBatch):
        msg = f"batch must be a NanocrystalBatch, got {batch!r}"
        raise TypeError(msg)
    return batch


def checked_wavelengths(wavelength_nm: npt.ArrayLike) -> Numbers:
    """Return wavelengths (W,) that increase, in a range where light has a colour or nearly so."""
    wavelengths = increasing("wavelength_nm", positive("wavelength_nm", wavelength_nm, "nm"), "nm")
    return between("wavelength_nm", wavelengths, *_WAVELENGTHS_NM, "nm")


def checked_options(fwhm_mev: float, model: str, bowing_ev: float) -> dict[str, Any]:
    """Return what spectra depend on besides arrays, checked also where there are no crystals."""
    width_mev = checked_fwhm(fwhm_mev)
    bulk_of(model)  # raises when there is no such model
    bowing = finite("bowing_ev", scalar("bowing_ev", bowing_ev), "eV")
    return {"fwhm_mev": width_mev, "model": model, "bowing_ev": float(bowing)}
