"""SVG pictures as part of a page, beside others and under a strict content security policy.

Ids are made the picture's own, since a page may have each id only once. Styles become attributes:
the policy of the page allows no styles but its own.
"""

import re
from html import escape

POINTS = 4 / 3  # CSS pixels in one


def inline_svg(svg: bytes, name: str, title: str) -> str:
    """The picture as an element of a page.

    Args:
        svg: as matplotlib writes it.
        name: what ids begin with; letters, digits and dashes.
        title: what it shows, for those who cannot see it.
    """
    text = svg.decode()
    text = text[text.index("<svg") :]
    for unwanted in (r"<metadata>.*?</metadata>", r"<style.*?</style>", r"<!--.*?-->"):
        text = re.sub(unwanted, "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'xlink:href="#', f'href="#{name}-', text)
    text = text.replace("xlink:href=", "href=")
    text = re.sub(r'style="([^"]*)"', _attributes, text)
    text = re.sub(r"\n\s*", "\n", text)
    end = text.index(">")
    return f"{_opening(text[:end], name, title)}{text[end + 1 :].strip()}"


def _opening(tag: str, name: str, title: str) -> str:
    """The first tag, with size and name; lines are drawn as matplotlib's own style sheet says."""
    width, height = (
        round(float(size) * POINTS) for size in re.findall(r'(?:width|height)="([\d.]+)pt"', tag)
    )
    found = re.search(r'viewBox="[^"]*"', tag)
    assert found is not None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {found[0]} '
        f'stroke-linejoin="round" stroke-linecap="butt" role="img" aria-labelledby="{name}-title">'
        f'\n<title id="{name}-title">{escape(title)}</title>\n'
    )


def _attributes(style: re.Match[str]) -> str:
    pairs = (each.partition(":") for each in style[1].split(";") if each.strip())
    return " ".join(f'{key.strip()}="{value.strip()}"' for key, _, value in pairs)
