"""`hpsearch`, and `python -m hpsearch`."""

import signal


def main() -> None:
    """Run the command line; Ctrl-C while it is being loaded ends it without a traceback."""
    listening = signal.getsignal(signal.SIGINT)
    if listening is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from hpsearch.cli.main import main as run

    if listening is signal.default_int_handler:
        signal.signal(signal.SIGINT, listening)
    run()


if __name__ == "__main__":
    main()
