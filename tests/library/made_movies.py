"""Movies for the tests of the command `anionx analyze`."""

import struct

import numpy as np

from anionx_teach.camera import Camera, place_emitters, record_movie

NAME = "mein Film é (1).ome.tif"
START_S, SWITCHING_S, INTERVAL_S = 12.0, 6.0, 0.1
_N_FRAMES = 400
_SIDE_BYTES, _ADDRESS, _WORD, _LONG = 8, 16, 3, 4  # of a BigTIFF: a number, and types of tags


def recorded_movie():
    """Ten crystals: nine light up at the same time and blink later, one shines all the time."""
    truth = place_emitters(10, shape=(72, 96), rng=4)
    time_s = np.arange(_N_FRAMES) * INTERVAL_S + 0.025
    tau_s = SWITCHING_S / (2 * np.log(9))
    light = 1 / (1 + np.exp(-(time_s - START_S - SWITCHING_S / 2) / tau_s))
    draws = np.random.default_rng(5).random((len(truth), _N_FRAMES // 10))
    on = (draws < 0.8).repeat(10, axis=1) | (time_s < START_S + 2 * SWITCHING_S)
    rates = 6000.0 * on * light
    rates[-1] = 3000.0
    positions = truth[["x_px", "y_px"]].to_numpy()
    return record_movie(
        rates, positions, Camera(), shape=(72, 96),
        frame_interval_s=INTERVAL_S, truth=truth, rng=6,
    )  # fmt: skip


def write_shared(path, frames, order):
    """Write a BigTIFF whose pages share some frames: a long movie in a small file.

    Page i shows ``frames[order[i]]``; each page is a list of tags, followed by the place of the
    next one.
    """
    _, rows, columns = frames.shape
    frame_bytes = rows * columns * 2
    start = 2 * _SIDE_BYTES
    pages_start = start + frames.nbytes
    tags = {
        256: (_LONG, columns), 257: (_LONG, rows), 258: (_WORD, 16), 259: (_WORD, 1),
        262: (_WORD, 1), 273: (_ADDRESS, 0), 277: (_WORD, 1), 278: (_LONG, rows),
        279: (_ADDRESS, frame_bytes),
    }  # fmt: skip
    page_bytes = 20 * len(tags) + 2 * _SIDE_BYTES
    with path.open("wb") as file:
        file.write(b"II+\0" + struct.pack("<HHQ", _SIDE_BYTES, 0, pages_start))
        file.write(frames.astype("<u2").tobytes())
        for page, number in enumerate(order, start=1):
            tags[273] = (_ADDRESS, start + int(number) * frame_bytes)
            entries = [
                struct.pack("<HHQQ", tag, kind, 1, value) for tag, (kind, value) in tags.items()
            ]
            following = pages_start + page * page_bytes if page < len(order) else 0
            file.write(
                struct.pack("<Q", len(tags)) + b"".join(entries) + struct.pack("<Q", following)
            )
