"""Verdicts: what was decided about each range at the end of a stage, and on what evidence."""

from dataclasses import dataclass
from enum import StrEnum

from hpsearch.domain.learning import Course, Observation
from hpsearch.domain.space import Choices, IntegerRange, Range, Side, Space, Switched


class Action(StrEnum):
    """What was decided about a range, or about one side of it."""

    KEEP = "keep"
    SHRINK = "shrink"
    WIDEN = "widen"


class Reason(StrEnum):
    """Why a range was kept or moved."""

    TOO_FEW = "too_few_trials"
    NO_SIGNAL = "no_signal"
    PLATEAU = "plateau"
    UNTRAINABLE = "nothing_trainable"
    NO_EVIDENCE = "no_evidence"
    BOTH_ENDS = "both_ends"
    EVIDENCE = "evidence"


class Stop(StrEnum):
    """Why a search need not go on."""

    NO_SIGNAL = "no_signal"
    PLATEAU = "plateau"
    NARROW = "all_narrow"


class End(StrEnum):
    """What was found at one end of a range.

    `open`: the best trials do not lean on it; `crowded`: they do. A crowded end is not widened
    where training is `unstable` at it, where earlier trials beyond it were worse (`searched`), or
    at the `limit` of the values that make sense.
    """

    OPEN = "open"
    CROWDED = "crowded"
    UNSTABLE = "unstable"
    SEARCHED = "searched"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Evidence at one end of a range.

    Attributes:
        trials: in the outer fifth.
        elites: how many of them are among the best.
        p: chance of as many of the best if the end did not matter.
        beyond: earlier trials within a step beyond the end.
        end: what follows.
    """

    trials: int
    elites: int
    p: float
    beyond: int = 0
    end: End = End.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Trials by what became of them."""

    learned: int = 0
    slow: int = 0
    stuck: int = 0
    diverged: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.trained + self.failed

    @property
    def trained(self) -> int:
        """Those that gave a training to judge."""
        return self.learned + self.slow + self.unstable

    @property
    def unstable(self) -> int:
        """Those whose steps were too large."""
        return self.stuck + self.diverged


def counts(observations: list[Observation]) -> Counts:
    """How often each course occurs."""
    courses = [each.learning.course for each in observations]
    return Counts(**{course.value: courses.count(course) for course in Course})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceEvidence:
    """Evidence about one of several choices.

    Attributes:
        trials: that had it.
        elites: how many of them are among the best.
        p: chance of as few if the choice did not matter, adjusted for the number of choices.
        is_dropped: whether it is searched no more.
    """

    choice: str
    trials: int
    elites: int
    p: float
    is_dropped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a verdict rests on.

    Attributes:
        reason: the step of the rule that decided.
        trials: in which the hyperparameter was active.
        elites: the best of them.
        counts: what became of them.
        tied: how many of the stage's trials are as good as its best within the noise.
        memorised: how many learned the training rows only.
        statistic: Kuiper's V of the best against the rest; None if it was not taken.
        p: its p-value, adjusted for the number of hyperparameters.
        trend: Spearman's rank correlation of position and quality over all these trials, from -1
            (the lower, the better) to 1 (the higher, the better); None if it was not taken.
        trend_p: its p-value, adjusted likewise.
        span: values between which the middle four fifths of the best lie.
        low: at the lower end.
        high: at the upper end.
        choices: for each choice, where there are any.
    """

    reason: Reason
    trials: int
    elites: int = 0
    counts: Counts = Counts()
    tied: int = 0
    memorised: int = 0
    statistic: float | None = None
    p: float | None = None
    trend: float | None = None
    trend_p: float | None = None
    span: tuple[float, float] | None = None
    low: Edge | None = None
    high: Edge | None = None
    choices: tuple[ChoiceEvidence, ...] = ()

    def edge(self, side: Side) -> Edge | None:
        """Evidence at one end."""
        return self.low if side is Side.LOW else self.high


Judged = Range | IntegerRange | Switched | Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided about one hyperparameter.

    Attributes:
        name: the hyperparameter, with the choice that makes it active in front where its range
            depends on one: `lr`, `sgd.lr`.
        old: the range searched so far.
        new: the range to search next.
        evidence: why.
        sentence: the same in plain words, without the name.
    """

    name: str
    old: Judged
    new: Judged
    evidence: Evidence
    sentence: str = ""

    @property
    def low_side(self) -> Action:
        """What becomes of the lower end."""
        old, new = _numeric(self.old), _numeric(self.new)
        return _moved(old.low - new.low) if old and new else Action.KEEP

    @property
    def high_side(self) -> Action:
        """What becomes of the upper end."""
        old, new = _numeric(self.old), _numeric(self.new)
        return _moved(new.high - old.high) if old and new else Action.KEEP

    @property
    def action(self) -> Action:
        """In one word: widen if a side widened, else shrink if anything shrank, else keep."""
        sides = (self.low_side, self.high_side)
        if Action.WIDEN in sides:
            return Action.WIDEN
        return Action.SHRINK if self.old != self.new else Action.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The range rule's answer at the end of a stage.

    Attributes:
        verdicts: one for each hyperparameter, and for each choice on which its range depends.
        stop: why the search need not go on; None to go on.
        space: what to search next.
        counts: what became of the trials inside the space that was judged.
        tied: how many of them are as good as the best within the noise.
        error: standard error of the difference of two scores; None if unknown.
    """

    verdicts: tuple[Verdict, ...]
    stop: Stop | None
    space: Space
    counts: Counts
    tied: int
    error: float | None


def _numeric(entry: Judged) -> Range | IntegerRange | None:
    match entry:
        case Switched(on):
            return on
        case Choices():
            return None
        case _:
            return entry


def _moved(outward: float) -> Action:
    if outward == 0:
        return Action.KEEP
    return Action.WIDEN if outward > 0 else Action.SHRINK
