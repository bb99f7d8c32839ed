"""The architecture: floors, one clock, small pieces, and tests that patch nothing of ours."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.gates.repository import ROOT, Function, calls, functions, modules, short, tree

MONITOR = modules("monitor")
TESTS = modules("tests")
CLOCK = re.compile(r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)|utcnow")
PATCHES = {"monkeypatch.setattr", "monkeypatch.setitem", "mock.patch", "patch", "time.sleep"}
EDGES = (
    "monitor/pipeline/", "monitor/scheduler.py", "monitor/cli/", "monitor/app/control.py", "monitor/threads.py"
)  # fmt: skip


def test_every_import_contract_holds() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    lint = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert lint.returncode == 0, lint.stdout[lint.stdout.find("Contracts") :]


def test_every_module_says_its_job_in_its_first_line() -> None:
    silent = [path for path in [*MONITOR, *TESTS, *modules("bench")] if not ast.get_docstring(tree(path))]
    # A folder of tests says in its modules what they are about.
    assert [short(path) for path in silent if not (path.name == "__init__.py" and path in TESTS)] == []


def test_only_the_composition_root_reads_the_clock() -> None:
    readings = [
        f"{short(path)}:{line} {name}" for path in MONITOR for line, name in calls(tree(path)) if CLOCK.fullmatch(name)
    ]
    assert [each for each in readings if not each.startswith("monitor/app/clock.py")] == []


def test_nothing_changes_globals_or_imports_our_own_inside_a_function() -> None:
    assert [f"{short(path)}:{line}" for path in MONITOR for line in _hidden_ties(tree(path))] == []


def test_only_the_edges_swallow_every_exception() -> None:
    broad = [f"{short(path)}:{line}" for path in MONITOR for line in _swallowing(tree(path))]
    assert [each for each in broad if not each.startswith(EDGES)] == []


def test_files_and_functions_stay_small_and_annotated() -> None:
    by_hand = [path for path in MONITOR if "versions" not in path.parts]
    assert [short(path) for path in by_hand if path.read_text(encoding="utf-8").count("\n") > 400] == []
    assert [
        f"{short(path)}:{function.lineno} {function.name}: {fault}"
        for path in by_hand
        for function in functions(tree(path))
        for fault in _faults(function)
    ] == []


def test_tests_patch_nothing_and_do_not_sleep() -> None:
    assert [
        f"{short(path)}:{line} {name}" for path in TESTS for line, name in calls(tree(path)) if name in PATCHES
    ] == []
    assert [
        short(path)
        for path in TESTS
        if re.search(r"^\s*(from|import) (unittest\.)?mock\b", path.read_text(), re.MULTILINE)
    ] == []


def test_no_template_turns_escaping_off() -> None:
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup")
    templates = sorted((ROOT / "templates").iterdir())
    assert templates
    assert [short(path) for path in templates if unescaped.search(path.read_text(encoding="utf-8"))] == []


def _hidden_ties(module: ast.Module) -> Iterator[int]:
    yield from (node.lineno for node in ast.walk(module) if isinstance(node, ast.Global))
    for function in functions(module):
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "monitor"):
                yield node.lineno


def _swallowing(module: ast.Module) -> Iterator[int]:
    """Lines that catch everything and do not raise it again."""
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            caught = ast.unparse(node.type) if node.type else "BaseException"
            if caught in ("Exception", "BaseException"):
                yield node.lineno


def _faults(function: Function) -> Iterator[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if _length(function) > 45:
        yield f"{_length(function)} lines"
    if _nesting(function) > 3:
        yield f"nested {_nesting(function)} deep"
    if function.returns is None or not all(each.annotation or each.arg in ("self", "cls") for each in arguments):
        yield "not annotated"


def _length(function: Function) -> int:
    """Lines without decorators and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 2 if body else 1


BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)
OTHER_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _nesting(node: ast.AST, depth: int = 0) -> int:
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, OTHER_FUNCTIONS):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, _nesting(child, depth + (isinstance(child, BLOCKS) and not is_elif)))
    return deepest
