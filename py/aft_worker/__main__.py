"""`python -m aft_worker [--threads N]`: the worker on its standard input and output."""

import argparse
import os
import sys


def main() -> None:
    # First of all: from here on whatever prints, in Python or in C, prints to stderr. A stray line on the
    # stream of messages would end the conversation.
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    parser = argparse.ArgumentParser(
        prog="aft_worker", description="The worker of AFT, over stdin and stdout."
    )
    parser.add_argument("--threads", type=int, default=os.environ.get("AFT_THREADS"))
    threads = parser.parse_args().threads

    from .handlers import handler_of
    from .rpc import prepare, serve

    prepare(threads)
    serve(incoming, outgoing, handler_of)


if __name__ == "__main__":
    main()
