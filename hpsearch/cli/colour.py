"""Colour, on a terminal that wants it."""

import os
import re
import sys

import typer


def highlighted(text: str) -> str:
    """Text with ranks in bold and the tied ones of a table in green; plain text elsewhere.

    `NO_COLOR` in the environment turns colour off (no-color.org).
    """
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    lines, tie = [], None
    for line in text.split("\n"):
        if line.startswith("rank "):
            tie = line.find("tie")
            lines.append(typer.style(line, bold=True))
        elif not line:
            tie = None  # the table has ended
            lines.append(line)
        elif tie is not None and re.match(r"\s*\d+\s", line):
            is_tied = line[tie : tie + 1] == "a"
            lines.append(typer.style(line, fg=typer.colors.GREEN) if is_tied else line)
        else:
            lines.append(re.sub(r"^Best-\d+", lambda rank: typer.style(rank[0], bold=True), line))
    return "\n".join(lines)
