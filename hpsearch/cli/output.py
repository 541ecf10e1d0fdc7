"""`hpsearch report` and `export`: results as files."""

import contextlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpsearch.cli.options import NameArgument, StorageOption, looked_at

if TYPE_CHECKING:
    from hpsearch.store.sql_store import SqlStudyStore

ForceOption = Annotated[bool, typer.Option("--force", help="Replace what exists.")]


class ExportFormat(StrEnum):
    """Formats of `hpsearch export`."""

    JSON = "json"
    CSV = "csv"
    TOML = "toml"
    YAML = "yaml"
    PARQUET = "parquet"
    OPTUNA = "optuna"


BINARY = (ExportFormat.PARQUET, ExportFormat.OPTUNA)


def report(
    name: NameArgument,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="Default: NAME-report.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--best", metavar="N", help="Best configurations; default: 20.", min=1),
    ] = None,
    force: ForceOption = False,  # noqa: FBT002 - a flag of the command line
    storage: StorageOption = None,
) -> None:
    """Write the report of a study to a folder: one page to read, pictures, tables.

    Examples:

        hpsearch report mnist-lr-wd -o report
    """
    here = looked_at(storage)
    from hpsearch.quiet_optuna import load_importance_alone
    from hpsearch.reporting.output_files import check_free, write_folder
    from hpsearch.reports import report_files
    from hpsearch.settings import settings
    from hpsearch.storage import opened

    folder = output or Path(f"{name}-report")
    with opened(here) as store:
        study = store.load_searched(name)
        check_free(folder, replace=force)
        cores = settings(storage).cores
        files = report_files(store, study, count, cores=cores, load=load_importance_alone)
    write_folder(folder, files, replace=force)
    typer.echo(files["report.txt"], nl=False)
    typer.echo(f"written to {folder}: {', '.join(files)}", err=True)


def export(
    name: NameArgument,
    kind: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="json is canonical; yaml: the best; toml: a study file with the next ranges; "
            "parquet, optuna (a database): with -o.",
        ),
    ] = ExportFormat.JSON,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print it.")
    ] = None,
    force: ForceOption = False,  # noqa: FBT002 - a flag of the command line
    storage: StorageOption = None,
) -> None:
    """A study as data: all trials, the best one (yaml), or the study to run next (toml).

    Examples:

        hpsearch export mnist-lr-wd --format toml -o next.toml && hpsearch start next.toml

        hpsearch export mnist-lr-wd --format optuna -o trials.db
    """
    here = looked_at(storage)
    from hpsearch.errors import InvalidInput
    from hpsearch.reporting.output_files import check_free_file, write_file
    from hpsearch.storage import opened

    if output is None and kind in BINARY:
        raise InvalidInput(f"`--format {kind}` is not text", "name a file with `-o FILE`")
    if output is not None:
        check_free_file(output, replace=force)
    with opened(here) as store:
        if output is not None and output.resolve() == store.path.resolve():
            raise InvalidInput(f"`{output}` holds the studies themselves", "name another file")
        with _exported(kind, store, name) as parts:
            if output is not None:
                write_file(output, parts, replace=force)
            else:
                for part in parts:
                    typer.echo(part, nl=False)


@contextlib.contextmanager
def _exported(
    kind: ExportFormat, store: "SqlStudyStore", name: str
) -> Iterator[bytes | Iterable[str]]:
    """What is to be written, in parts where it is text."""
    from hpsearch.domain.imported import source_of
    from hpsearch.reporting import export as exports
    from hpsearch.reporting.next_study import next_study_toml
    from hpsearch.reporting.optuna_database import optuna_database

    match kind:
        case ExportFormat.OPTUNA:
            study = store.load_searched(name)
            read = partial(store.evaluations, study.id)
            yield optuna_database(study, read, store.finish_times(study.id))
        case ExportFormat.TOML:
            yield [next_study_toml(store.load_study(name, best=1))]
        case ExportFormat.YAML:
            yield [exports.export_yaml(store.load_study(name, best=1))]
        case ExportFormat.JSON:
            with store.streamed(name) as (study, trials):
                yield exports.json_parts(study, trials)
        case ExportFormat.CSV:
            with store.summarised(name) as (study, lines):
                yield [exports.export_csv(lines, source_of(study))]
        case ExportFormat.PARQUET:
            with store.summarised(name) as (study, lines):
                yield exports.export_parquet(lines, source_of(study))
