"""Settings by name, as Python hands them over, and the sections that they belong to."""

from collections.abc import Mapping
from typing import Any

from hpsearch.domain.setting_values import PARSERS
from hpsearch.errors import UnknownName

SECTIONS = ("data", "split", "network", "training", "search")
SPELLED = {"tries": "try"}  # a word that Python keeps to itself


def keyword_sections(settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections of a study file that settings by name stand for, such as `trials=60`.

    Raises:
        UnknownName: no setting is called so.
    """
    homes = {key: section for section in SECTIONS for key in PARSERS[section] if key != "name"}
    sections: dict[str, dict[str, Any]] = {}
    for given, value in settings.items():
        key = SPELLED.get(given, given)
        if key not in homes:
            raise UnknownName("setting", given, homes)
        plain = list(value) if isinstance(value, tuple) else value
        sections.setdefault(homes[key], {})[key] = plain
    return sections
