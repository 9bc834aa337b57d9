"""QR codes as what a template draws: one path of squares, and how wide it is."""

import segno

from web.view_parts import View

QUIET = 4  # light squares around, as readers want


class Code(View, frozen=True, kw_only=True):
    """`qr` of `linli/access.html` draws it. `text` is what it says, to be read out."""

    size: int
    path: str
    text: str


def code(text: str, level: str = "m") -> Code:
    """The code of a text; `level` "m" bears a stain, "q" a card carried about."""
    made = segno.make(text, error=level, micro=False, boost_error=False)
    rows = list(made.matrix)
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            run = next((n for n in range(x, len(row)) if not row[n]), len(row)) - x
            parts.append(f"M{x + QUIET} {y + QUIET}h{run}v1h-{run}z")
            x += run
    return Code(size=len(rows) + 2 * QUIET, path="".join(parts), text=text)
