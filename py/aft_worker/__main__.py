"""`python -m aft_worker [--threads N]`: the worker on its standard input and output; with `--devices N`, or
several `--nodes`, as many ranks of it."""

import argparse
import os
import sys


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="aft_worker", description="The worker of AFT, over stdin and stdout."
    )
    parser.add_argument("--threads", type=int, default=os.environ.get("AFT_THREADS"))
    parser.add_argument("--devices", type=int, default=1, help="ranks on this machine")
    parser.add_argument("--nodes", type=int, default=1, help="machines")
    # as SLURM's srun and torchrun number them
    number = next(filter(None, map(os.environ.get, ("SLURM_NODEID", "GROUP_RANK"))), 0)
    parser.add_argument("--node-rank", type=int, help="which of them this is")
    parser.add_argument("--rendezvous", help="host:port on machine 0")
    parser.add_argument("--device", default="auto", help="which each rank is to have; machine 0's counts")
    parser.add_argument("--seconds", type=float, help="without a sign of life, until a rank counts as lost")
    given = parser.parse_args()
    if given.devices * given.nodes > 1:
        if given.seconds:
            os.environ["AFT_RANK_SECONDS"] = str(given.seconds)
        # what fails is told in a line of one's own, not by a stack of C++
        quiet = os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "FATAL") == "FATAL"
        from .ranks import Ranks, launch

        if quiet:
            os.environ["TORCH_CPP_LOG_LEVEL"] = "ERROR"  # the ranks': a lost connection is no stack of C++
        # a launcher that starts it everywhere hands on what all machines write
        apart = bool(given.node_rank)
        node = given.node_rank if given.node_rank is not None else int(number)
        ranks = Ranks(given.devices, given.nodes, node, given.rendezvous, apart, given.device, given.threads)
        code = launch(ranks)
        sys.stderr.flush()
        if code < 0:
            os.kill(os.getpid(), -code)
        os._exit(abs(code))
    serve_here(given.threads)


def serve_here(threads: int | None) -> None:
    # First of all: from here on whatever prints, in Python or in C, prints to stderr. A stray line on the
    # stream of messages would end the conversation.
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr

    from .handlers import handler_of, is_shared
    from .rpc import prepare, serve

    prepare(threads)
    if int(os.environ.get("WORLD_SIZE", "1")) <= 1:
        serve(incoming, outgoing, handler_of)
        return
    from .ranks import dismiss, follow_agent, together

    follow_agent()
    if os.environ.get("RANK") != "0":
        os.close(incoming)
        os.close(outgoing)
    serve(incoming, outgoing, together(handler_of, is_shared), dismiss)


if __name__ == "__main__":
    main()
