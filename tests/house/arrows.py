"""Which way imports may point: plugins → web.api, core.api; web → core; inside core downwards only."""

import ast
from collections.abc import Iterator

LAYERS = ("base", "extension", "community", "points", "activity", "reward", "publish", "lifecycle", "api")
DOORS = ("core.api", "web.api")


def imported(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports; `from a import b` counts as a.b."""
    package = path.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def arrows(path: str, text: str) -> list[str]:
    """Imports that point the wrong way, as 'path:line: why'."""
    home = path.removesuffix(".py").split("/")
    checks = {"core": _from_core, "web": _from_web, "plugins": _from_plugin}
    return [
        f"{path}:{line}: {why}"
        for line, name in imported(path, text)
        for why in [checks[home[0]](home, name)]
        if why
    ]


def _from_core(home: list[str], name: str) -> str:
    target = name.split(".")
    if target[0] in ("web", "plugins", "tests"):
        return f"core does not know {name}"
    if target[0] != "core" or len(target) < 2 or target[1] not in LAYERS:
        return ""
    here = home[1] if len(home) > 1 else ""
    if here in LAYERS and LAYERS.index(target[1]) > LAYERS.index(here):
        return f"core.{here} may not know core.{target[1]}"
    return ""


def _from_web(_home: list[str], name: str) -> str:
    stranger = name.split(".", maxsplit=1)[0] in ("plugins", "tests")
    return f"web knows no plugin by name: {name}" if stranger else ""


def _from_plugin(home: list[str], name: str) -> str:
    own = ".".join(home[:2])
    if name.split(".", maxsplit=1)[0] not in ("core", "web", "plugins", "tests"):
        return ""
    if name == own or name.startswith(own + ".") or name == "plugins." + home[1]:
        return ""
    if any(name == door or name.startswith(door + ".") for door in DOORS):
        return ""
    return f"a plugin comes in by core.api and web.api, not {name}"


def plugin_names(path: str, text: str) -> list[str]:
    """Strings in core and web that name a plugin's module, which only an entry point may do."""
    return [
        f"{path}:{node.lineno}: a plugin is found by its entry point, not by the name {node.value!r}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _names_plugin(node.value)
    ]


def _names_plugin(value: str) -> bool:
    head, _, tail = value.partition(".")
    return head == "plugins" and tail.isidentifier()
