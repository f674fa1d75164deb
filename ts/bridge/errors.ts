import { AftError, type Problem } from "../core/errors.ts";
import type { ErrorData, ErrorName, MethodName } from "./protocol.ts";

/** How a worker's process ended, and what it printed last. */
export interface Exit {
  code: number | null;
  signal: string | null;
  /** At most the last 20 lines of its stderr. */
  stderr: readonly string[];
  /** Set when no process could be started at all. */
  spawnError?: string | undefined;
}

/** The worker's process is gone, or hung and was ended, while something was still wanted of it: another may go on. */
export class WorkerLost extends AftError {
  override name = "WorkerLost";
  /** "was killed by SIGKILL": in few words and on one line. */
  readonly how: string;

  constructor(how: string, problem: Problem) {
    super(problem);
    this.how = how;
  }
}

/** The worker's process ended by itself, or the system ended it. */
export class WorkerDied extends WorkerLost {
  override name = "WorkerDied";
  readonly exit: Exit;

  constructor(exit: Exit) {
    const fix = exit.signal === "SIGKILL" ? memoryHint : undefined;
    super(`${howItEnded(exit)}${lostIn(exit)}`, { what: describeExit(exit), fix });
    this.exit = exit;
  }
}

const memoryHint =
  "the system kills a process like this when memory runs out: lower maxTokensPerBatch or take a smaller model";

const howItEnded = ({ code, signal }: Exit): string =>
  signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;

/** Of several ranks the one that was lost first; as its agent, or another rank, said it. */
const lostRank =
  /\brank (?:\d+ on \S+ (?:has given no sign of life for [\d.]+ s|ended by \S+?(?=,|$))|[\d, ]+ of machine [\d, ]+ has not come within [\d.]+ s)/;

const lostIn = ({ stderr }: Exit): string => {
  const lost = stderr.map((line) => lostRank.exec(line)?.[0]).find((found) => found !== undefined);
  return lost === undefined ? "" : `: ${lost}`;
};

function describeExit(exit: Exit): string {
  const { stderr } = exit;
  const how = howItEnded(exit);
  if (stderr.length === 0) return `the worker ${how} and printed nothing`;
  return [`the worker ${how}; its last lines on stderr:`, ...stderr.map((line) => `  | ${line}`)].join("\n");
}

/** An error that the worker answered with; `errorName` says which, `data` holds what belongs to it. */
export class WorkerFailure<E extends ErrorName = ErrorName> extends AftError {
  override name = "WorkerFailure";
  readonly method: MethodName;
  readonly errorName: E;
  readonly code: number;
  readonly data: ErrorData<E>;

  constructor(method: MethodName, errorName: E, code: number, message: string, data: ErrorData<E>) {
    super(problemOf(method, errorName, message, data), 1, { cause: tracebackOf(data) });
    this.method = method;
    this.errorName = errorName;
    this.code = code;
    this.data = data;
  }
}

/** Narrows an error to the worker's answer of that name, so that its `data` is typed. */
export const isWorkerFailure = <E extends ErrorName>(error: unknown, name: E): error is WorkerFailure<E> =>
  error instanceof WorkerFailure && error.errorName === name;

/** One of the two sides does not keep to protocol.ts: a bug, or two versions that do not belong together. */
export class ProtocolError extends AftError {
  override name = "ProtocolError";
}

const fixes: { [E in ErrorName]?: string } = {
  SamplerFailed:
    "what was sampled is kept: the same command goes on from there; `aft doctor --vllm-python PATH` looks at vLLM alone",
  OutOfMemory: "lower maxTokensPerBatch, or take a smaller model or dtype",
  WriteFailed:
    "free some space or change the rights and run the same command again: what was finished is kept",
};

const text = (data: object, key: string): string | undefined => {
  const value = (data as Record<string, unknown>)[key];
  return typeof value === "string" ? value : undefined;
};

function problemOf(method: string, errorName: ErrorName, message: string, data: object): Problem {
  const found = text(data, "found");
  const pointer = text(data, "pointer");
  // A place within the request says little to whoever made a file or a folder: theirs, or the stage's, stands in front.
  const at = pointer === undefined ? "" : ` (${pointer})`;
  return {
    what: message.includes(method)
      ? `the worker${at}: ${message}`
      : `the worker, in ${method}${at}: ${message}`,
    where: text(data, "path"),
    found: found === undefined ? undefined : parsed(found),
    nearest: text(data, "nearest"),
    fix: fixes[errorName],
  };
}

/** The worker sends the found value as JSON text, cut when it is long: then it is shown as it came. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

const tracebackOf = (data: object): Error | undefined => {
  const traceback = text(data, "traceback");
  return traceback === undefined ? undefined : new Error(traceback);
};
