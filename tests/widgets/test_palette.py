import numpy as np
import pytest
from anionx_widgets import palette


def _luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def _contrast(one, other):
    light, dark = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", ["BLUE", "VERMILION", "GREEN", "PURPLE"])
@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_every_colour_stands_out_from_both_themes(color, ground):
    # WCAG 2.1, 1.4.11: graphics need 3:1.
    assert _contrast(getattr(palette, color), ground) >= 3


def test_drawn_measured_and_picked_differ():
    assert len({palette.DRAWN, palette.MEASURED, palette.PICKED, palette.PUBLISHED}) == 4


@pytest.mark.parametrize(
    ("wavelength_nm", "strongest", "weakest"),
    [(450, 2, 1), (486, 2, 0), (516, 1, 0), (530, 1, 0), (622, 0, 2), (661, 0, 2)],
)
def test_light_has_its_colour(wavelength_nm, strongest, weakest):
    rgb = palette.wavelength_rgb(wavelength_nm).astype(int)
    assert rgb[strongest] == rgb.max() == 255
    assert rgb[weakest] < 90


def test_deep_red_stays_red_and_fades():
    red = palette.wavelength_rgb(np.arange(661, 781)).astype(int)
    assert np.all(red[:, 0] >= 10 * red[:, 1:].max(axis=1))
    assert np.all(np.diff(red[:, 0]) <= 0)
    assert red[-1, 0] == 0


def test_yellow_lies_between_green_and_red():
    red, green, blue = palette.wavelength_rgb(572)
    assert red > 200
    assert green > 200
    assert blue < 60


@pytest.mark.parametrize("wavelength_nm", [379.9, 200.0, 780.1, 2000.0])
def test_what_the_eye_does_not_see_is_black(wavelength_nm):
    assert palette.wavelength_hex(wavelength_nm) == "#000000"


def test_many_wavelengths_at_once_are_the_single_ones():
    nm = np.linspace(350, 800, 46)
    together = palette.wavelength_rgb(nm.reshape(2, 23)).reshape(46, 3)
    assert together.dtype == np.uint8
    np.testing.assert_array_equal(together, [palette.wavelength_rgb(one) for one in nm])


def test_the_hex_form_says_the_same():
    assert palette.wavelength_hex(516.0) == "#{:02x}{:02x}{:02x}".format(
        *palette.wavelength_rgb(516.0)
    )


def test_colours_change_smoothly():
    steps = np.abs(np.diff(palette.wavelength_rgb(np.arange(380, 781)).astype(int), axis=0))
    assert steps.max() <= 50
