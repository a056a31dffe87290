"""The command `anionx`."""

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from anionx_teach._version import __version__

_MOST_DIGITS = 4000  # Python reads whole numbers of up to 4300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``anionx`` on the command line; by default that of this process.

    Returns
    -------
    int
        0 when all went well, 1 when something is missing or in the way, 2 when a movie cannot be
        analysed, 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With code 2 for arguments it does not know, with 0 after ``--help`` and ``--version``.

    Examples
    --------
    A file cannot hold the lessons; the error stream says so, and the exit code is

    >>> main(["lab", "--no-launch", __file__])
    1
    """
    try:
        parser = _parser()
        chosen = parser.parse_args(arguments)
        _require_consistent(parser, chosen)
        code = _run(chosen)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:  # Ctrl-C before JupyterLab listens for it
        return 130
    except BrokenPipeError:  # whoever read our words has gone, as `head` does
        # Python would complain of it once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(chosen: argparse.Namespace) -> int:
    """Run one command; its module is imported only now, to answer `--help` at once."""
    if chosen.command == "lab":
        from anionx_teach._lab_command import lab

        return lab(
            chosen.folder,
            launch=chosen.launch,
            browser=chosen.browser,
            with_solutions=chosen.with_solutions,
            port=chosen.port,
        )
    if chosen.command == "reproduce":
        from anionx_teach._reproduce_command import reproduce

        return reproduce(
            chosen.out,
            particles=chosen.particles,
            seed=chosen.seed,
            executor=chosen.executor,
            workers=chosen.workers,
            scheduler=chosen.scheduler,
        )
    if chosen.command == "analyze":
        from anionx_teach._analyze_command import analyze

        return analyze(
            chosen.movie,
            csv=chosen.csv,
            plot=chosen.plot,
            interval_s=chosen.interval,
            pixel_nm=chosen.pixel,
            exposure_s=chosen.exposure,
            decay=chosen.decay,
        )
    from anionx_teach._doctor_command import doctor

    return doctor()


def _parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    parser = argparse.ArgumentParser(
        prog="anionx",
        description="Lessons on anion exchange in cesium lead halide nanocrystals.",
    )
    parser.add_argument("--version", action="version", version=f"anionx-teach {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_lab(commands.add_parser("lab", help="lay out the lessons and open them in JupyterLab"))
    _add_reproduce(
        commands.add_parser("reproduce", help="simulate the switching times of the paper's Fig. 5")
    )
    _add_analyze(commands.add_parser("analyze", help="find the switching times in your own movie"))
    commands.add_parser("doctor", help="say what works on this machine and what is missing")
    return parser


def _folder(text: str) -> Path:
    """Return a folder; an empty name, as from a shell variable that is not set, is a mistake."""
    return _named(text, "folder")


def _file(text: str) -> Path:
    """Return a file; an empty name is a mistake."""
    return _named(text, "file")


def _named(text: str, what: str) -> Path:
    """Return the path of a file or folder, which has a name."""
    if not text.strip():
        msg = f"must be the name of a {what}, got nothing"
        raise argparse.ArgumentTypeError(msg)
    return Path(text)


def _add_lab(parser: argparse.ArgumentParser) -> None:
    """Describe the options of `anionx lab`."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=_folder,
        metavar="DIR",
        help="where your copy of the lessons lives: anionx-lessons, or with --with-solutions "
        "anionx-lessons-with-solutions, when left out; files already there are never changed",
    )
    parser.add_argument(
        "--no-launch",
        dest="launch",
        action="store_false",
        help="lay out the lessons only, do not start JupyterLab",
    )
    parser.add_argument(
        "--no-browser",
        dest="browser",
        action="store_false",
        help="start JupyterLab and print its address instead of opening a browser",
    )
    parser.add_argument(
        "--with-solutions",
        action="store_true",
        help="complete copies with solutions and outputs, for teachers",
    )
    parser.add_argument(
        "--port", type=_port, metavar="N", help="listen on this port only (default: a free one)"
    )


def _add_reproduce(parser: argparse.ArgumentParser) -> None:
    """Describe the options of `anionx reproduce`."""
    parser.add_argument(
        "--out",
        type=_folder,
        metavar="DIR",
        help="where switching_times.csv and figure5.png and .svg are written, over older ones: "
        "anionx-reproduced when left out",
    )
    parser.add_argument(
        "--particles",
        type=_whole_number(2),
        metavar="N",
        help="simulated nanocrystals of each size and concentration (default: as many as the paper)",
    )
    parser.add_argument(
        "--seed",
        type=_whole_number(0),
        default=0,
        metavar="N",
        help="another number gives other chance, the same number the same files (default: 0)",
    )
    parser.add_argument(
        "--executor",
        choices=("auto", "serial", "threads", "processes", "dask", "mpi"),
        default="auto",
        help="where it is computed; the files are the same (default: auto, which is fastest)",
    )
    parser.add_argument(
        "--workers",
        type=_whole_number(1),
        metavar="N",
        help="how many threads or processes (default: one for each core)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a Dask cluster that is running, as tcp://HOST:PORT; with --executor dask",
    )


def _add_analyze(parser: argparse.ArgumentParser) -> None:
    """Describe the options of `anionx analyze`."""
    parser.add_argument(
        "movie",
        type=_file,
        metavar="MOVIE",
        help="an OME-TIFF, TIFF or BigTIFF stack, or a .npy stack of frames x rows x columns",
    )
    parser.add_argument(
        "--csv",
        type=_file,
        metavar="OUT",
        help="write the table of spots and switching times here, over an older one; printed when "
        "left out",
    )
    parser.add_argument(
        "--plot",
        type=_folder,
        metavar="DIR",
        help="draw the field with numbered spots, and a page of trajectories with fits, in here",
    )
    for option, unit, meaning in (
        ("--interval", "s", "from the start of one frame to the start of the next"),
        ("--pixel", "nm", "side of a pixel in the plane of the sample"),
        ("--exposure", "s", "how long a frame collects light"),
    ):
        parser.add_argument(
            option,
            type=_positive_number,
            metavar=unit.upper(),
            help=f"{meaning}, in {unit}; needed where the file does not say it",
        )
    parser.add_argument(
        "--decay",
        action="store_true",
        help="fit a decay of the light after the rise as well, for nanocrystals that degrade; "
        "blinking looks much like one",
    )


def _require_consistent(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    """Exit with a message when options of `anionx reproduce` contradict each other."""
    if chosen.command != "reproduce":
        return
    if chosen.scheduler is not None and chosen.executor != "dask":
        parser.error("--scheduler needs --executor dask")
    if chosen.workers is not None and chosen.executor in {"auto", "serial"}:
        parser.error("--workers needs --executor threads, processes, dask or mpi")
    if chosen.workers is not None and chosen.scheduler is not None:
        parser.error("--workers has no meaning with --scheduler: that cluster has its own")


def _whole_number(minimum: int) -> Callable[[str], int]:
    """Return what reads a whole number; argparse turns the error into its own message."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < minimum:
            msg = f"must be a whole number >= {minimum}, got {text!r}"
            raise argparse.ArgumentTypeError(msg)
        return int(text)

    return read


def _positive_number(text: str) -> float:
    """Return a finite number > 0; argparse turns the error into its own message."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        msg = f"must be a number > 0, got {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return number


def _port(text: str) -> int:
    """Return a port number; argparse turns the error into its own message."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        msg = f"must be a whole number between 1 and 65535, got {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


if __name__ == "__main__":  # for launchers that start a module, such as mpiexec
    sys.exit(main())
