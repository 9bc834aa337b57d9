"""Rules for templates: nothing the content policy refuses, nothing htmx 4 ignores, nothing unescaped."""

import re

COMMENT = re.compile(r"{#.*?#}|<!--.*?-->", re.DOTALL)

# What is looked for, and why it may not stand in a template.
FORBIDDEN = {
    r"\|\s*safe\b": "the safe filter lets text through unescaped",
    r"\bMarkup\(": "Markup lets text through unescaped",
    r"{%-?\s*autoescape\s+(?:false|off)": "escaping stays on",
    r"[\s\"']style\s*=": "the content policy refuses style attributes: use a class",
    r"<style\b": "the content policy refuses style elements: use a stylesheet",
    r"<script\b(?![^>]*\bsrc=)": "the content policy refuses scripts in the page",
    r"\shx-on\b": "hx-on evaluates text, which the content policy refuses",
    r"[\"'\s]js:": "js: evaluates text, which the content policy refuses",
    r"javascript:": "the content policy refuses scripts in addresses",
    r"\son[a-z]+\s*=\s*[\"']": "the content policy refuses handlers in attributes",
    r"hx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[)": "a filter in hx-trigger evaluates text",
    r"\bhx-(?:ext|disabled-elt|vars|params|history|history-elt|request|inherit|disinherit|prompt|ws|sse)\b": (
        "htmx 4 does not know this attribute of htmx 2"
    ),
    r"\bhtmx:[a-z]+[A-Z]": "htmx 4 names its events with colons",
    r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//": "pages load nothing from elsewhere",
}


def forbidden(path: str, text: str) -> list[str]:
    """Faults as 'path:line: why'. Comments are not looked at."""
    kept = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    return [
        f"{path}:{kept.count(chr(10), 0, found.start()) + 1}: {why}"
        for pattern, why in FORBIDDEN.items()
        for found in re.finditer(pattern, kept)
    ]
