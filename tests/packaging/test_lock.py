"""One lock for Binder, make and CI: it pins all that pyproject.toml asks for, and only pins."""

import re
import tomllib

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import LOCK, REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED_EXTRAS = ("lessons", "plots", "cluster", "test")
LOCK_LINES = [
    line for line in LOCK.read_text().splitlines() if line.strip() and not line.startswith("#")
]
PYTHONS = ("3.11", "3.12", "3.13")


def pins_for(python: str) -> dict[str, Requirement]:
    """Return the pins that apply on Linux to one Python; two for one name are an error."""
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    pins = {}
    for line in LOCK_LINES:
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(environment):
            assert pin.name not in pins, line
            pins[pin.name] = pin
    return pins


def wanted() -> list[Requirement]:
    """Return what the package and the locked extras ask for directly."""
    lines = list(PROJECT["dependencies"])
    for extra in LOCKED_EXTRAS:
        lines += EXTRAS[extra]
    requirements = map(Requirement, lines)
    return [requirement for requirement in requirements if requirement.name != PROJECT["name"]]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", wanted(), ids=str)
def test_each_requirement_is_pinned_within_its_bounds(requirement, python):
    pin = pins_for(python)[canonicalize_name(requirement.name)]
    (version,) = pin.specifier
    assert version.operator == "=="
    assert requirement.specifier.contains(version.version)


@pytest.mark.parametrize("line", LOCK_LINES)
def test_each_line_is_a_pin_and_names_no_place(line):
    assert re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; [\w\s.'()<>=!]+)?", line)


def test_tools_of_developers_stay_out():
    locked = {Requirement(line).name for line in LOCK_LINES}
    tools = {Requirement(line).name for line in EXTRAS["dev"] + EXTRAS["bench"]}
    tools -= {PROJECT["name"]} | {requirement.name for requirement in wanted()}
    assert {"pre-commit", "pymatgen", "uv"} <= tools
    assert not tools & locked


def test_every_classified_python_is_allowed():
    versions = [
        line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "Python :: 3." in line
    ]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    assert PROJECT["requires-python"] == ">=3.11"
