"""A micrograph as a picture that a figure can show."""

import io
from typing import Final

import numpy as np
import PIL.Image

from anionx_teach.micrographs import Micrograph

# The bare carbon film is the brightest thing in the field: its level, shot noise aside, is found
# in a sample of the pixels. Black and white as shares of it: room for noise and thick crystals.
_EVERY_PX: Final = 7
_FILM_PERCENTILE: Final = 95
_BLACK, _WHITE = 0.2, 1.1
# A third of the bytes of a PNG and a tenth of its time, at each move of a slider.
_JPEG_QUALITY: Final = 85


def micrograph_jpeg(micrograph: Micrograph) -> bytes:
    """Return the micrograph as a grey JPEG, its contrast stretched as a microscope would."""
    film = np.percentile(micrograph.image[::_EVERY_PX, ::_EVERY_PX], _FILM_PERCENTILE)
    black, white = _BLACK * film, _WHITE * film
    levels = (micrograph.image - np.float32(black)) * np.float32(255 / (white - black))
    np.clip(levels, 0, 255, out=levels)
    stream = io.BytesIO()
    PIL.Image.fromarray(levels.astype(np.uint8)).save(stream, "JPEG", quality=_JPEG_QUALITY)
    return stream.getvalue()
