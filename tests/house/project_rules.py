"""Rules for the project as a whole: its words, its papers, what it carries with it."""

import ast
import base64
import hashlib
import json
import re
from pathlib import Path

# Put together here so that this file does not fault itself.
FOREIGN = {
    r"\.\./" + "shared": "a folder outside the project",
    r"(?<![\w.$}/-])/" + r"work/": "a folder of one machine",
    r"\b[Ii]ssue " + r"#?[0-9]": "a ticket nobody else can read",
    r"\b[Tt]his " + "session": "whoever wrote it",
    "pypi"
    + r"\.org|pythonhosted"
    + r"\.org|registry\."
    + r"npmjs|npmjs"
    + r"\.org|deb\."
    + "debian": "a registry's host",
    r"--(?:extra-)?index-" + "url|--find-" + r"links\b": "a registry's address",
}


def foreign_words(path: str, text: str) -> list[str]:
    """Mentions of things that exist only where the project is written."""
    return [
        f"{path}:{number}: names {why}: {found.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, why in FOREIGN.items()
        for found in re.finditer(pattern, line)
    ]


def vendored(manifest: Path) -> list[str]:
    """Files that differ from their manifest, lack a licence, or are not in it."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    faults = []
    for entry in entries:
        file, licence = manifest.parent / entry["file"], manifest.parent / entry["licence_file"]
        if not file.exists():
            faults.append(f"{entry['file']} is missing")
        elif base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode() != entry["sha384"]:
            faults.append(f"{entry['file']} is not the {entry['name']} {entry['version']} that was taken in")
        if not licence.exists():
            faults.append(f"{entry['file']} has no licence beside it")
    listed = {entry["file"] for entry in entries}
    scripts = [*manifest.parent.glob("*.js"), *manifest.parent.glob("*.wasm")]
    return faults + [f"{p.name} is not in {manifest.name}" for p in scripts if p.name not in listed]


def undocumented(names: list[str], paper: str) -> list[str]:
    """Names the paper does not write as `name` or `name(`."""
    return [
        f"{name} is not documented" for name in names if not re.search(rf"`{re.escape(name)}[`(=]", paper)
    ]


def hooks(specs: str) -> list[str]:
    """Names of the functions marked @hookspec in the text of a module."""
    return [
        node.name
        for node in ast.walk(ast.parse(specs))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("hookspec" in ast.dump(mark) for mark in node.decorator_list)
    ]


def implemented(text: str) -> set[str]:
    """Names of the functions marked @hookimpl in the text of a module."""
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("hookimpl" in ast.dump(mark) for mark in node.decorator_list)
    }
