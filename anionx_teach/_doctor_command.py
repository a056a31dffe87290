"""`anionx doctor`: what of the package works on this machine, and what to do about the rest."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTIONS = (
    "anionx-teach",
    "numpy",
    "scipy",
    "pandas",
    "scikit-image",
    "gemmi",
    "numba",
    "jupyterlab",
    "ipywidgets",
    "bqplot",
    "anywidget",
)

# Where each widget library puts the half of itself that runs in the browser.
FRONT_ENDS = {
    "ipywidgets": "@jupyter-widgets/jupyterlab-manager",
    "bqplot": "bqplot",
    "anywidget": "anywidget",
}

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ADVICE = (
    "no Chromium found, which only the browser tests need: install it (Debian: apt-get install "
    "chromium) or set ANIONX_CHROMIUM to the path of a Chromium or Chrome"
)
LESSONS_ADVICE = 'install what the lessons need: pip install "anionx-teach[lessons]"'


@dataclass(frozen=True)
class Finding:
    """One line of the report; `advice` is empty when all is well."""

    name: str
    found: str
    advice: str = ""
    needed_by_lessons: bool = False


def find_chromium() -> str | None:
    """Return the Chromium or Chrome to use: ANIONX_CHROMIUM when set, else the first on the path."""
    chosen = os.environ.get("ANIONX_CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def doctor() -> int:
    """Print the report; 0 when the lessons can run, 1 when something they need is missing."""
    findings = examine()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        print(f"{finding.name:<{width}}  {finding.found}")
        if finding.advice:
            print(f"{'':<{width}}  -> {finding.advice}")
    broken = any(finding.advice and finding.needed_by_lessons for finding in findings)
    print("\nThe lessons cannot run yet." if broken else "\nThe lessons can run.")
    return int(broken)


def examine() -> list[Finding]:
    """Look at everything once, without starting anything."""
    findings = [Finding("Python", f"{platform.python_version()} on {platform.platform()}")]
    findings += [_distribution(name) for name in DISTRIBUTIONS]
    findings += [_front_end(name, folder) for name, folder in FRONT_ENDS.items()]
    findings += [_compile_cache(), _chromium()]
    return findings


def _distribution(name: str) -> Finding:
    """Report the version of one distribution."""
    lessons = name in {"jupyterlab", *FRONT_ENDS}
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if name == "numba":
            advice = "results are the same without it, only slower; to have it: pip install numba"
        else:
            advice = LESSONS_ADVICE if lessons else "install it again: pip install anionx-teach"
        return Finding(name, "missing", advice, needed_by_lessons=name != "numba")
    return Finding(name, version)


def _front_end(name: str, folder: str) -> Finding:
    """Report whether JupyterLab will find the browser half of a widget library."""
    label = f"{name} in the browser"
    for place in _labextension_folders():
        if (place / folder / "package.json").is_file():
            return Finding(label, str(place / folder))
    return Finding(label, "missing", LESSONS_ADVICE, needed_by_lessons=True)


def _labextension_folders() -> list[Path]:
    """Return the folders that JupyterLab searches for front ends."""
    if importlib.util.find_spec("jupyter_core") is None:
        return []
    from jupyter_core.paths import jupyter_path

    return [Path(place) for place in jupyter_path("labextensions")]


def _compile_cache() -> Finding:
    """Report where compiled code is kept, having compiled it."""
    from anionx_teach._compile_kernels import SWITCH, compiler_state

    name = "Compiled code"
    with warnings.catch_warnings(record=True) as failures:
        warnings.simplefilter("always")
        state = compiler_state()
    if state.version is None:
        return Finding(name, "not used, numba is missing")
    if state.switched_off:
        return Finding(name, f"not used, {SWITCH} is set")
    if failures:
        return Finding(name, "not used", "; ".join(str(failure.message) for failure in failures))
    if state.cache_directory is None:
        advice = "set NUMBA_CACHE_DIR to a folder of yours, or each session compiles again"
        return Finding(name, "works, but no place to keep it is writable", advice)
    return Finding(name, f"works, kept in {state.cache_directory}")


def _chromium() -> Finding:
    """Report the browser that the tests would use."""
    path = find_chromium()
    return Finding("Chromium", path or "missing", "" if path else CHROMIUM_ADVICE)


if __name__ == "__main__":  # `make test` looks for the browser alone, before it runs anything
    browser = find_chromium()
    print(browser or CHROMIUM_ADVICE)
    sys.exit(browser is None)
