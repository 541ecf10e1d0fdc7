"""Shares pieces of work with a copy: `shared_pieces.py many|dying|failing|slow|threaded`.

Prints who did each, as JSON: true where it was the first process.
"""

import json
import os
import sys
import threading
import time
from functools import partial

from hpsearch.execution.side_by_side import shared_with_a_copy

FIRST = os.getpid()


def done(seconds=0.05):
    time.sleep(seconds)
    return os.getpid() == FIRST


def dying():
    if os.getpid() != FIRST:
        os._exit(9)
    return done(0.3)


def failing():
    raise ValueError("of a piece")


def together(pieces, before=0.0):
    with shared_with_a_copy(pieces, is_shared=True) as results:
        time.sleep(before)
        return results()


def main(kind):
    match kind:
        case "many":
            return together([done] * 12)
        case "dying":
            return together([dying] * 3, before=0.3)
        case "failing":
            return together([done, failing, done], before=0.3)
        case "slow":
            sys.stderr.write("begun\n")
            return together([partial(done, 10)] * 9)
        case "threaded":
            is_over = threading.Event()
            thread = threading.Thread(target=is_over.wait)
            thread.start()
            try:
                return together([done] * 4)
            finally:
                is_over.set()


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)
