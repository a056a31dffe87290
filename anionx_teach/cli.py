"""The command `anionx`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from anionx_teach._version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``anionx`` on the command line; by default that of this process.

    Returns
    -------
    int
        0 when all went well, 1 when something is missing or in the way, 130 after Ctrl-C.

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
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:  # Ctrl-C before JupyterLab listens for it
        return 130


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
    commands.add_parser("doctor", help="say what works on this machine and what is missing")
    return parser


def _folder(text: str) -> Path:
    """Return a folder; an empty name, as from a shell variable that is not set, is a mistake."""
    if not text.strip():
        msg = "must be the name of a folder, got nothing"
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


def _port(text: str) -> int:
    """Return a port number; argparse turns the error into its own message."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        msg = f"must be a whole number between 1 and 65535, got {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
