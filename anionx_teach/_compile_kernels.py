"""Compiled loops with a NumPy twin: the one way to have them in this project.

numba is optional. A kernel is a plain Python loop, the same work written with NumPy (its twin),
and the types of its arguments. Both give identical results, bit for bit, so that nobody can tell
which of them answered:

* with ``ANIONX_NO_NUMBA=1``, or where numba is not installed, the twin always answers;
* otherwise the twin answers while a thread compiles the loop, and the compiled loop answers from
  then on. So the first call in a fresh process never waits for a compiler;
* compiled code is kept on disk where a place is writable, and made anew in each process elsewhere;
* when the loop cannot be compiled, one UserWarning says so and the twin goes on answering.

How to add a kernel
-------------------
1. In a file called ``_<room>_kernels.py`` write the loop and its twin with the same arguments.
   Both do the same operations in the same order for each element, on float64 or integers, and use
   only + - * /, comparisons, abs, min and max: sin, exp and log differ in the last bit between
   NumPy and a compiler, so they are computed by the caller. What several elements add up to must
   not depend on their order: use a maximum or integers.
2. ``paint = Kernel(_paint_loop, _paint_twin, "void(float32[:,::1], float64[::1])")``.
   Arguments must have exactly these types; the caller makes them so.
3. Test ``paint.loop`` (pure Python, small input) and the compiled loop against ``paint.twin`` with
   ``numpy.array_equal``.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SWITCH = "ANIONX_NO_NUMBA"
"""Environment variable: set to anything but 0, compilation is off."""

_KERNELS: list[Kernel] = []


class Kernel:
    """A loop that is compiled when it can be, and its NumPy twin.

    Parameters
    ----------
    loop : callable
        Plain Python that numba can compile.
    twin : callable
        The same with NumPy; identical results.
    signature : str
        Types of the result and the arguments, as numba writes them.
    """

    def __init__(self, loop: Callable[..., Any], twin: Callable[..., Any], signature: str) -> None:
        self.loop = loop
        self.twin = twin
        self.signature = signature
        self._compiled: Callable[..., Any] | None = None
        self._failure: str | None = None
        self._warned = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        _KERNELS.append(self)

    @property
    def name(self) -> str:
        """Module and name of the loop."""
        return f"{self.loop.__module__}.{self.loop.__name__}"

    @property
    def is_compiled(self) -> bool:
        """Whether the next call runs compiled code."""
        return self._compiled is not None and not switched_off()

    def __call__(self, *arguments: Any) -> Any:
        """Run the compiled loop when it is ready, the twin otherwise."""
        if switched_off():
            return self.twin(*arguments)
        if self._compiled is not None:
            return self._compiled(*arguments)
        self._warn_of_failure()
        result = self.twin(*arguments)
        # Only now, so that the first answer does not share the processor with the compiler.
        self._start_compiling()
        return result

    def compile(self) -> bool:
        """Compile now, or wait until the thread has; return whether there is compiled code."""
        with self._lock:
            if self._compiled is None and self._failure is None and _numba_installed():
                try:
                    self._compiled = _compiled(self.loop, self.signature)
                except Exception as error:  # noqa: BLE001 # whatever it is, the twin still answers
                    self._failure = f"{type(error).__name__}: {error}"
        return self._compiled is not None

    def cache_directory(self) -> Path | None:
        """Return where the compiled code is kept on disk; None when it is not kept."""
        statistics = getattr(self._compiled, "stats", None)
        path = getattr(statistics, "cache_path", None)
        return Path(path) if path else None

    def _start_compiling(self) -> None:
        """Compile in a thread, once; a thread that Python waits for at exit, or it would crash."""
        if self._thread is None and self._failure is None and _numba_installed():
            self._thread = threading.Thread(target=self.compile, name=f"compile {self.name}")
            self._thread.start()

    def _warn_of_failure(self) -> None:
        """Say once that the loop could not be compiled."""
        if self._failure is not None and not self._warned:
            self._warned = True
            first_line = self._failure.splitlines()[0]
            msg = f"{self.name} could not be compiled and runs with NumPy instead ({first_line})"
            warnings.warn(msg, UserWarning, stacklevel=3)


@dataclass(frozen=True)
class CompilerState:
    """What `compiler_state` found.

    Parameters
    ----------
    version : str or None
        Of numba; None when it is not installed.
    switched_off : bool
        Whether the environment variable ``ANIONX_NO_NUMBA`` turns it off.
    cache_directory : Path or None
        Where compiled code is kept; None when no place is writable, or nothing is compiled.
    """

    version: str | None
    switched_off: bool
    cache_directory: Path | None


def switched_off() -> bool:
    """Tell whether the environment asks for NumPy only."""
    return os.environ.get(SWITCH, "0") not in {"", "0"}


def warm_up() -> dict[str, bool]:
    """Compile every kernel of the package now; return for each whether it is compiled.

    Never raises: a kernel that cannot be compiled gives a UserWarning and False.
    """
    _import_kernels()
    compiled = {}
    for kernel in _KERNELS:
        compiled[kernel.name] = not switched_off() and kernel.compile()
        if not switched_off():
            kernel._warn_of_failure()
    return compiled


def compiler_state() -> CompilerState:
    """Compile what is not compiled yet and tell which numba there is and where its code is kept."""
    warm_up()
    version = None
    if _numba_installed():
        version = str(importlib.import_module("numba").__version__)
    kept = [kernel.cache_directory() for kernel in _KERNELS]
    return CompilerState(version, switched_off(), next((path for path in kept if path), None))


def _import_kernels() -> None:
    """Import the modules of the package that hold kernels; importing one registers its kernels."""
    for file in sorted(Path(__file__).parent.glob("_*_kernels.py")):
        importlib.import_module(f"{__package__}.{file.stem}")


def _numba_installed() -> bool:
    """Tell whether numba could be imported, without importing it."""
    from importlib.util import find_spec

    try:
        return find_spec("numba") is not None
    except ValueError:  # set to None in sys.modules: blocked on purpose
        return False


def _compiled(loop: Callable[..., Any], signature: str) -> Callable[..., Any]:
    """Compile with a cache on disk; without one where no place for it is writable."""
    numba = importlib.import_module("numba")
    # error_model: a division by zero gives inf, as in the twin. nogil: threads run beside each other.
    options = {"error_model": "numpy", "nogil": True}
    try:
        return numba.njit(signature, cache=True, **options)(loop)  # type: ignore[no-any-return]
    except (RuntimeError, OSError):  # "no locator available", a full or vanished disk
        return numba.njit(signature, **options)(loop)  # type: ignore[no-any-return]
