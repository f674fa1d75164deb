import { type AftError, failure } from "../core/errors.ts";
import { version } from "../core/project.ts";
import { type ConnectOptions, connect, type Worker } from "./client.ts";
import { commandOf, workerWords } from "./command.ts";
import { type Exit, ProtocolError, WorkerDied } from "./errors.ts";
import { protocolVersion } from "./protocol.ts";
import type { Patience } from "./pulse.ts";
import { stdioTransport } from "./stdio.ts";
import type { LaunchOptions, Transport } from "./transport.ts";

export interface WorkerOptions extends LaunchOptions, ConnectOptions {
  /** stdio for work; pythonia (Node only) for a look at what is there. */
  transport: "stdio" | "pythonia";
  /** Ends the process where it has not answered yet: nothing of it is to be saved. */
  signal?: AbortSignal | undefined;
}

/** Importing torch from a cold disk takes minutes; a process of this machine that takes longer hangs. */
const startPatience: Patience = { toldAfter: 60, endedAfter: 900 };

/** Starts a worker and greets it: a worker that comes back from here speaks this version of the protocol. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { signal } = options;
  // A command that starts it elsewhere may wait in a queue, and a machine for others, for as long as that takes.
  const isHere = options.launch === undefined && options.ranks?.rendezvous === undefined;
  let worker: Worker | undefined;
  const abort = (): void => {
    worker?.close();
  };
  try {
    signal?.throwIfAborted();
    worker = connect(await launch(options), { ...(isHere ? { startPatience } : {}), ...options });
    signal?.throwIfAborted();
    signal?.addEventListener("abort", abort, { once: true });
    const hello = await worker.request("hello", { protocolVersion });
    if (hello.protocolVersion !== protocolVersion)
      throw failure({
        what: "the worker speaks another version of the protocol",
        where: placeOf(options),
        found: hello.protocolVersion,
        expected: String(protocolVersion),
        fix:
          options.launch === undefined
            ? "use the aft_worker that lies beside this program"
            : `install the aft_worker of aft ${version} there, or share this program's folder with that machine`,
      });
    return worker;
  } catch (error) {
    await worker?.close();
    signal?.throwIfAborted();
    if (error instanceof WorkerDied) throw startError(options, error);
    throw error instanceof ProtocolError && options.launch !== undefined ? notSpoken(options, error) : error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

export async function launch(options: WorkerOptions): Promise<Transport> {
  if (options.transport === "stdio") return stdioTransport(options);
  // Only loaded when asked for: it starts a Python by being loaded, and Deno cannot load it at all.
  const { pythoniaTransport } = await import("./pythonia.ts");
  return pythoniaTransport(options);
}

const missingPackage = /No module named '?([\w.]+)/;

/** Where a worker was to be started, in a user's words. */
const placeOf = ({ python, launch }: LaunchOptions): string =>
  launch === undefined ? python : `worker.launch: ${launch.join(" ")}`;

/** What a worker's death before its first answer means to a user. */
export function startError(options: LaunchOptions, died: WorkerDied): AftError {
  const { python, launch } = options;
  const { spawnError, stderr }: Exit = died.exit;
  if (launch !== undefined) return launchError(options, died);
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
  const missing = missingIn(stderr);
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

const missingIn = (lines: readonly string[]): string | undefined =>
  lines.map((line) => missingPackage.exec(line)?.[1]).find((name) => name !== undefined);

/** The same of a worker that a command was to start elsewhere. */
function launchError(options: LaunchOptions, died: WorkerDied): AftError {
  const { spawnError, stderr } = died.exit;
  const where = placeOf(options);
  const [program] = commandOf(options);
  if (spawnError !== undefined)
    return failure(
      {
        what: `cannot start ${program}: ${spawnError === "ENOENT" ? "no such program" : spawnError}`,
        where,
        expected: spoken(options).expected,
        fix: "correct the first word of worker.launch, or leave worker.launch out to compute on this machine",
      },
      { cause: died },
    );
  const missing = missingIn(stderr);
  if (missing !== undefined)
    return failure(
      {
        what: `the Python that the worker was started with lacks the module ${missing}`,
        where,
        found: options.python,
        fix: `on that machine: pip install the folder py of aft ${version}; worker.python names a Python there`,
      },
      { cause: died },
    );
  const { fix } = spoken(options);
  return died.exit.signal === null ? failure({ ...died.problems[0]!, where, fix }, { cause: died }) : died;
}

/** What a launch command printed in the place of the worker's first message: a greeting, or the words of a shell. */
function notSpoken(options: LaunchOptions, error: ProtocolError): AftError {
  const {
    expected,
    fix = "a greeting there (motd, .bashrc) belongs on the error output, or to terminals alone",
  } = spoken(options);
  return failure({ ...error.problems[0]!, where: placeOf(options), expected, fix }, { cause: error });
}

/** What a launch command is to be, and what to do where it cannot be that. */
const spoken = ({ launch = [] }: LaunchOptions) => ({
  expected:
    "a command that speaks the worker's protocol on its standard streams, and prints nothing else there",
  fix: launch.some((word) => word.includes(workerWords))
    ? undefined
    : `write ${workerWords} in worker.launch, where the words that start the worker belong`,
});
