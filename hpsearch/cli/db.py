"""`hpsearch db`: look after the database file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli.options import Format, FormatOption, StorageOption

SHOWN = 10  # problems
app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.command()
def upgrade(storage: StorageOption = None) -> None:
    """Bring the database to this version's schema, after a backup; make it if it is missing."""
    from hpsearch.settings import settings as environment
    from hpsearch.store import database, inspection

    path = inspection.path_of(environment(storage).storage)
    saved = database.upgrade(path, datetime.now(UTC))
    backup_text = f"; the old one is kept as {saved}" if saved else ""
    typer.echo(f"{path} has schema {inspection.HEAD}{backup_text}", err=True)


@app.command()
def status(storage: StorageOption = None, output: FormatOption = Format.TEXT) -> None:
    """Where the database is, its schema, size and contents."""
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened
    from hpsearch.store.inspection import HEAD

    with opened(environment(storage).storage) as store:
        studies = store.list_studies()
        values = {
            "file": str(store.path.resolve()),
            "schema": HEAD,
            "bytes": store.path.stat().st_size,
            "studies": len(studies),
            "trials": sum(each.finished for each in studies),
        }
    if output is Format.JSON:
        typer.echo(json.dumps(values, indent=2))
    else:
        typer.echo("\n".join(f"{key:8} {value}" for key, value in values.items()))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to make.")],
    storage: StorageOption = None,
) -> None:
    """A consistent copy of the database, also while a study is running."""
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened
    from hpsearch.store import database

    with opened(environment(storage).storage) as store:
        database.backup(store.path, target)
    typer.echo(f"copied to {target}", err=True)


@app.command()
def check(storage: StorageOption = None) -> None:
    """Check the whole database: damage, missing references, checksums, stray rows, schema."""
    from hpsearch.errors import StoreRefused
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened
    from hpsearch.store import checking
    from hpsearch.store.faults import readable, translated

    with opened(environment(storage).storage) as store, translated(store.path):
        with readable(store.path):
            found = checking.check(store.path)
        path = store.path
    if found.problems:
        first = "; ".join(found.problems[:SHOWN])
        more = len(found.problems) - SHOWN
        others = f"; and {more} more" if more > 0 else ""
        raise StoreRefused(f"`{path}` is damaged: {first}{others}", "restore a backup")
    older = f"; {found.without} of older versions have none" if found.without else ""
    typer.echo(f"{path} is sound: {found.rows} rows fit their checksums{older}")
