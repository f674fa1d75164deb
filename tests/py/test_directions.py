"""The worker's rooms import in one direction, each by its one way in."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "py" / "aft_worker"

# What any room may import, in turn: each of these imports those before it at most.
BASE = [
    "__init__",
    "protocol",
    "errors",
    "memory",
    "faults",
    "callbacks",
    "distributed",
    "shared_weights",
    "board",
    "folders",
]

# For each room, the rooms it may import.
ALLOWED: dict[str, set[str]] = {
    "rpc": set(),
    "tracking": set(),
    "device": set(),
    "tokens": set(),
    "losses": set(),
    "score": {"tokens"},
    "model": {"score", "tokens", "device"},
    "sample": {"score", "tokens", "device"},
    "train": {"losses", "score", "device"},
    "handlers": {"train", "sample", "model", "score", "tokens", "device", "tracking", "rpc"},
    "ranks": {"rpc", "device"},
    "__main__": {"handlers", "rpc", "ranks"},
    "embedded": {"handlers", "rpc"},
}


def modules() -> dict[str, Path]:
    """By dotted name within the package; a room's way in is the room's name."""
    files = {path.relative_to(PACKAGE).with_suffix(""): path for path in PACKAGE.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): path for name, path in files.items()}


MODULES = modules()


def imports(name: str) -> set[str]:
    """The modules of the package that a module imports, for its types too, or within a function."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" and name != "__init__" else name.split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        start = package[: len(package) - node.level + 1]
        target = [*start, *(node.module or "").split(".")] if node.module else start
        for alias in node.names:
            candidate = ".".join([*target, alias.name])
            found.add(candidate if candidate in MODULES else ".".join(target) or "__init__")
    return found


def room(name: str) -> str:
    return name.partition(".")[0]


def test_every_module_lies_in_a_room_or_is_the_base() -> None:
    assert {room(name) for name in MODULES} == {*BASE, *ALLOWED}


def test_rooms_import_in_one_direction_only() -> None:
    wrong = [
        f"{name} imports {target}"
        for name in MODULES
        if room(name) in ALLOWED
        for target in sorted(imports(name))
        if room(target) not in {room(name), *BASE, *ALLOWED[room(name)]}
    ]
    wrong += [
        f"{name} imports {target}"
        for place, name in enumerate(BASE)
        for target in sorted(imports(name))
        if target not in BASE[:place]
    ]
    assert wrong == []


def test_a_room_is_entered_by_its_one_way_in() -> None:
    wrong = [
        f"{name} imports {target}"
        for name in MODULES
        for target in sorted(imports(name))
        if room(target) != room(name) and target != room(target)
    ]
    assert wrong == []


def test_no_module_imports_itself_round_a_circle() -> None:
    below: dict[str, set[str]] = {}

    def reach(name: str, way: tuple[str, ...]) -> set[str]:
        assert name not in way, " -> ".join([*way, name])
        if name not in below:
            inside = {target for target in imports(name) if target != name}
            below[name] = inside.union(*(reach(target, (*way, name)) for target in sorted(inside)))
        return below[name]

    for name in MODULES:
        reach(name, ())


def test_every_room_says_what_it_is() -> None:
    for name in ALLOWED:
        documented = ast.get_docstring(ast.parse(MODULES[name].read_text()))
        assert documented, name


def test_what_answers_hello_imports_no_torch() -> None:
    light = {"__main__", "embedded", "handlers", "handlers.process", "protocol", "errors", "callbacks"}
    light |= {name for name in MODULES if room(name) in ("rpc", "tracking")}
    for name in light:
        tree = ast.parse(MODULES[name].read_text())
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        named = {alias.name.partition(".")[0] for node in top for alias in node.names}
        named |= {(node.module or "").partition(".")[0] for node in top if isinstance(node, ast.ImportFrom)}
        assert not named & {"torch", "transformers", "peft"}, name
