"""`hpsearch narrow` and `confirm`: what a person decides at the end of a search."""

from typing import Annotated

import typer

from hpsearch.cli.options import NameArgument, StorageOption, WorkersOption


def narrow(
    name: NameArgument,
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range",
            metavar="RANGE",
            help="A range in place of a verdict's: `lr=1e-3:0.1`; of one optimizer: `adam.lr=...`.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(metavar="N", help="Trials of the next stage; default: as in the last.", min=1),
    ] = None,
    dry_run: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--dry-run", help="Show the next ranges; change nothing.")
    ] = False,
    storage: StorageOption = None,
) -> None:
    """Plan one more stage with the ranges that the last verdicts chose, or your own.

    Examples:

        hpsearch narrow mnist-lr-wd --dry-run

        hpsearch narrow mnist-lr-wd --range lr=1e-3:0.1 --trials 30
    """
    from hpsearch import bootstrap, decisions
    from hpsearch.cli.running import storage_option
    from hpsearch.reporting.stages_text import next_ranges_text
    from hpsearch.settings import settings as environment

    here = environment(storage)
    with bootstrap.opened(here.storage) as store:
        study = store.load_study(name)
        stage, result = decisions.overridden(study, ranges or [])
        planned = study
        if not dry_run:
            planned = decisions.plan_next_stage(store, study, stage, result, trials)
    typer.echo(next_ranges_text(stage, result))
    if dry_run:
        typer.echo("Nothing was changed.", err=True)
        return
    option = storage_option(here.storage)
    typer.echo(
        f"{planned.trial_count - len(planned.trials)} trials planned. Run them: "
        f"hpsearch resume {name}{option}",
        err=True,
    )


def confirm(
    name: NameArgument,
    top: Annotated[int, typer.Option(metavar="N", help="How many finalists.", min=1)] = 5,
    repeats: Annotated[
        int, typer.Option(metavar="R", help="Trainings of each, with fresh seeds.", min=2, max=100)
    ] = 4,
    workers: WorkersOption = None,
    storage: StorageOption = None,
) -> None:
    """Train the best trials again with fresh seeds and fresh splits, and rank them by that."""
    from hpsearch import decisions
    from hpsearch.cli.running import run_to_the_end
    from hpsearch.settings import settings as environment

    here = environment(storage)
    running = decisions.confirm(here.storage, name, workers or here.cores, top, repeats)
    run_to_the_end(running, here.storage, name)
