"""`hpsearch rename` and `delete`."""

from typing import Annotated

import typer

from hpsearch.cli.options import NameArgument, StorageOption


def rename(
    name: NameArgument,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    storage: StorageOption = None,
) -> None:
    """Give a study another name."""
    from hpsearch.domain.names import check_name
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened

    check_name(new)
    with opened(environment(storage).storage) as store:
        store.rename(name, new)
    typer.echo(f"study {name} is now {new}", err=True)


def delete(
    name: NameArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002
    storage: StorageOption = None,
) -> None:
    """Delete a study with all its trials."""
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened

    with opened(environment(storage).storage) as store:
        study = store.load_searched(name, best=0)
        if not yes:
            typer.confirm(f"Delete study {name} with its {study.finished} trials?", abort=True)
        store.delete(name)
    typer.echo(f"study {name} is deleted", err=True)
