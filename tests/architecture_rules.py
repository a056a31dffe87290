"""The rules of the house, each a function that reads a checkout and returns its faults."""

import ast
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# The experiment in the order in which it is done: a stage may use the ones before it.
STAGES = (
    "paper",
    "materials",
    "nanocrystals",
    "micrographs",
    "diffraction",
    "confinement",
    "photoluminescence",
    "ensemble",
    "miscibility",
    "exchange",
    "lattice_exchange",
    "emission",
    "camera",
    "movies",
    "spots",
    "trajectories",
    "switching",
    "sweeps",
    "experiment",
    "comparison",
    "hidden_experiments",
    "checks",
    "cli",
)
GROUND_FLOOR = {"paper", "materials"}  # these two may use each other, and everyone may use them
NOT_IN_THE_LIBRARY = {
    *("ipywidgets", "bqplot", "traitlets", "anywidget", "IPython", "matplotlib"),
    "anionx_widgets",
}
NOT_IN_A_STATE = {"ipywidgets", "bqplot", "anywidget"}
IN_A_LESSON = {"anionx_teach", "anionx_widgets", "numpy", "pandas", *sys.stdlib_module_names}
LONGEST_FILE = 300
LONGEST_FUNCTION_IN_A_LESSON = 15


def imports(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each imported module, with the names taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module, tuple(alias.name for alias in node.names)


def roots(tree: ast.AST) -> set[str]:
    return {module.partition(".")[0] for module, _ in imports(tree)}


def parsed(folder: Path, pattern: str = "*.py") -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(folder.rglob(pattern))}


def library_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the library that a module imports; '' for the package as a whole."""
    for module, names in imports(tree):
        if module == "anionx_teach":
            yield from names or ("",)
        elif module.startswith("anionx_teach."):
            yield module.split(".")[1]


def library_graph(root: Path) -> dict[str, set[str]]:
    """Return which modules of the library each of them imports."""
    package = root / "anionx_teach"
    trees = parsed(package)
    return {
        path.stem: set(library_imports(tree))
        for path, tree in trees.items()
        if path.parent == package and path.stem != "__init__"
    }


def stages_reached(graph: dict[str, set[str]], stage: str) -> set[str]:
    """Return the stages that a stage uses, itself or through private modules."""
    reached, to_visit, seen = set(), set(graph[stage]), set()
    while to_visit:
        module = to_visit.pop()
        seen.add(module)
        if module.startswith("_"):
            to_visit |= graph.get(module, set()) - seen
        else:
            reached.add(module)
    return reached - {stage}


def stages_out_of_order(root: Path) -> list[str]:
    graph = library_graph(root)
    public = [module for module in graph if not module.startswith("_")]
    faults = [f"{stage} has no place in STAGES" for stage in public if stage not in STAGES]
    for stage in public:
        earlier = set(STAGES[: STAGES.index(stage)]) if stage in STAGES else set()
        allowed = earlier | GROUND_FLOOR
        faults += [
            f"{stage} uses {used or 'the package as a whole'}"
            for used in sorted(stages_reached(graph, stage) - allowed)
        ]
    return faults


def widgets_or_plots_in_the_library(root: Path) -> list[str]:
    return [
        f"{path.name} imports {module}"
        for path, tree in parsed(root / "anionx_teach").items()
        for module in sorted(roots(tree) & NOT_IN_THE_LIBRARY)
        if not (module == "matplotlib" and _draws_for_a_command(path, tree))
    ]


def _draws_for_a_command(path: Path, tree: ast.Module) -> bool:
    """Tell whether a file is the figure of a command, which imports nothing slow when it is read."""
    at_the_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return path.name.endswith("_figure.py") and not any(
        "matplotlib" in roots(ast.Module([node], [])) for node in at_the_top
    )


def private_names_in_the_widgets(root: Path) -> list[str]:
    return [
        f"{path.name} uses {name}"
        for path, tree in parsed(root / "widgets" / "anionx_widgets").items()
        for name in private_names(tree)
    ]


def private_names(tree: ast.AST) -> list[str]:
    """Return the private names of the library that a module imports, or reaches through a dot."""
    found, modules = [], set()
    for module, names in imports(tree):
        if module.partition(".")[0] == "anionx_teach":
            parts = [*module.split("."), *names]
            found += [name for name in parts if name.startswith("_") and name != "__version__"]
            modules |= set(names) | {"anionx_teach"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            owner = node.value
            while isinstance(owner, ast.Attribute):
                owner = owner.value
            if isinstance(owner, ast.Name) and owner.id in modules and node.attr != "__name__":
                found.append(node.attr)
    return found


def compiler_outside_the_kernels(root: Path) -> list[str]:
    return [
        f"{path.name} imports numba"
        for folder in ("anionx_teach", "widgets")
        for path, tree in parsed(root / folder).items()
        if "numba" in roots(tree) and not path.match("_*_kernels.py")
    ]


def views_in_the_states(root: Path) -> list[str]:
    return [
        f"{path.name} imports {module}"
        for path, tree in parsed(root / "widgets" / "anionx_widgets", "*_state.py").items()
        for module in sorted(roots(tree) & NOT_IN_A_STATE)
    ]


def long_files(root: Path) -> list[str]:
    """Name the files that are too long to read; the list of public names is not read but searched."""
    return [
        f"{path.name} has {length} lines without its docstrings"
        for folder in ("anionx_teach", "widgets", "tests")
        for path, tree in parsed(root / folder).items()
        if path.name != "__init__.py"
        and (length := len(path.read_text().splitlines()) - docstring_lines(tree)) > LONGEST_FILE
    ]


def docstring_lines(tree: ast.Module) -> int:
    return sum(
        node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def lesson_cells(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Yield the code cells of every lesson, without the lines that only IPython understands."""
    for path in sorted((root / "lessons").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                plain = [line for line in lines if not line.lstrip().startswith(("%", "!"))]
                yield path.name, ast.parse("\n".join(plain))


def foreign_imports_in_the_lessons(root: Path) -> list[str]:
    return [
        f"{name} imports {module}"
        for name, tree in lesson_cells(root)
        for module in sorted(roots(tree) - IN_A_LESSON)
    ] + [f"{name} uses {word}" for name, tree in lesson_cells(root) for word in private_names(tree)]


def long_functions_in_the_lessons(root: Path) -> list[str]:
    return [
        f"{name}: {node.name} has {length} lines"
        for name, tree in lesson_cells(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION_IN_A_LESSON
    ]


RULES: tuple[Callable[[Path], list[str]], ...] = (
    stages_out_of_order,
    widgets_or_plots_in_the_library,
    private_names_in_the_widgets,
    compiler_outside_the_kernels,
    views_in_the_states,
    long_files,
    foreign_imports_in_the_lessons,
    long_functions_in_the_lessons,
)
