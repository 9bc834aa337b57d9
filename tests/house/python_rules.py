"""Rules for Python sources, read from their syntax trees."""

import ast
import re
from collections.abc import Iterator

FILE_LINES = 400
FUNCTION_LINES = 60
RUNS_SQL = frozenset(
    {"fetch", "one", "value", "execute", "executemany", "run_text", "run_raw", "raw", "fetchval"}
)

# In pieces, so that a search for the words does not find the rule.
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")


def file_length(path: str, text: str) -> list[str]:
    count = text.count("\n")
    return [f"{path}: {count} lines, more than {FILE_LINES}"] if count > FILE_LINES else []


def function_length(path: str, text: str) -> list[str]:
    faults = []
    for node in _functions(ast.parse(text)):
        count = (node.end_lineno or node.lineno) - node.lineno + 1
        if count > FUNCTION_LINES:
            faults.append(f"{path}:{node.lineno}: {node.name} has {count} lines, more than {FUNCTION_LINES}")
    return faults


def built_sql(path: str, text: str) -> list[str]:
    """Calls that run a statement whose text is put together at run time, here or in a name assigned here."""
    tree = ast.parse(text)
    built = {name for name, value in _assignments(tree) if _is_built(value)}
    awaited = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Await)}
    faults = []
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and _called(call) in RUNS_SQL and call.args):
            continue
        if _is_of_a_form(call, awaited=id(call) in awaited):
            continue
        first = call.args[0]
        if _is_pragma(first):
            continue
        if _is_built(first) or (isinstance(first, ast.Name) and first.id in built):
            faults.append(f"{path}:{call.lineno}: SQL is a constant with parameters, never put together")
    return faults


def swallowed(path: str, text: str) -> list[str]:
    """Handlers that catch everything and do nothing."""
    return [
        f"{path}:{node.lineno}: an error is swallowed"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and all(map(_does_nothing, node.body))
    ]


def stray_tasks(path: str, text: str) -> list[str]:
    """Tasks started outside core/base, where a shutdown would not wait for them."""
    if path.startswith("core/base/"):
        return []
    return [
        f"{path}:{node.lineno}: only core/base starts tasks"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _called(node) in ("create_task", "ensure_future")
    ]


def unfinished(path: str, text: str) -> list[str]:
    """Words of work not done, and code that says so by raising it (a hook's specification may)."""
    words = [
        f"{path}:{number}: unfinished: {line.strip()[:60]}"
        for number, line in enumerate(text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    if path == "core/extension/specs.py":
        return words
    return words + [
        f"{path}:{node.lineno}: not implemented"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)
    ]


def unsafe_markup(path: str, text: str) -> list[str]:
    """Markup made in Python, which escapes nothing; web/render.py is the one place that may."""
    if path == "web/render.py":
        return []
    return [
        f"{path}:{node.lineno}: Markup is made in web/render.py only"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _called(node) == "Markup"
    ]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _assignments(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AugAssign):
            targets, value = [node.target], ast.BinOp(node.target, node.op, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            targets, value = [node.target], node.value
        yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))


def _is_built(value: ast.expr) -> bool:
    """An f-string, text + text, text % values, text.format() or text.join()/replace() of a literal."""
    if isinstance(value, ast.JoinedStr):
        return True
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Mod):
        return _is_text(value.left) or _is_text(value.right)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr in ("format", "format_map", "join", "replace") and _is_text(value.func.value)
    return False


def _is_of_a_form(call: ast.Call, *, awaited: bool) -> bool:
    """Reading a form's field: `one` and `value` without a wait, `raw` of something that is no table class."""
    name = _called(call)
    if name == "raw":
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        return isinstance(owner, ast.Name) and not owner.id[0].isupper()
    return name in ("one", "value") and not awaited


def _is_pragma(value: ast.expr) -> bool:
    """SQLite's pragmas take no parameters, so their one caller puts them together."""
    return (
        isinstance(value, ast.BinOp)
        and isinstance(value.left, ast.Constant)
        and value.left.value == "pragma "
    )


def _is_text(value: ast.expr) -> bool:
    return (isinstance(value, ast.Constant) and isinstance(value.value, str)) or _is_built(value)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    return kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )
