"""The figures of the ensemble explorer: spectra, maxima, and the crystals behind a spectrum."""

import re

import bqplot
import drive
import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.ensemble_course import DRAWN_CRYSTALS, WAVELENGTH_NM, cuvettes
from anionx_widgets.ensemble_explorer import EnsembleExplorer
from anionx_widgets.figures import FigurePanel

SMALL, LARGE = cuvettes()


@pytest.fixture
def explorer():
    return EnsembleExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def panels(explorer):
    """Return the panels: spectra, maxima, and when asked for lines and fractions of crystals."""
    return of_type(explorer, FigurePanel)


def labelled(panel, label):
    return next(mark for mark in panel.figure.marks if label in " ".join(mark.labels))


@pytest.mark.parametrize(("cuvette", "every"), [(SMALL, 1), (LARGE, 2)])
def test_each_spectrum_stands_on_its_time_in_the_colour_of_its_maximum(explorer, cuvette, every):
    explorer.state.cuvette = cuvette
    panel = panels(explorer)[0]
    course = explorer.state.result.course
    hills = panel.figure.marks[0]
    assert panel.caption.title == f"Spectra every {35 * every} s, in the colours of their maxima"
    time_s = course.time_s[::every][::-1]  # the first one is drawn last, in front
    np.testing.assert_allclose(hills.y.min(axis=1), time_s, atol=0.01 * course.cuvette.duration_s)
    heights = hills.y - time_s[:, np.newaxis]
    assert np.all(np.diff(heights[-1][:20]) > -1e-6)
    np.testing.assert_allclose(
        heights / heights[-1].max(), course.light[::every][::-1], rtol=1e-9, atol=1e-12
    )
    assert hills.fill_colors == [palette.wavelength_hex(nm) for nm in course.peak_nm[::every][::-1]]


def test_the_shown_spectrum_follows_the_time(explorer):
    stack, peaks = panels(explorer)
    for frame in (0, 3, 41):
        explorer.state.frame = frame
        course, time_s = explorer.state.result.course, 35.0 * frame
        front = labelled(stack, f"finished at {time_s:g} s")
        top = int(front.y.argmax())
        assert abs(front.x[top] - course.peak_nm[frame]) < 2
        assert front.y.min() == pytest.approx(time_s, abs=1)
        mark = labelled(peaks, f"shown, at {time_s:g} s")
        assert (mark.x.tolist(), mark.y.tolist()) == ([time_s], [course.peak_nm[frame]])


@pytest.mark.parametrize(
    ("cuvette", "times", "maxima", "half_way"),
    [
        (SMALL, [0, 35, 315], [486, 622, 615], 554.0),
        (LARGE, [0, 1435], [516, 661], 588.5),
    ],
)
def test_the_published_maxima_stand_at_their_times(explorer, cuvette, times, maxima, half_way):
    explorer.state.cuvette = cuvette
    peaks = panels(explorer)[1]
    published = labelled(peaks, "published")
    assert (published.x.tolist(), published.y.tolist()) == (times, maxima)
    assert published.colors == [palette.PUBLISHED]
    (names,) = (mark for mark in peaks.figure.marks if isinstance(mark, bqplot.Label))
    assert names.text.tolist() == [f"{nm} nm" for nm in maxima]
    assert names.x.tolist() == times
    assert labelled(peaks, f"half-way, {half_way:g} nm").y.tolist() == [half_way, half_way]
    computed = labelled(peaks, "computed")
    course = explorer.state.result.course
    assert computed.x.tolist() == course.time_s.tolist()
    assert computed.y.tolist() == course.peak_nm.tolist()


@pytest.mark.parametrize("cuvette", [SMALL, LARGE])
@pytest.mark.parametrize("half_time_s", [0.0, 600.0])
@pytest.mark.parametrize("crystals_shown", [False, True])
def test_all_that_is_drawn_is_inside_the_axes(explorer, cuvette, half_time_s, crystals_shown):
    explorer.state.cuvette, explorer.state.half_time_s = cuvette, half_time_s
    explorer.state.crystals_shown = crystals_shown
    for frame in (0, 5, 9):
        explorer.state.frame = frame
        for mark in drive.marks(explorer):
            for name in ("x", "y"):
                scale, values = mark.scales[name], getattr(mark, name)
                assert np.min(values) >= scale.min
                assert np.max(values) <= scale.max


def test_the_single_crystals_behind_a_spectrum(explorer):
    explorer.state.crystals_shown = True
    _stack, _peaks, lines, fractions = panels(explorer)
    drawn = labelled(lines, f"{DRAWN_CRYSTALS} of the 500 crystals")
    assert drawn.y.shape == (DRAWN_CRYSTALS, WAVELENGTH_NM.size)
    course = explorer.state.result.course
    assert drawn.colors == [palette.wavelength_hex(nm) for nm in course.crystal_nm(10)]
    assert labelled(lines, "all crystals, at 350 s").y.max() == 1
    times = float(re.search(r"(\d+) times higher", drawn.labels[0])[1])
    largest = course.crystal_light(10).max() / course.light[10].max()
    assert drawn.y.max() == pytest.approx(times * largest, rel=0.01)
    bars = labelled(fractions, "all crystals, at 350 s (colour: of their light)")
    assert bars.y.sum() == pytest.approx(100)
    explorer.state.frame = 41
    assert bars.y[-1] > 60
    assert labelled(lines, "all crystals, at 1435 s")


def test_every_axis_has_a_name_and_a_unit(explorer):
    explorer.state.crystals_shown = True
    labels = [axis.label for panel in panels(explorer) for axis in panel.figure.axes]
    assert len(labels) == 8
    dimensionless = {"Iodide fraction of a crystal"}
    assert all(
        re.search(r"\((nm|s|%|relative to maximum)\)", t) or t in dimensionless for t in labels
    )
