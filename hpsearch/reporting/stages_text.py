"""Stages as text: their ranges as bars, and what was decided at the end of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from hpsearch.domain.range_text import range_words
from hpsearch.domain.space import Dependent, Searchable, Space
from hpsearch.domain.study import Stage, StageResult
from hpsearch.domain.verdict_words import stop_sentence
from hpsearch.reporting.range_bars import range_bar
from hpsearch.reporting.text import aligned, markdown_table, number_list, wrapped


class RangeTable(NamedTuple):
    """Ranges of all stages."""

    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]


class Decided(NamedTuple):
    """What was decided at the end of a stage, a sentence for each range."""

    heading: str
    sentences: list[str]


Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def ranges_text(stages: Sequence[Stage], table: Table) -> str:
    """Ranges by stage, each as a bar within all that was searched, and why they moved."""
    found = range_rows(stages)
    shown = table(found.headers, found.rows)
    bullet = "- " if table is markdown_table else "  "
    decided = ["\n".join(verdict_lines(stage, bullet)) for stage in stages if stage.result]
    return "\n\n".join([shown, *decided])


def range_rows(stages: Sequence[Stage]) -> RangeTable:
    """Ranges by stage, each as a bar within all that was searched."""
    spaces = {stage.number: dict(_entries(stage.space)) for stage in stages}
    rows: list[tuple[str, ...]] = []
    for name in spaces[stages[0].number]:
        own = {number: space[name] for number, space in spaces.items() if name in space}
        whole = list(own.values())
        rows += [
            (name, number_list(numbers), range_words(entry), range_bar(entry, whole))
            for numbers, entry in _runs(own)
        ]
    return RangeTable(("hyperparameter", "stage", "range", "within all stages"), rows)


def decided_sentences(stages: Sequence[Stage]) -> list[Decided]:
    """What was decided at the end of each stage that has ended."""
    return [
        Decided(f"After stage {stage.number}:", _said(stage.result))
        for stage in stages
        if stage.result
    ]


def next_ranges_text(stage: Stage, result: StageResult) -> str:
    """What the stage after `stage` would search, and why."""
    old, new = dict(_entries(stage.space)), dict(_entries(result.space))
    rows = [
        (name, range_words(old[name]), range_words(entry), range_bar(entry, (old[name], entry)))
        for name, entry in new.items()
    ]
    table = aligned(("hyperparameter", f"stage {stage.number}", "next", "within both"), rows)
    decided = Stage(
        number=stage.number, space=stage.space, trial_count=stage.trial_count, result=result
    )
    return "\n".join([table, "", *verdict_lines(decided)])


def verdict_lines(stage: Stage, bullet: str = "  ") -> list[str]:
    """What was decided at the end of a stage, a sentence for each range; empty before.

    Args:
        bullet: in front of each sentence.
    """
    if stage.result is None:
        return []
    said = _said(stage.result)
    lines = [wrapped(each, first=bullet, rest=" " * (2 + len(bullet))) for each in said]
    return [f"After stage {stage.number}:", *lines]


def _said(result: StageResult) -> list[str]:
    decided, overrides = dict(_entries(result.judgement.space)), result.overrides
    chosen = {
        name: range_words(each)
        for name, each in _entries(Space(overrides))
        if name in dict(overrides) or each != decided.get(name)
    }
    said = [f"{each.name}: {each.sentence}." for each in result.judgement.verdicts]
    said += [f"{name}: set to {words} by a person." for name, words in chosen.items()]
    stop = stop_sentence(result.judgement)
    return said + ([f"The search stops: {stop}."] if stop else [])


def _runs(entries: Mapping[int, Searchable]) -> Iterator[tuple[list[int], Searchable]]:
    """Stages after each other that searched the same range, by number."""
    for _, run in groupby(entries.items(), key=lambda pair: pair[1]):
        stages = list(run)
        yield [number for number, _ in stages], stages[0][1]


def _entries(space: Space) -> Iterator[tuple[str, Searchable]]:
    """Every range by its name, with the choice that makes it active in front where there is one."""
    for name, entry in space.items():
        if isinstance(entry, Dependent):
            yield from ((f"{choice}.{name}", each) for choice, each in entry.ranges)
        else:
            yield name, entry
