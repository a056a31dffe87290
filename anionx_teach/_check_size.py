"""The exercises of lesson 01: how large a nanocrystal is, and how large a batch."""

import math

from anionx_teach._check_exercise import Exercise, Mistake


def size_exercises() -> tuple[Exercise, ...]:
    """Return the exercises of lesson 01, in the order of the lesson."""
    return (_halide_sites(), _surface_fraction(), _dispersity(), _scherrer_size())


def _smallest_batch() -> tuple[float, float]:
    """Return mean and standard deviation (nm) of the edge length of the paper's first batch."""
    from anionx_teach.paper import batches

    first = batches().iloc[0]
    return float(first["edge_length_nm"]), float(first["sd_nm"])


def _halide_sites() -> Exercise:
    """Count the anions of a cube."""
    from anionx_teach.materials import CSPBBR3
    from anionx_teach.nanocrystals import halide_sites

    edge_nm, _ = _smallest_batch()
    lattice_nm = float(CSPBBR3.pseudocubic_lattice_nm)
    sites = float(halide_sites(edge_nm))
    cells = (edge_nm / lattice_nm) ** 3
    return Exercise(
        key="01_size/halide_sites",
        prompt=(
            f"How many halide sites does a CsPbBr₃ cube with an edge length of {edge_nm:g} nm "
            f"have? The pseudo-cubic unit cell has an edge of {lattice_nm:.4f} nm."
        ),
        expected=sites,
        unit="",
        relative_tolerance=0.05,
        mistakes=(
            Mistake(
                cells,
                "That is the number of unit cells. How many halides does the formula CsPbBr₃ put "
                "into each of them?",
            ),
            Mistake(
                8 * sites,
                "Did you take the edge length for half of an edge, as one would with a radius?",
            ),
            Mistake(
                math.pi / 6 * sites,
                "That is a sphere with this diameter. These crystals are cubes.",
            ),
            Mistake(
                3 * (edge_nm / lattice_nm) ** 2,
                "You have one layer of cells. A cube has as many layers as cells along an edge.",
            ),
            Mistake(
                3 * edge_nm / lattice_nm,
                "You have one row of cells. How many cells fill the whole cube?",
            ),
            Mistake(
                3 * edge_nm**3,
                "That would be right if a unit cell were 1 nm wide. Divide the edge length by the "
                "lattice parameter first.",
            ),
            Mistake(
                3 * round(edge_nm / lattice_nm) ** 3,
                "Did you round the cells along an edge up, or add an outer layer of halides? The edge "
                "length is an average over many crystals, and what their faces show is not known: "
                "keep the decimals and count three halides a cell.",
            ),
            Mistake(
                3 * math.floor(edge_nm / lattice_nm) ** 3,
                "You rounded the cells along an edge down. The edge length is an average over many "
                "crystals: keep the decimals.",
            ),
            Mistake(
                sites / 1000,
                "Check the units: the edge length and the lattice parameter must both be in nm.",
            ),
            Mistake(
                sites * 1000,
                "Check the units: the edge length and the lattice parameter must both be in nm.",
            ),
        ),
        success="Cells along the edge, to the third power, times three halides a cell.",
    )


def _surface_fraction() -> Exercise:
    """Compare the outermost layer of cells with all of them."""
    from anionx_teach.materials import CSPBBR3
    from anionx_teach.nanocrystals import surface_fraction

    edge_nm, _ = _smallest_batch()
    fraction = float(surface_fraction(edge_nm))
    cells_along_edge = edge_nm / float(CSPBBR3.pseudocubic_lattice_nm)
    return Exercise(
        key="01_size/surface_fraction",
        prompt=(
            f"What fraction of the unit cells of a {edge_nm:g}-nm cube lies in the outermost "
            "layer? Give a number between 0 and 1."
        ),
        expected=fraction,
        unit="",
        relative_tolerance=0.05,
        mistakes=(
            Mistake(100 * fraction, "A fraction lies between 0 and 1; you gave it in percent."),
            Mistake(
                1 - fraction,
                "That is the fraction inside. The question is for the layer around it.",
            ),
            Mistake(
                6 / cells_along_edge,
                "Six faces count the cells on the edges twice and those at the corners three "
                "times. Take the cells inside away from all of them instead.",
            ),
            Mistake(
                1 - (1 - 1 / cells_along_edge) ** 3,
                "Along each edge there is an outermost cell at both ends, not only at one.",
            ),
            Mistake(
                1 - (1 - 2 / math.floor(cells_along_edge)) ** 3,
                "You rounded the cells along an edge down. Keep the decimals.",
            ),
            Mistake(
                1 / cells_along_edge,
                "That is one face out of six.",
            ),
        ),
        success="All cells less those of the cube inside, which is two cells shorter.",
    )


def _dispersity() -> Exercise:
    """Relate the standard deviation to the mean."""
    mean_nm, sd_nm = _smallest_batch()
    percent = 100 * sd_nm / mean_nm
    return Exercise(
        key="01_size/dispersity_percent",
        prompt=(
            f"A batch has edge lengths of {mean_nm:g} ± {sd_nm:g} nm (mean and standard "
            "deviation). What is its dispersity in percent?"
        ),
        expected=percent,
        unit="%",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(percent / 100, "That is the dispersity as a fraction. Give it in percent."),
            Mistake(
                percent * sd_nm,
                "You used the variance, the square of the standard deviation. It is in nm2, so it "
                "cannot be a fraction of a length.",
            ),
            Mistake(
                percent * 2 * math.sqrt(2 * math.log(2)),
                "That is the full width at half maximum over the mean. Dispersity uses the "
                "standard deviation.",
            ),
            Mistake(2 * percent, "That is the whole range from minus to plus one deviation."),
            Mistake(
                100 * mean_nm / sd_nm,
                "Mean and standard deviation are the wrong way round: a narrow batch must have a "
                "small dispersity.",
            ),
            Mistake(
                mean_nm / sd_nm,
                "Mean and standard deviation are the wrong way round, and it is not in percent.",
            ),
            Mistake(sd_nm, "That is the standard deviation itself. Relate it to the mean."),
        ),
        success="The standard deviation over the mean, times 100.",
    )


def _scherrer_size() -> Exercise:
    """Turn the width of a diffraction line into a size."""
    from anionx_teach.diffraction import scherrer_size_nm

    fwhm_deg, two_theta_deg = 1.60, 30.6
    size_nm = float(scherrer_size_nm(fwhm_deg, two_theta_deg))
    theta_rad = math.radians(two_theta_deg) / 2
    return Exercise(
        key="01_size/scherrer_nm",
        prompt=(
            f"A diffraction line at 2θ = {two_theta_deg:g}° is {fwhm_deg:.2f}° wide "
            "(full width at half maximum, on the 2θ axis; Cu K-alpha1, 0.15406 nm). What edge "
            "length, in nm, follows from the Scherrer equation with the shape factor 0.886 of a cube?"
        ),
        expected=size_nm,
        unit="nm",
        relative_tolerance=0.03,
        mistakes=(
            Mistake(
                math.radians(size_nm),
                "The width must be in radians in this equation, and you put it in degrees.",
            ),
            Mistake(
                size_nm * math.cos(theta_rad) / math.cos(2 * theta_rad),
                "The cosine is that of θ, and the pattern is plotted against 2θ.",
            ),
            Mistake(
                size_nm * math.cos(theta_rad) / math.sin(theta_rad),
                "The Scherrer equation has the cosine of θ; the sine is in Bragg's law.",
            ),
            Mistake(
                size_nm * math.cos(theta_rad) / math.cos(math.degrees(theta_rad)),
                "The cosine of NumPy takes radians: convert θ first.",
            ),
            Mistake(size_nm * math.cos(theta_rad), "Where has the cosine gone?"),
            Mistake(10 * size_nm, "That is in angstrom. Give the size in nm."),
            Mistake(
                2 * size_nm,
                "The equation takes the full width at half maximum, not half of it.",
            ),
            Mistake(
                size_nm * 0.94 / 0.886,
                "You used 0.94, the shape factor of a sphere. These crystals are cubes.",
            ),
        ),
        success="Shape factor times wavelength, over the width in radians times cos θ.",
    )
