# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of ARCHITECTURE.md, held against every file under plugins/.

Each rule is a pure function from a path and a source text to sentences about what is wrong, so that the
planted violations at the end can show that it fails when it should.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.community.containerd"
MODULE_UTILS = f"{COLLECTION}.plugins.module_utils"

# Top floor first, as `ls` prints them. A floor may import itself and what stands here, nothing else.
MAY_IMPORT: dict[str, set[str]] = {
    "_ansible": {"_reconcile", "_values"},
    "_reconcile": {"_spec", "_toml", "_values"},
    "_runtime": {"_services", "_spec", "_toml", "_values"},
    "_services": {"_values", "_wire"},
    "_spec": {"_values"},
    "_toml": {"_values"},
    "_values": set(),
    "_wire": set(),
}
# A module file is the composition root: how to run, what to decide, with which verbs.
MODULE_MAY_IMPORT = {"_ansible", "_reconcile", "_runtime"}

MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 60
# Tables, checkable by eye against their standard.
DATA = (
    "plugins/module_utils/_services/messages/",
    "plugins/module_utils/_wire/http2/huffman.py",
    "plugins/doc_fragments/",
)
DOCUMENTS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

# The only foreign packages, each in one guarded file. urllib3 is what requests stands on, and comes with it.
FOREIGN = {"requests", "tomlkit", "urllib3"}
NEWER = {"compression"}  # of the standard library from Python 3.14 on; imported under ImportError
FOR_TYPING = {"typing_extensions"}  # never loaded: type checkers bring it along

HEADER = (
    "# Copyright (c) 2026, the community.containerd contributors",
    "# GNU General Public License v3.0+ "
    "(see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)",
    # In two pieces, lest it be read as the licence of this file.
    "# SPDX-License-" + "Identifier: GPL-3.0-or-later",
)

# What one task sends to the host, in KiB: the whole zip, of which ansible-core's own part is about 122.
PAYLOAD_KIB = {
    "default": 225,
    "ctr_container": 375,
    "ctr_exec": 228,
    "ctr_image": 280,
    "ctr_image_import": 245,
    "ctr_image_push": 265,
    "ctr_prune": 233,
}
# What the host loads of ours before a module does anything, in ms as measured: 0.11 for a KiB, 0.25 for a file.
# Imports inside functions are not counted: they are paid for where they are used.
START_MS = {"default": 26.0, "ctr_image_import": 35.0, "ctr_prune": 29.0, "ctr_container": 36.0}
MS_PER_KIB, MS_PER_FILE = 0.11, 0.25


# Reading a file: what it imports, and under which guard.


class Import(t.NamedTuple):
    """One imported module, by its absolute name."""

    name: str
    line: int
    is_guarded: bool


def floor_of(path: str) -> str | None:
    """The floor that a file stands on; None outside plugins/module_utils."""
    parts = path.split("/")
    return parts[2] if parts[:2] == ["plugins", "module_utils"] and len(parts) > 3 else None


def is_module(path: str) -> bool:
    return path.startswith("plugins/modules/")


def absolute(path: str, node: ast.ImportFrom) -> str:
    """The full name of what a `from … import` names."""
    if not node.level:
        return node.module or ""
    package = [*COLLECTION.split("."), *path.split("/")[: -node.level]]
    return ".".join([*package, *([node.module] if node.module else [])])


def imports(path: str, tree: ast.AST) -> list[Import]:
    """Every import statement, in functions and under TYPE_CHECKING too: the module builder ships them all."""
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any(catches(handler, {"ImportError"}) for handler in node.handlers)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, id(node) in guarded) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = absolute(path, node)
            names = (
                [f"{base}.{alias.name}" for alias in node.names] if base.startswith(COLLECTION) else [base]
            )
            found += [Import(name, node.lineno, id(node) in guarded) for name in names]
    return found


def names(path: str, tree: ast.AST) -> t.Iterator[tuple[str, int]]:
    return ((item.name, item.line) for item in imports(path, tree))


def catches(handler: ast.ExceptHandler, exceptions: set[str]) -> bool:
    """Whether a handler names one of these, alone or in a tuple."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(item, ast.Name) and item.id in exceptions for item in caught)


# The rules. Each takes (path, tree, source) and yields sentences.

Rule = t.Callable[[str, ast.Module, str], t.Iterator[str]]


def stands_on_a_known_floor(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    if path.startswith("plugins/module_utils/") and floor_of(path) not in MAY_IMPORT:
        yield f"is on no floor of {sorted(MAY_IMPORT)}"
    if path.endswith("/__init__.py"):
        yield "must not exist: a package's __init__.py is shipped with all that it imports"


def imports_only_floors_below(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    floor = floor_of(path)
    if floor is None and not is_module(path):
        return
    allowed = {floor, *MAY_IMPORT.get(floor, set())} if floor else MODULE_MAY_IMPORT
    for name, line in names(path, tree):
        if name.startswith(f"{MODULE_UTILS}."):
            target = name[len(MODULE_UTILS) + 1 :].split(".")[0]
            if target not in allowed:
                yield f"line {line}: imports {target}, may import {sorted(filter(None, allowed))}"
        elif name.startswith(COLLECTION):
            yield f"line {line}: imports {name}, outside the floors"


def only_the_top_floor_knows_ansible(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    if floor_of(path) == "_ansible" or not (floor_of(path) or is_module(path)):
        return
    for name, line in names(path, tree):
        if name.split(".")[0] == "ansible":
            yield f"line {line}: imports {name}, only _ansible may"
    for node in ast.walk(tree):
        word = getattr(node, "attr", None) or getattr(node, "id", None)
        if word in {"fail_json", "exit_json"}:
            yield f"line {node.lineno}: says {word}, only _ansible may"  # type: ignore[attr-defined]


def module_files_only_compose(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    if not is_module(path):
        return
    for name, line in names(path, tree):
        if not name.startswith(COLLECTION) and name != "__future__":
            yield f"line {line}: imports {name}; a module file only composes"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"line {node.lineno}: a relative import breaks the short name; use the full one"


def foreign_packages_are_few_and_guarded(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    if not floor_of(path):
        return
    at_run_time = imports(path, WithoutTyping().visit(ast.parse(source)))
    for name, line, is_guarded in imports(path, tree):
        top = name.split(".")[0]
        if top in FOREIGN and not is_guarded:
            yield f"line {line}: imports {top} without `except ImportError`"
        elif top in FOR_TYPING and Import(name, line, is_guarded) not in at_run_time:
            continue
        elif top not in {*sys.stdlib_module_names, *NEWER, *FOREIGN, "ansible", "ansible_collections"}:
            yield f"line {line}: imports {top}, which a managed host need not have"


def no_broad_except_below_the_edge(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    """A handler that ends by raising the same error again has only cleaned up, and is let pass."""
    if floor_of(path) == "_ansible" or not (floor_of(path) or is_module(path)):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or raises_again(node):
            continue
        if node.type is None or catches(node, {"Exception", "BaseException"}):
            yield f"line {node.lineno}: a broad except; an unknown error is a bug and should look like one"


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def no_assert(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: assert in shipped code vanishes under -O"


def opens_with_licence_and_docstring(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    lines = source.splitlines()
    start = 1 if lines and lines[0].startswith("#!") else 0
    if tuple(lines[start : start + 3]) != HEADER:
        yield "does not open with the three licence lines"
    documents = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if not ast.get_docstring(tree) and not (is_module(path) and documents >= DOCUMENTS):
        yield "has no docstring that says what it knows"


def code_lines(path: str, tree: ast.Module, source: str) -> int:
    """The lines of a file, those of its user documentation not counted."""
    documents = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in DOCUMENTS for target in node.targets)
    ]
    return len(source.splitlines()) - sum(
        (node.end_lineno or node.lineno) - node.lineno for node in documents
    )


def files_and_functions_are_small(path: str, tree: ast.Module, source: str) -> t.Iterator[str]:
    if path.startswith(DATA):
        return
    lines = code_lines(path, tree, source)
    if lines > MAX_FILE_LINES:
        yield f"has {lines} lines, at most {MAX_FILE_LINES}: a second file is wanted"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"line {node.lineno}: {node.name} has {length} lines, at most {MAX_FUNCTION_LINES}"


RULES: tuple[Rule, ...] = (
    stands_on_a_known_floor,
    imports_only_floors_below,
    only_the_top_floor_knows_ansible,
    module_files_only_compose,
    foreign_packages_are_few_and_guarded,
    no_broad_except_below_the_edge,
    no_assert,
    opens_with_licence_and_docstring,
    files_and_functions_are_small,
)


def violations(path: str, source: str) -> list[str]:
    """What is wrong with one file, by every rule."""
    try:
        tree = ast.parse(source, feature_version=(3, 8))
    except SyntaxError as exc:
        return [f"line {exc.lineno}: is not Python 3.8: {exc.msg}"]
    return [f"{path}: {sentence}" for rule in RULES for sentence in rule(path, tree, source)]


# Rules about the whole: what must occur exactly once.


def check_mode_reads(tree: ast.AST) -> int:
    return sum(isinstance(node, ast.Attribute) and node.attr == "check_mode" for node in ast.walk(tree))


def dry_run_decisions(tree: ast.AST) -> int:
    """How many branches hang on a dry run."""

    def mentions(test: ast.AST) -> bool:
        return any(getattr(node, "id", getattr(node, "attr", None)) == "dry_run" for node in ast.walk(test))

    return sum(
        isinstance(node, (ast.If, ast.IfExp, ast.While)) and mentions(node.test) for node in ast.walk(tree)
    )


def places(count: t.Callable[[ast.AST], int], sources: t.Mapping[str, str]) -> dict[str, int]:
    """Where something occurs, and how often."""
    found = {path: count(ast.parse(source)) for path, source in sources.items()}
    return {path: number for path, number in found.items() if number}


def foreign_places(sources: t.Mapping[str, str]) -> dict[str, list[str]]:
    """Which files import each foreign package."""
    found: dict[str, list[str]] = {package: [] for package in sorted(FOREIGN)}
    for path, source in sources.items():
        for package in {item.name.split(".")[0] for item in imports(path, ast.parse(source))} & FOREIGN:
            found[package].append(path)
    return found


# The tests.

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("plugins/**/*.py"))
}
MODULES = sorted(Path(path).stem for path in SOURCES if is_module(path))


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_a_file_keeps_every_rule(path: str) -> None:
    assert not violations(path, SOURCES[path])


@pytest.mark.skipif(
    "plugins/module_utils/_ansible/run.py" not in SOURCES, reason="_ansible/run.py is not there yet"
)
def test_check_mode_is_read_once_where_it_is_handed_over() -> None:
    assert places(check_mode_reads, SOURCES) == {"plugins/module_utils/_ansible/run.py": 1}


@pytest.mark.skipif(
    "plugins/module_utils/_reconcile/engine.py" not in SOURCES, reason="_reconcile/engine.py is not there yet"
)
def test_a_dry_run_is_decided_once_in_the_engine() -> None:
    assert places(dry_run_decisions, SOURCES) == {"plugins/module_utils/_reconcile/engine.py": 1}


def test_each_foreign_package_is_imported_in_one_file() -> None:
    assert {package: paths for package, paths in foreign_places(SOURCES).items() if len(paths) > 1} == {}


def test_the_action_group_is_the_set_of_modules() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["ctr"]) == MODULES


# The payload, built by Ansible's own module builder.


@pytest.fixture(scope="module")
def payloads() -> dict[str, dict[str, int]]:
    """What a task with each module sends, by name; in another process, which gets Ansible's import hooks."""
    command = [sys.executable, str(ROOT / "tests/tools/payload.py")]
    return t.cast("dict[str, dict[str, int]]", json.loads(subprocess.check_output(command, text=True)))


def imported_at_start(path: str, sources: t.Mapping[str, str]) -> set[str]:
    """The files of ours that are compiled when this one is imported, itself included."""
    seen, waiting = set(), [path]
    while waiting:
        path = waiting.pop()
        if path in sources and path not in seen:
            seen.add(path)
            for item in imports(path, outermost(ast.parse(sources[path]))):
                file = item.name[len(COLLECTION) + 1 :].replace(".", "/")
                # `from .x import y`: y is a file, or a name in one.
                waiting += [f"{file}.py", f"{file.rpartition('/')[0]}.py"]
    return seen


class WithoutTyping(ast.NodeTransformer):
    """Leaves out what only a type checker reads."""

    def visit_If(self, node: ast.If) -> t.Any:
        test = node.test
        if getattr(test, "id", getattr(test, "attr", None)) == "TYPE_CHECKING":
            return [self.visit(child) for child in node.orelse]
        return self.generic_visit(node)


class Outermost(WithoutTyping):
    """Leaves out what does not run when a module is imported."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        return None


def outermost(tree: ast.Module) -> ast.Module:
    return t.cast("ast.Module", Outermost().visit(tree))


@pytest.mark.parametrize("module", MODULES)
def test_a_payload_stays_within_its_budget(
    module: str, payloads: dict[str, dict[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = payloads[module]
    total_kib = found["bytes"] / 1024
    with capsys.disabled():
        print(f"\n{module}: payload {total_kib:.0f} KiB in {found['files']} files,", end=" ")
        print(
            f"of which ours {found['our_source_bytes'] / 1024:.0f} KiB of source in {found['our_files']} files"
        )
    assert total_kib <= PAYLOAD_KIB.get(module, PAYLOAD_KIB["default"])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_starts_within_its_budget(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = imported_at_start(f"plugins/modules/{module}.py", SOURCES)
    kib = sum(len(SOURCES[path].encode()) for path in files) / 1024
    cost_ms = kib * MS_PER_KIB + len(files) * MS_PER_FILE
    with capsys.disabled():
        print(f"\n{module}: starts with {kib:.0f} KiB of ours in {len(files)} files, about {cost_ms:.0f} ms")
    assert cost_ms <= START_MS.get(module, START_MS["default"]), sorted(files)


# The rules can fail: one planted violation each.

GOOD = "\n".join([*HEADER, '"""Knows one thing."""', "from __future__ import annotations", ""])
CTR = "plugins/modules/ctr_x.py"
PLANTED = [
    ("plugins/module_utils/_wire/x.py", "from .._values import digest", "may import ['_wire']"),
    ("plugins/module_utils/_wire/http2/x.py", "from ..._values.digest import Digest", "imports _values"),
    ("plugins/module_utils/_values/x.py", f"import {MODULE_UTILS}._wire.errors", "imports _wire"),
    (
        "plugins/module_utils/_reconcile/x.py",
        "def f():\n    from .._runtime.images import Images",
        "imports _runtime",
    ),
    (
        "plugins/module_utils/_reconcile/x.py",
        "if TYPE_CHECKING:\n    from .. import _runtime",
        "imports _runtime",
    ),
    ("plugins/module_utils/_spec/x.py", "from ...modules import ctr_image", "outside the floors"),
    (
        "plugins/module_utils/_runtime/x.py",
        "from ansible.module_utils.basic import AnsibleModule",
        "only _ansible may",
    ),
    ("plugins/module_utils/_runtime/x.py", "module.fail_json(msg='no')", "says fail_json"),
    ("plugins/module_utils/_services/x.py", "import requests", "without `except ImportError`"),
    (
        "plugins/module_utils/_services/x.py",
        "try:\n    import requests\nexcept OSError:\n    pass",
        "without `except",
    ),
    (
        "plugins/module_utils/_wire/x.py",
        "try:\n    import grpc\nexcept ImportError:\n    grpc = None",
        "need not have",
    ),
    (
        "plugins/module_utils/_wire/x.py",
        "try:\n    pass\nexcept (OSError, Exception):\n    pass",
        "broad except",
    ),
    ("plugins/module_utils/_wire/x.py", "try:\n    pass\nexcept:\n    pass", "broad except"),
    (
        "plugins/module_utils/_wire/x.py",
        "try:\n    pass\nexcept Exception as exc:\n    raise exc",
        "broad except",
    ),
    ("plugins/module_utils/_wire/x.py", "assert True", "vanishes"),
    ("plugins/module_utils/_wire/x.py", "x = 1\n" * 451, "at most 450"),
    ("plugins/module_utils/_wire/x.py", "def f():\n" + "    x = 1\n" * 61, "at most 60"),
    ("plugins/module_utils/_wire/x.py", "match x:\n    case 1:\n        pass", "not Python 3.8"),
    ("plugins/module_utils/x.py", "", "is on no floor"),
    ("plugins/module_utils/_misc/x.py", "", "is on no floor"),
    ("plugins/module_utils/_wire/__init__.py", "", "must not exist"),
    (CTR, f"from {MODULE_UTILS}._wire.errors import WireError", "imports _wire"),
    (CTR, "from ..module_utils._ansible.run import run", "breaks the short name"),
    (CTR, "import os", "only composes"),
    (CTR, "from ansible.module_utils.basic import AnsibleModule", "only _ansible may"),
]


@pytest.mark.parametrize(("path", "body", "complaint"), PLANTED)
def test_a_planted_violation_is_found(path: str, body: str, complaint: str) -> None:
    assert complaint in "\n".join(violations(path, GOOD + body))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "plugins/module_utils/_wire/x.py",
            "import socket\nfrom . import errors\nfrom .protobuf.fields import STRING",
        ),
        ("plugins/module_utils/_ansible/x.py", "from ansible.module_utils.basic import AnsibleModule"),
        (
            "plugins/module_utils/_services/x.py",
            "try:\n    import requests\nexcept ImportError:\n    requests = None",
        ),
        ("plugins/module_utils/_wire/http2/huffman.py", "x = 1\n" * 451),
        ("plugins/module_utils/_wire/x.py", "try:\n    pass\nexcept BaseException:\n    close()\n    raise"),
        (CTR, f"from {MODULE_UTILS}._ansible.run import run"),
    ],
)
def test_what_is_right_passes(path: str, body: str) -> None:
    assert not violations(path, GOOD + body)


def test_a_file_without_licence_or_docstring_is_found() -> None:
    assert len(violations("plugins/module_utils/_wire/x.py", "x = 1")) == 2


def test_a_second_read_of_check_mode_is_found() -> None:
    assert places(check_mode_reads, {"a": "f(module.check_mode)", "b": "module.check_mode"}) == {
        "a": 1,
        "b": 1,
    }


def test_a_second_decision_on_a_dry_run_is_found() -> None:
    assert places(
        dry_run_decisions, {"a": "x = 1 if self.dry_run else 2\nif not dry_run: f()", "b": "f(dry_run)"}
    ) == {"a": 2}


def test_a_second_import_of_requests_is_found() -> None:
    found = foreign_places(
        {"plugins/a.py": "import requests", "plugins/b.py": "from requests.auth import AuthBase"}
    )
    assert found["requests"] == ["plugins/a.py", "plugins/b.py"]


def test_imports_inside_functions_are_not_paid_for_at_the_start() -> None:
    sources = {
        "plugins/modules/a.py": f"from {MODULE_UTILS}._ansible.run import run",
        "plugins/module_utils/_ansible/run.py": "from .._values import plan\ndef f():\n    from . import late",
        "plugins/module_utils/_values/plan.py": "if TYPE_CHECKING:\n    from . import errors",
        "plugins/module_utils/_values/errors.py": "",
        "plugins/module_utils/_ansible/late.py": "",
    }
    found = imported_at_start("plugins/modules/a.py", sources)
    assert sorted(path.rpartition("/")[2] for path in found) == ["a.py", "plan.py", "run.py"]
