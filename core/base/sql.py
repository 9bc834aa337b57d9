"""One constant SQL text for both engines: `:name`, `rows(:name; a bigint)`, `ids(:name)`, `for_update`.

`rows` and `ids` pass a whole set as one parameter, so that a batch is one statement
whatever its size (PostgreSQL caps parameters at 32,767; a loop of statements is slow on both).
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec

Engine = Literal["sqlite", "postgres"]

_TOKEN = re.compile(
    r"(?P<quoted>'[^']*')"
    r"|(?P<comment>--[^\n]*)"
    r"|rows\(\s*:(?P<rows>[a-z_][a-z0-9_]*)\s*;(?P<columns>[^)]*)\)"
    r"|\bids\(\s*:(?P<ids>[a-z_][a-z0-9_]*)\s*\)"
    r"|(?<![:\w]):(?P<name>[a-z_][a-z0-9_]*)"
    r"|\b(?P<lock>for_update)\b"
)
_IDS = {"sqlite": "(select value from json_each({}))", "postgres": "(select unnest({}::bigint[]))"}
_encode_json = msgspec.json.Encoder().encode


def to_json(value: Any) -> str:
    return _encode_json(value).decode()


class Compiled(NamedTuple):
    """An engine's text, its parameters in order, and how each is encoded."""

    text: str
    names: tuple[str, ...]
    encoders: Mapping[str, Callable[[Any], Any]]

    def arguments(self, params: Mapping[str, Any]) -> list[Any]:
        """Parameters in the order of the text. Raises KeyError for one that is missing."""
        if not self.encoders:
            return [params[n] for n in self.names]
        encoders = self.encoders
        return [encoders[n](params[n]) if n in encoders else params[n] for n in self.names]


def _rows_text(engine: Engine, place: str, columns: str) -> str:
    if engine == "postgres":
        return f"(select * from jsonb_to_recordset({place}::jsonb) as _({columns}))"  # noqa: S608  # constants
    names = [c.split()[0] for c in columns.split(",")]
    picked = ", ".join(f"json_extract(value, '$.{n}') as {n}" for n in names)
    return f"(select {picked} from json_each({place}))"  # noqa: S608  # names from constants of the code


@cache
def compile_sql(sql: str, engine: Engine) -> Compiled:
    """Turns the house's SQL into the engine's. Cached: texts are constants of the code."""
    names: list[str] = []
    encoders: dict[str, Callable[[Any], Any]] = {}

    def place(name: str) -> str:
        if name not in names:
            names.append(name)
        number = names.index(name) + 1
        return f"${number}" if engine == "postgres" else f"?{number}"

    def replace(match: re.Match[str]) -> str:
        if match["rows"]:
            encoders[match["rows"]] = to_json
            return _rows_text(engine, place(match["rows"]), match["columns"].strip())
        if match["ids"]:
            encoders[match["ids"]] = list if engine == "postgres" else lambda value: to_json(list(value))
            return _IDS[engine].format(place(match["ids"]))
        if match["name"]:
            return place(match["name"])
        if match["lock"]:
            return "for no key update" if engine == "postgres" else ""
        return match["quoted"] or " "  # a comment

    return Compiled(_TOKEN.sub(replace, sql), tuple(names), encoders)
