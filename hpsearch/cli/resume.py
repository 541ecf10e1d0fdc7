"""`hpsearch resume`: go on with a study."""

from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.options import (
    MaxFailuresOption,
    StorageOption,
    TimeoutOption,
    TrialTimeoutOption,
    WorkerMemoryOption,
    WorkersOption,
    looked_at,
)

if TYPE_CHECKING:
    from hpsearch.data.sklearn_process import Call
    from hpsearch.domain.run_limits import RunLimits
    from hpsearch.settings import Settings


def resume(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The study; default: the latest unfinished one."),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(metavar="TOTAL", help="Lengthen the study to this many trials.")
    ] = None,
    timeout: TimeoutOption = None,
    trial_timeout: TrialTimeoutOption = None,
    max_failures: MaxFailuresOption = None,
    workers: WorkersOption = None,
    worker_memory: WorkerMemoryOption = None,
    storage: StorageOption = None,
) -> None:
    """Go on with a study to the end of its plan, or to a new total."""
    from hpsearch.data.sklearn_process import sklearn_apart
    from hpsearch.domain.run_limits import run_limits
    from hpsearch.settings import settings as environment

    looked_at(storage)
    here = environment(storage)
    limits = run_limits(timeout, trial_timeout, worker_memory, max_failures)
    with sklearn_apart(is_apart=here.cores > 1) as call:
        _resume(name, trials, limits, workers, here, call)


def _resume(
    name: str | None,
    trials: int | None,
    limits: "RunLimits",
    workers: int | None,
    here: "Settings",
    call: "Call",
) -> None:
    from hpsearch import bootstrap
    from hpsearch.cli.running import print_result, run_to_the_end
    from hpsearch.estimates import worker_count

    chosen = name or _latest_unfinished(here.storage)
    with bootstrap.opened(here.storage) as store:
        study = store.load_study(chosen, best=0)
        is_done = study.is_finished and (trials is None or trials == study.trial_count)
        if is_done:  # perhaps by an older version, which kept nothing
            store.keep_overview(study)
    if is_done:
        typer.echo(f"study {chosen} is finished; nothing to do.", err=True)
        print_result(chosen, here.storage)
    else:
        count = worker_count(study.spec, workers, here)
        running = bootstrap.resume(here.storage, chosen, count, trials, call, limits)
        run_to_the_end(running, here.storage, chosen)


def _latest_unfinished(storage: str) -> str:
    """Name of the study to resume when none is named.

    Raises:
        UnknownName: every study is finished.
    """
    from hpsearch import bootstrap
    from hpsearch.errors import UnknownName

    with bootstrap.opened(storage) as store:
        for each in reversed(store.list_studies()):
            if each.is_imported:
                continue
            if each.finished < each.trial_count:
                return each.name
            if not store.load_study(each.name, best=0).is_finished:
                return each.name
    hint = "every study here is finished; `hpsearch resume NAME --trials TOTAL` lengthens one"
    raise UnknownName("unfinished study", "*", (), hint)
