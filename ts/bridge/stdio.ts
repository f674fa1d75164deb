import { execa } from "execa";
import { StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import type { Exit } from "./errors.ts";
import { workerArguments } from "./ranks.ts";
import { drained, tailOf } from "./tail.ts";
import { type LaunchOptions, type Transport, workerEnvironment } from "./transport.ts";

/** A worker of its own process group, so that Ctrl-C in a terminal reaches only the command that started it. */
export function stdioTransport(options: LaunchOptions): Transport {
  const given = workerArguments(options.ranks, options.threads);
  const child = execa(options.python, ["-m", "aft_worker", ...given], {
    env: workerEnvironment(options),
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    reject: false,
    // A detached process outlives a parent that dies; the worker itself ends when its stdin does.
    detached: true,
    cleanup: false,
  });
  const tail = tailOf(options.onStderr);
  tail.follow(child.stderr);
  // Written to after the worker's death: the exit says more than the broken pipe.
  child.stdin.on("error", () => {});

  const stdoutEnded = new Promise((resolve) => child.stdout.once("close", resolve));
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      drained(tail.ended(), stdoutEnded).then(() => resolve({ code, signal, stderr: tail.lines }));
    });
    child.then((result) => {
      if (child.pid === undefined)
        resolve({ code: null, signal: null, stderr: [], spawnError: result.code ?? result.shortMessage });
    });
  });
  const reader = new StreamMessageReader(child.stdout);
  // Its timer for a message that stops half-way starts itself again for ever: Node would never end.
  reader.partialMessageTimeout = 0;
  return {
    reader,
    writer: new StreamMessageWriter(child.stdin),
    pid: child.pid ?? 0,
    exited,
    end: () => child.stdin.end(),
    kill: () => child.kill("SIGKILL"),
  };
}
