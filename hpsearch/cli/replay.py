"""`hpsearch replay` and `verify`: stored trials, trained again."""

from typing import Annotated

import typer

from hpsearch.cli.options import NameArgument, StorageOption

DIFFERS = 1
SAMPLE = 3


def replay(
    name: NameArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The trial's number.", min=0)],
    seeds: Annotated[
        int | None,
        typer.Option(metavar="N", help="Train it N times with fresh seeds instead.", min=1),
    ] = None,
    storage: StorageOption = None,
) -> None:
    """Train a trial again: the same numbers to the last bit, or exit code 1.

    Examples:

        hpsearch replay mnist-lr-wd 7

        hpsearch replay mnist-lr-wd 7 --seeds 10
    """
    from hpsearch import replaying
    from hpsearch.reporting.replay_text import replay_text, spread_text
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened
    from hpsearch.versions import version_notes

    with opened(environment(storage).storage) as store:
        study = store.load_study(name)
        trial = replaying.trial_of(study, number)
        if seeds is not None:
            typer.echo(spread_text(study, replaying.fresh_scores(study, number, seeds)))
            return
        found = replaying.replay(store, study, [number])
    compared = [(each.stored, each.again, each.differences) for each in found]
    typer.echo(replay_text(study, trial, compared))
    if any(each.differences for each in found):
        for note in version_notes(study):
            typer.echo(note, err=True)
        raise typer.Exit(DIFFERS)


def verify(
    name: NameArgument,
    trials: Annotated[
        int, typer.Option(metavar="N", help="How many trials to train again.", min=1)
    ] = SAMPLE,
    every: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--all", help="Train all of them again.")
    ] = False,
    storage: StorageOption = None,
) -> None:
    """Check the database and the data, and train some trials again; exit code 1 if they differ."""
    from hpsearch import replaying
    from hpsearch.errors import StoreRefused
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened
    from hpsearch.store.inspection import check_integrity
    from hpsearch.versions import version_notes

    with opened(environment(storage).storage) as store:
        problems = check_integrity(store.path)
        if problems:
            raise StoreRefused(f"`{store.path}` is damaged: {'; '.join(problems)}", "use a backup")
        study = store.load_study(name)
        numbers = replaying.sampled(study, len(study.trials) if every else trials)
        found = replaying.replay(store, study, numbers)
    wrong = sorted({each.stored.planned.number for each in found if each.differences})
    typer.echo("database  sound\ndata      as they were")
    told = "the same to the last bit" if not wrong else f"trials {wrong} differ"
    typer.echo(f"trials    {len(numbers)} of {len(study.trials)} trained again: {told}")
    if wrong:
        for note in version_notes(study):
            typer.echo(note, err=True)
        raise typer.Exit(DIFFERS)
