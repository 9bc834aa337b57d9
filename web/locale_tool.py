"""Collects the texts of the sources and brings the catalogues up to date: `make locale`.

zh_Hans is written by hand. zh_Hant is made from it by OpenCC (s2twp), with the words in zh_Hant's human.po
on top. English needs no words of its own, only plurals. Exits with 1 when a text has no Chinese yet, naming
it.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
SINGLE = frozenset({"_", "N_", "gettext", "Message"})
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_UNSTEADY = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Project-Id-Version',
    '"Report-Msgid-Bugs-To',
    '"Last-Translator',
    '"Language-Team',
)
OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def _sources(folders: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield "python", path
            elif path.suffix == ".html" and "templates" in path.parts:
                yield "jinja2", path


def _python(path: Path) -> Iterator[tuple[Any, str | None]]:
    """Texts of a Python file, with their context: the constants that are handed to a marking function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in SINGLE and words and isinstance(node.args[0], ast.Constant):
            yield words[0], None
        elif name == "ngettext" and len(words) >= 2:  # one and many
            yield (words[0], words[1]), None
        elif name == "pgettext" and len(words) >= 2:  # context and text
            yield words[1], words[0]


def _template(path: Path) -> Iterator[tuple[Any, str | None]]:
    with path.open("rb") as file:
        for _, text, _, context in extract("jinja2", file, KEYWORDS, (), OPTIONS):
            yield text, context


def collect(folders: Iterable[Path]) -> Catalog:
    """All texts of some folders."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for method, path in _sources(folders):
        for text, context in _python(path) if method == "python" else _template(path):
            if text and text != ("", ""):
                # Without line numbers a catalogue changes only when its texts do.
                found.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
    return found


def _known(path: Path) -> dict[tuple[str | None, str], Message]:
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {(m.context, _first(m)): m for m in read_po(file) if m.id}


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _filled(message: Message) -> bool:
    words = message.string
    return bool(words) and (isinstance(words, str) or all(words or ()))


def bring_up(texts: Catalog, folder: Path, name: str) -> list[str]:
    """Writes the three catalogues of one folder; returns the texts that have no Chinese."""
    hans = _known(folder / "zh_Hans" / "LC_MESSAGES" / f"{name}.po")
    human = _known(folder / "zh_Hant" / "LC_MESSAGES" / "human.po")
    taiwan = _converter()
    missing: list[str] = []
    for language in LANGUAGES:
        header = f"# {name}: {language}. Kept up to date by `make locale`."
        catalog = Catalog(locale=language, header_comment=header, charset="utf-8", fuzzy=False)
        for message in texts:
            if not message.id:
                continue
            key = (message.context, _first(message))
            known = hans.get(key)
            chinese = known.string if known is not None and _filled(known) else ""
            words: Any = chinese
            if language == "en":
                words = message.id
            elif language == "zh_Hant":
                own = human.get(key)
                words = own.string if own is not None and _filled(own) else _convert(taiwan, chinese)
            if language == "zh_Hans" and not chinese:
                missing.append(_first(message))
            if not isinstance(message.id, str) and isinstance(words, str):
                words = (words,)
            locations = sorted(set(message.locations))
            catalog.add(message.id, words, locations=locations, context=message.context, flags=message.flags)
        path = folder / language / "LC_MESSAGES" / f"{name}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
        _steady(path)
    return missing


def _steady(path: Path) -> None:
    """Leaves out what changes with every run: dates and the tool's version."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_UNSTEADY)]
    path.write_text("".join(kept), encoding="utf-8")


def _converter() -> Any:
    # Needed here only, by who changes texts; not installed in production.
    import opencc  # noqa: PLC0415

    return opencc.OpenCC("s2twp")


def _convert(converter: Any, words: Any) -> Any:
    if isinstance(words, str):
        return converter.convert(words) if words else ""
    return tuple(converter.convert(word) for word in words)


def catalogues() -> list[tuple[str, Path, list[Path]]]:
    """Each catalogue: its name, its locale folder, and the folders its texts come from."""
    found = [("linli", ROOT / "web" / "locale", [ROOT / "core", ROOT / "web"])]
    for folder in sorted((ROOT / "plugins").iterdir()):
        if (folder / "__init__.py").exists():
            found.append((folder.name, folder / "locale", [folder]))
    return found


def main() -> int:
    wanting = 0
    for name, folder, sources in catalogues():
        missing = bring_up(collect(sources), folder, name)
        for text in missing:
            sys.stderr.write(f"{name}: no Chinese for {text!r}\n")
        wanting += len(missing)
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
