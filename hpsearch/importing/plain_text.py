"""Text of others, made safe to print: anyone may have made the files that it comes from."""


def plain(text: object) -> str:
    r"""The text on one line; what cannot be printed stands as an escape such as `\x1b`."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii")
        for each in str(text)
    )
