"""Pictures as values; how they are drawn is in `reporting.pictures`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a report.

    Attributes:
        name: stem of its files.
        heading: what it shows, in a few words.
        caption: how to read it, in sentences.
        svg: the picture for pages and papers.
        png: the same for everything else, at 200 dots per inch.
    """

    name: str
    heading: str
    caption: str
    svg: bytes
    png: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """Contents by file name."""
        return {f"{self.name}.svg": self.svg, f"{self.name}.png": self.png}

    def _repr_svg_(self) -> str:
        """What a notebook shows."""
        return self.svg.decode()
