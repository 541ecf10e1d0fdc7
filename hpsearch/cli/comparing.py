"""`hpsearch compare`: two studies side by side."""

import json
from typing import Annotated

import typer

from hpsearch.cli.options import Format, FormatOption, StorageOption


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A study's name.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The name of another.")],
    storage: StorageOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Two studies side by side: what differs, the best of each, a test where folds are shared.

    Examples:

        hpsearch compare mnist-lr-wd book-mnist
    """
    from hpsearch.assessing import contender
    from hpsearch.domain.two_studies import side_by_side
    from hpsearch.errors import InvalidInput
    from hpsearch.reporting.two_studies_text import compared_text, compared_values
    from hpsearch.settings import settings as environment
    from hpsearch.storage import opened

    if first == second:
        raise InvalidInput(f"`{first}` twice: nothing to compare", "name two studies")
    with opened(environment(storage).storage) as store:
        studies = [store.load_study(name) for name in (first, second)]
        two = side_by_side(*(contender(store, study) for study in studies))
    if output is Format.JSON:
        typer.echo(json.dumps(compared_values(two), indent=2))
    else:
        typer.echo(compared_text(two))
