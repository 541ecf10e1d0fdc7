"""`hpsearch report` and `export`: results as files."""

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from hpsearch.cli.options import NameArgument, StorageOption

ForceOption = Annotated[bool, typer.Option("--force", help="Replace what exists.")]


class ExportFormat(StrEnum):
    """Formats of `hpsearch export`."""

    JSON = "json"
    CSV = "csv"
    TOML = "toml"
    YAML = "yaml"


def report(
    name: NameArgument,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="Default: NAME-report.")
    ] = None,
    force: ForceOption = False,  # noqa: FBT002 - a flag of the command line
    storage: StorageOption = None,
) -> None:
    """Print the report of a study and write it to a folder: text, Markdown, pictures, table."""
    from hpsearch.bootstrap import known_data, opened
    from hpsearch.reporting.export import export_csv
    from hpsearch.reporting.output_files import write_folder
    from hpsearch.reporting.pictures.album import pictures
    from hpsearch.reporting.study_text import report_markdown, show_text
    from hpsearch.settings import settings as environment

    with opened(environment(storage).storage) as store:
        study = store.load_study(name)
        times = store.finish_times(study.id)
        drawn = pictures(study, partial(store.curves, study.id))
    known = known_data(study)
    text = show_text(study, known)
    folder = output or Path(f"{name}-report")
    files: dict[str, str | bytes] = {
        "report.txt": text + "\n",
        "report.md": report_markdown(study, known, drawn),
        "trials.csv": export_csv(study, times),
    }
    for each in drawn:
        files |= each.files
    write_folder(folder, files, replace=force)
    typer.echo(text)
    typer.echo(f"written to {folder}: {', '.join(files)}", err=True)


def export(
    name: NameArgument,
    kind: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            help="json is canonical; yaml: the best; toml: a study file with the next ranges.",
        ),
    ] = ExportFormat.JSON,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Default: print it.")
    ] = None,
    force: ForceOption = False,  # noqa: FBT002 - a flag of the command line
    storage: StorageOption = None,
) -> None:
    """A study as data: all trials (json, csv), the best one (yaml), the study to run next (toml).

    Examples:

        hpsearch export mnist-lr-wd --format toml -o next.toml && hpsearch start next.toml
    """
    from hpsearch.bootstrap import opened
    from hpsearch.reporting.output_files import write_file
    from hpsearch.settings import settings as environment

    with opened(environment(storage).storage) as store:
        text = _exported(kind, store, name)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_file(output, text, replace=force)


def _exported(kind: ExportFormat, store: Any, name: str) -> str:
    from hpsearch.reporting import export as exports
    from hpsearch.reporting.next_study import next_study_toml

    study = store.load_study(name)
    match kind:
        case ExportFormat.JSON:
            return exports.export_json(study)
        case ExportFormat.CSV:
            return exports.export_csv(study, store.finish_times(study.id))
        case ExportFormat.TOML:
            return next_study_toml(study)
        case ExportFormat.YAML:
            return exports.export_yaml(study)
