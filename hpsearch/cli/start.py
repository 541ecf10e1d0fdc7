"""`hpsearch start`: ask a question, or go on with it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli.options import (
    DropOption,
    GroupOption,
    MaxFailuresOption,
    MetricOption,
    StorageOption,
    TargetOption,
    TaskOption,
    TestOption,
    TimeOption,
    TimeoutOption,
    TrialTimeoutOption,
    WorkerMemoryOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from hpsearch.data.sklearn_process import Call
    from hpsearch.domain.run_limits import RunLimits
    from hpsearch.settings import Settings


def start(
    study: Annotated[
        str | None,
        typer.Argument(metavar="[STUDY]", help="A study file, or the name of a packaged one."),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(metavar="SPACE", help="What to search: `lr,wd`, or `lr=1e-4:1,wd=1e-6:0.1`."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A data set (see `hpsearch data`), or a CSV, Parquet or NPZ file."
        ),
    ] = None,
    target: TargetOption = None,
    group: GroupOption = None,
    time: TimeOption = None,
    drop: DropOption = None,
    task: TaskOption = None,
    metric: MetricOption = None,
    test: TestOption = None,
    class_weights: Annotated[
        str | None,
        typer.Option(metavar="HOW", help="balanced: all classes count the same in training."),
    ] = None,
    rows: Annotated[
        int | None, typer.Option(metavar="N", help="Rows to search on; the others stay sealed.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the study.")] = None,
    trials: Annotated[
        int | None, typer.Option(metavar="N", help="Configurations to try in all.")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(metavar="K", help="Score each trial on K folds.")
    ] = None,
    holdout: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Score each trial on this share of the rows."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="E", help="Passes over the training rows.")
    ] = None,
    sampler: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who proposes: random, sobol, grid, tpe or gp."),
    ] = None,
    generation: Annotated[
        int | None,
        typer.Option(metavar="N", help="Trials proposed together. Default for tpe and gp: 8."),
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(metavar="R", help="Train each trial R times, with fresh weights and folds."),
    ] = None,
    stages: Annotated[
        int | None,
        typer.Option(metavar="S", help="Rounds between which the ranges may move; default: 3."),
    ] = None,
    prune: Annotated[
        str | None,
        typer.Option(metavar="HOW", help="Give up early: halving, none, or epochs:N."),
    ] = None,
    confirm: Annotated[
        int | None,
        typer.Option(metavar="N", help="Finalists to train again at the end; default: 5."),
    ] = None,
    tries: Annotated[
        list[str] | None,
        typer.Option("--try", metavar="VALUES", help="A configuration of your own: `lr=0.01`."),
    ] = None,
    baseline: Annotated[
        bool | None,
        typer.Option(
            "--baseline/--no-baseline",
            help="Whether the default configuration is tried first; default: where it can be.",
            show_default=False,
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="A setting, e.g. `hidden=64,32` or `batch=64`."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="S", help="Source of all randomness.")] = None,
    timeout: TimeoutOption = None,
    trial_timeout: TrialTimeoutOption = None,
    max_failures: MaxFailuresOption = None,
    workers: WorkersOption = None,
    worker_memory: WorkerMemoryOption = None,
    storage: StorageOption = None,
    dry_run: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--dry-run", help="Print the plan with time and memory; do nothing.")
    ] = False,
) -> None:
    """Search hyperparameters; the same line again resumes, or shows the finished study.

    Flags override the study file. Without either, 500 MNIST digits train the six-layer network of
    "Deep Learning from Scratch".

    Examples:

        hpsearch start --space lr,wd

        hpsearch start --data digits --space lr=1e-3:1,wd --trials 200 --folds 5

        hpsearch start --data churn.csv --target churned --space lr,wd,dropout --metric roc_auc

        hpsearch start book-mnist --seed 1
    """
    from hpsearch.data.sklearn_process import sklearn_apart
    from hpsearch.domain.run_limits import run_limits
    from hpsearch.settings import settings as environment

    here = environment(storage)
    limits = run_limits(timeout, trial_timeout, worker_memory, max_failures)
    given: dict[str, dict[str, Any]] = {
        "data": {
            "name": data,
            "rows": rows,
            "target": target,
            "group": group,
            "time": time,
            "drop": drop or None,
            "task": task,
            "metric": metric,
            "test": test,
            "class_weights": class_weights,
        },
        "split": {"folds": folds, "holdout": holdout},
        "training": {"epochs": epochs},
        "space": {"text": space},
        "search": {
            "stages": stages,
            "prune": prune,
            "confirm": confirm,
            "try": tries or None,
            "baseline": baseline,
            "sampler": sampler,
            "trials": trials,
            "seed": seed,
            "repeats": repeats,
            "generation": generation,
        },
    }
    # Its process starts before anything else is imported, because it takes the longest.
    with sklearn_apart(is_apart=not dry_run and here.cores > 1) as call:
        sections = _sections(given, settings or [])
        if dry_run:
            _print_plan(study, sections, name, limits, workers, here)
        else:
            _run(study, sections, name, limits, workers, here, call)


def _run(
    study: str | None,
    sections: dict[str, dict[str, Any]],
    name: str | None,
    limits: "RunLimits",
    workers: int | None,
    here: "Settings",
    call: "Call",
) -> None:
    from hpsearch import bootstrap
    from hpsearch.cli.running import print_result, run_to_the_end
    from hpsearch.estimates import worker_count

    question = bootstrap.ask(study, sections, name)
    known = bootstrap.stored_study(here.storage, question)
    if known is not None and known.is_finished:
        typer.echo(f"study {known.name} is finished; nothing to do.", err=True)
        print_result(known.name, here.storage)
        return
    count = worker_count(question.spec, workers, here)
    running = bootstrap.run_question(here.storage, question, count, call, limits)
    run_to_the_end(running, here.storage, question.name)


def _sections(given: dict[str, dict[str, Any]], settings: list[str]) -> dict[str, dict[str, Any]]:
    """The sections of a study file that the flags stand for."""
    from hpsearch.domain.spec_text import layered, setting

    said = {
        section: {key: value for key, value in entries.items() if value is not None}
        for section, entries in given.items()
    }
    return layered({key: each for key, each in said.items() if each}, *map(setting, settings))


def _print_plan(
    study: str | None,
    sections: dict[str, dict[str, Any]],
    name: str | None,
    limits: "RunLimits",
    asked_workers: int | None,
    here: "Settings",
) -> None:
    from hpsearch import bootstrap
    from hpsearch.estimates import estimate, worker_count
    from hpsearch.reporting.study_text import plan_text
    from hpsearch.reporting.text import wrapped
    from hpsearch.reporting.time_limits import limit_notes

    question = bootstrap.ask(study, sections, name)
    bootstrap.stored_study(here.storage, question)  # refuses a name that is taken
    workers = worker_count(question.spec, asked_workers, here)
    cost = estimate(question.spec, question.trial_count, workers)
    spec = question.spec
    known = bootstrap.describe(spec.data, spec.seed, spec.data.task)
    typer.echo(plan_text(question.name, spec, question.trial_count, known))
    typer.echo("\n" + wrapped(f"{_cost(cost, workers)} Nothing was made."))
    for note in limit_notes(limits):
        typer.echo(note)


def _cost(cost: Any, workers: int) -> str:
    """Trainings, time and memory in a sentence."""
    from hpsearch.reporting.text import duration_text

    counted = cost.trainings
    parts = [f"{counted.short + counted.full} trainings"]
    parts += [f"{counted.full} of them in full"] if counted.short else []
    parts += (
        [f"{counted.confirming} of them to confirm the finalists"] if counted.confirming else []
    )
    time = f"about {duration_text(cost.seconds)} on {workers} worker{'s' if workers > 1 else ''}"
    if counted.short:
        time += f" ({duration_text(cost.most_seconds)} if nothing can be given up)"
    about = "About " if counted.short else ""
    return f"{about}{', '.join(parts)}: {time}, {cost.megabytes:.0f} MB of memory."
