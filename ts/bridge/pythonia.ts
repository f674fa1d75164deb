import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Embedded, noTimeout, TextReader, TextWriter } from "./embedded.ts";
import { type Exit, WorkerDied } from "./errors.ts";
import { drained, type Tail, tailOf } from "./tail.ts";
import { type LaunchOptions, type Transport, workerEnvironment } from "./transport.ts";

/** What we use of pythonia, whose own types are those of any Python object. */
interface Pythonia {
  python: ((module: string) => Promise<Embedded>) & { exit(): void };
  com: { proc: ChildProcess };
}

/**
 * A worker inside the Python that pythonia starts. The messages are those of the other transport, as JSON text:
 * a NaN or an infinity given back as an object ends Node.
 */
export async function pythoniaTransport(options: LaunchOptions): Promise<Transport> {
  const environment = workerEnvironment(options);
  await mustStart(options.python, environment);
  const tail = tailOf(options.onStderr);
  const log = await listenForLog(tail);
  const { python, com } = loadPythonia(options.python, environment);
  const child = com.proc;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    python.exit();
  };
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", async (code, signal) => {
      end();
      await drained(tail.ended());
      await log.close();
      resolve({ code, signal, stderr: tail.lines });
    });
  });
  // A write that meets a dead child: how it died comes through "exit".
  child.on("error", () => {});

  const start = async (): Promise<Embedded> => {
    const embedded = await python("aft_worker.embedded");
    await embedded.start$(log.path, options.threads ?? 0, noTimeout());
    await log.connected;
    await log.close(); // now already: when this process is killed, nothing is left behind
    return embedded;
  };
  const died = exited.then((exit) => {
    throw new WorkerDied(exit);
  });
  died.catch(() => {});
  const embedded = await Promise.race([start(), died]).catch((error: unknown) => {
    end();
    throw error;
  });

  const reader = new TextReader();
  return {
    reader,
    writer: new TextWriter(embedded, reader),
    pid: child.pid ?? 0,
    exited,
    end,
    kill: () => child.kill("SIGKILL"),
  };
}

/** pythonia crashes Node when its Python cannot be started; this finds out first, with a readable error. */
async function mustStart(python: string, env: Record<string, string | undefined>): Promise<void> {
  const tried = await execa(python, ["-c", "import aft_worker.embedded"], {
    env,
    reject: false,
    stdin: "ignore",
  });
  if (!tried.failed) return;
  throw new WorkerDied({
    code: tried.exitCode ?? null,
    signal: tried.signal ?? null,
    stderr: tried.stderr.split("\n").slice(-20),
    spawnError: tried.exitCode === undefined && tried.signal === undefined ? tried.code : undefined,
  });
}

/**
 * A fresh copy of the module, because each copy starts one Python when it is loaded and cannot start a second that
 * may call back. It takes Python, module path and environment from `process.env` at that moment and offers no other
 * way; with DEBUG set it would print every message on stdout.
 */
function loadPythonia(python: string, environment: Record<string, string | undefined>): Pythonia {
  const require = createRequire(import.meta.url);
  for (const path of Object.keys(require.cache))
    if (/[\\/]pythonia[\\/]src[\\/]/.test(path)) delete require.cache[path];
  const wanted = { ...environment, PYTHON_BIN: python, DEBUG: undefined };
  const before = Object.fromEntries(Object.keys(wanted).map((name) => [name, process.env[name]]));
  setEnvironment(wanted);
  try {
    return require("pythonia") as Pythonia;
  } finally {
    setEnvironment(before);
  }
}

function setEnvironment(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}

interface Log {
  path: string;
  connected: Promise<void>;
  /** Takes no further connection and leaves nothing on the disk; the one there is stays open. */
  close(): Promise<void>;
}

/** The child's output streams are Node's own; what the worker prints comes here instead. */
async function listenForLog(tail: Tail): Promise<Log> {
  const folder = await mkdtemp(join(tmpdir(), "aft-"));
  const path = join(folder, "log");
  const server = createServer();
  const connected = new Promise<void>((resolve) => {
    server.once("connection", (socket) => {
      tail.follow(socket);
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    path,
    connected,
    async close() {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
