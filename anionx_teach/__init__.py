"""The experiment of the paper, run on a computer, one module per step."""

from anionx_teach._version import __version__

__all__ = ["__version__"]
