import { type AftError, failure } from "../core/errors.ts";
import { type ConnectOptions, connect, type Worker } from "./client.ts";
import { type Exit, WorkerDied } from "./errors.ts";
import { protocolVersion } from "./protocol.ts";
import { stdioTransport } from "./stdio.ts";
import type { LaunchOptions, Transport } from "./transport.ts";

export interface WorkerOptions extends LaunchOptions, ConnectOptions {
  /** stdio for work; pythonia (Node only) for a look at what is there. */
  transport: "stdio" | "pythonia";
}

/** Starts a worker and greets it: a worker that comes back from here speaks this version of the protocol. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  let worker: Worker | undefined;
  try {
    worker = connect(await launch(options), options);
    const hello = await worker.request("hello", { protocolVersion });
    if (hello.protocolVersion !== protocolVersion)
      throw failure({
        what: "the worker speaks another version of the protocol",
        where: options.python,
        found: hello.protocolVersion,
        expected: String(protocolVersion),
        fix: "use the aft_worker that lies beside this program",
      });
    return worker;
  } catch (error) {
    await worker?.close();
    throw error instanceof WorkerDied ? startError(options.python, error) : error;
  }
}

export async function launch(options: WorkerOptions): Promise<Transport> {
  if (options.transport === "stdio") return stdioTransport(options);
  // Only loaded when asked for: it starts a Python by being loaded, and Deno cannot load it at all.
  const { pythoniaTransport } = await import("./pythonia.ts");
  return pythoniaTransport(options);
}

const missingPackage = /No module named '([^']+)'/;

/** What a worker's death before its first answer means to a user. */
export function startError(python: string, died: WorkerDied): AftError {
  const { spawnError, stderr }: Exit = died.exit;
  if (spawnError !== undefined)
    return failure(
      {
        what: `cannot start Python: ${spawnError === "ENOENT" ? "no such program" : spawnError}`,
        where: python,
        expected: "a Python 3.11 or newer with the worker's packages",
        fix: "set AFT_PYTHON or worker.python to such a Python, or leave both out to have one set up here",
      },
      { cause: died },
    );
  const missing = stderr.map((line) => missingPackage.exec(line)?.[1]).find((name) => name !== undefined);
  if (missing === undefined)
    // One that ends by itself before its first answer would do so again, and is no worker that was lost.
    return died.exit.signal === null ? failure(died.problems[0]!, { cause: died }) : died;
  return failure(
    {
      what: `this Python lacks the package ${missing}`,
      where: python,
      fix: `${python} -m pip install ${missing}, or leave AFT_PYTHON and worker.python out to have one set up here`,
    },
    { cause: died },
  );
}
