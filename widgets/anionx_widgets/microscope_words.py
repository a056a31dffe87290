"""The microscope explorer in words: the movie, the spots, the one that is chosen."""

import math
from decimal import ROUND_HALF_UP, Decimal

from anionx_widgets.microscope_field import ON_CUTOFF_S
from anionx_widgets.microscope_result import MicroscopeResult
from anionx_widgets.microscope_state import MicroscopeState

_PER_CM2 = "W/cm\N{SUPERSCRIPT TWO}"
_MICRO = "\N{MICRO SIGN}"
_TIMES = "\N{MULTIPLICATION SIGN}"
_NM_PER_UM = 1000.0


def description(state: MicroscopeState) -> str:
    """Return what a person sees, with values and units."""
    lines = [_movie_line(state), _spots_line(state), _chosen_line(state), _player_line(state)]
    lines += [f"Take care: {note}." for note in state.result.notes]
    return "\n".join(line for line in lines if line)


def picture_description(state: MicroscopeState) -> str:
    """Return what the picture of the movie shows, for who cannot see it."""
    result = state.result
    parts = [f"Movie of a field of {_field(result)}; {_count(len(result.found_px), 'spot')} found"]
    if len(state.true_px):
        parts.append(f"{_count(len(state.true_px), 'true spot')} drawn as diamonds")
    if state.chosen >= 0:
        parts.append(f"spot {state.chosen + 1} is chosen")
    return "; ".join(parts)


def _movie_line(state: MicroscopeState) -> str:
    """Return the sentences on the movie."""
    result = state.result
    movie, settings = result.movie, result.settings
    frames = (
        f"{_field(result)} ({movie.shape_px[1]} {_TIMES} {movie.shape_px[0]} px), "
        f"{_count(movie.n_frames, 'frame')}, one every {movie.frame_interval_s:g} s, each exposed "
        f"for {movie.exposure_s:g} s"
    )
    if settings is not None:
        return (
            f"A simulated movie of {frames}. Excitation {settings.excitation_w_cm2:.2f} {_PER_CM2}, "
            f"background {settings.background_photons:g} photons a pixel and frame, "
            f"{settings.concentration_um:g} {_MICRO}M iodide source, gain {settings.em_gain:g}. The "
            f"crystals blink slowly, bright for up to about {ON_CUTOFF_S:g} s (assumed "
            "for teaching)."
        )
    if result.step == 1:
        return f"Your own movie of {frames}."
    return (
        f"Your own movie of {frames}: 1 in {result.step} of its {result.n_frames:,} frames is "
        "shown and measured here; anionx analyze measures them all."
    )


def _spots_line(state: MicroscopeState) -> str:
    """Return the sentence on the spots that were found."""
    result = state.result
    if result.obstacle:
        return f"No spots were looked for: {result.obstacle}."
    found = len(result.found_px)
    text = f"{_count(found, 'spot')} found"
    if not len(state.true_px):
        return f"{text}."
    right = len(result.match.found)
    text = f"{text}; {right} of the {_count(len(state.true_px), 'true spot')} among them"
    wrong = found - right
    return (
        f"{text}." if wrong == 0 else f"{text}, {_count(wrong, 'found spot')} without a true one."
    )


def _chosen_line(state: MicroscopeState) -> str:
    """Return the sentences on the chosen spot."""
    result, spot = state.result, state.chosen
    if spot < 0 or result.trajectories is None:
        if len(state.place) == 2 and not result.obstacle:
            x_px, y_px = state.place
            return f"At x = {x_px:.1f}, y = {y_px:.1f} px, where a spot was chosen, none is found."
        return "" if result.obstacle else "No spot is chosen."
    trajectories = result.trajectories
    light = trajectories.intensity[spot]
    text = (
        f"Spot {spot + 1}, at x = {trajectories.x_px[spot]:.1f}, y = {trajectories.y_px[spot]:.1f} "
        f"px: {light.mean():,.0f} {trajectories.unit} a frame on average, {light.max():,.0f} at most"
    )
    if trajectories.intensity_se is not None:
        error = trajectories.intensity_se[spot].mean()
        text += f", standard error of one frame {error:,.0f} on average"
    return f"{text}. {_judgement(result, spot)}{_truth(state, spot)}"


def _judgement(result: MicroscopeResult, spot: int) -> str:
    """Return what the test for single emitters says of a spot, and why."""
    judgement = result.judgement(spot)
    if judgement is None:
        return "The movie is too short for the test for single emitters."
    verdict = "a single emitter" if judgement.single else "not clearly a single emitter"
    return (
        f"The test says: {verdict}, {judgement.reason} "
        f"({judgement.dark_switches} from or to the dark, "
        f"{judgement.bright_switches} between bright levels)."
    )


def _truth(state: MicroscopeState, spot: int) -> str:
    """Return what the spot really is, when that is known and shown."""
    if not len(state.true_px):
        return ""
    n_emitters = state.result.n_emitters(spot)
    if n_emitters is None:
        return " In truth there is nothing."
    kind = "a single crystal" if n_emitters == 1 else f"a cluster of {n_emitters}"
    return f" In truth it is {kind}."


def _player_line(state: MicroscopeState) -> str:
    """Return the sentence on player, zoom and contrast."""
    result = state.result
    own = len(state.contrast) == 2
    black, white = state.contrast if own else result.contrast
    place = (
        "The player runs"
        if state.playing
        else f"The player stands at {_time(result, state.frame)} s, frame "
        f"{state.frame + 1} of {result.movie.n_frames}"
    )
    zoom = "" if state.zoom == 1 else f", enlarged {state.zoom} times"
    levels = "set by hand" if own else "found from the movie"
    return f"{place}{zoom}; black is {black:,.0f} counts, white {white:,.0f}, {levels}."


def _time(result: MicroscopeResult, frame: int) -> str:
    """Return the time of a frame in s, in the digits that the page writes into the picture."""
    decimals = min(max(1 - math.floor(math.log10(result.movie.frame_interval_s)), 0), 6)
    exact = Decimal(repr(float(result.movie.time_s[frame])))
    return f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"


def _field(result: MicroscopeResult) -> str:
    """Return the size of the field."""
    height_um, width_um = (
        n_px * result.movie.pixel_size_nm / _NM_PER_UM for n_px in result.movie.shape_px
    )
    return f"{width_um:.1f} {_TIMES} {height_um:.1f} {_MICRO}m"


def _count(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
