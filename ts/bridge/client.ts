import { setMaxListeners } from "node:events";
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  type Message,
  type MessageConnection,
  ProgressType,
  type RequestMessage,
  ResponseError,
  type ResponseMessage,
} from "vscode-jsonrpc/node";
import { wholeDuration } from "../core/duration.ts";
import { type AftError, failure, inputError, systemCode } from "../core/errors.ts";
import { halfCharacterAt, halfCharacterIn } from "../core/json.ts";
import { dotted } from "../core/shape.ts";
import { checkedErrorData, checkedProgress, checkedResult } from "./check.ts";
import { isWorkerFailure, ProtocolError, WorkerDied, WorkerFailure, WorkerLost } from "./errors.ts";
import type { WorkerMethods } from "./generated/messages.ts";
import { type ErrorName, errors, type MethodName, type Params, type Result } from "./protocol.ts";
import { type Patience, type Pulse, usualPatience, watchPulse } from "./pulse.ts";
import { signOfLife, strayReason } from "./strays.ts";
import type { Transport } from "./transport.ts";

/** How a request is made. */
export interface RequestOptions<M extends MethodName> {
  /** Cancels: the request rejects with the signal's reason once the worker has let go of it. */
  signal?: AbortSignal | undefined;
  /**
   * Called in order and before the request resolves, which waits for promises given back here. When one rejects
   * (a full disk), the request is cancelled and rejects with that error.
   */
  onProgress?: ((progress: WorkerMethods[M]["progress"]) => void | Promise<void>) | undefined;
}

/** What answers the methods of the protocol. */
export interface Requests {
  /**
   * Any method of the protocol, checked. Rejects with {@link WorkerFailure} when the worker answers with an error,
   * {@link WorkerLost} when it is gone or hangs, {@link ProtocolError} when its answer is not what protocol.ts says.
   */
  request<M extends MethodName>(
    method: M,
    params: WorkerMethods[M]["params"],
    options?: RequestOptions<M>,
  ): Promise<WorkerMethods[M]["result"]>;
}

/** A worker process. Requests may be sent without waiting: they are run in order, one at a time. */
export interface Worker extends Requests {
  /** Ends the process; whatever is still pending rejects. Resolves when the process has gone. */
  close(): Promise<void>;
  readonly pid: number;
  /** Resolves when the process has gone, for whatever reason. */
  readonly closed: Promise<void>;
}

const killAfterMs = 2_000;

const usualLetGoMs = 20_000;

/** How a connection is watched. */
export interface ConnectOptions {
  /** How long a worker may hang. */
  patience?: Patience | undefined;
  /** The same until its first sign of life, which comes once it has imported what it needs; for ever when left out. */
  startPatience?: Patience | undefined;
  /** Told while the worker gives no sign of life: for how many seconds. */
  onSilence?: ((seconds: number) => void) | undefined;
  /** How long it may take to let go of a request that is cancelled, in ms. */
  letGoMs?: number | undefined;
}

export function connect(
  transport: Transport,
  {
    patience = usualPatience,
    startPatience,
    onSilence = () => {},
    letGoMs = usualLetGoMs,
  }: ConnectOptions = {},
): Worker {
  /** Why nothing can be asked of the worker any more. */
  let over: AftError | undefined;
  let lastId: RequestMessage["id"] = null;
  /** Ids of the requests that are not answered yet. */
  const open = new Set<RequestMessage["id"]>();
  let handled = 0;
  let pulse: Pulse | undefined;
  let hasLived = false;
  const watch = (patience: Patience): void => {
    pulse?.stop();
    pulse = watchPulse(patience, () => open.size > 0, onSilence, hung);
  };

  const finish = (reason: AftError): void => {
    over ??= reason;
    pulse?.stop();
    // vscode-jsonrpc leaves pending requests pending when a stream ends; this rejects them.
    connection.dispose();
  };
  const connection: MessageConnection = createMessageConnection(transport.reader, transport.writer, silent, {
    cancellationStrategy: {
      receiver: { createCancellationTokenSource: () => new CancellationTokenSource() },
      sender: {
        // The one place where the library shows a request's id, by which `$/progress` refers to it.
        enableCancellation: (request) => {
          lastId = request.id;
          open.add(request.id);
        },
        sendCancellation: (to, id) => to.sendNotification("$/cancelRequest", { id }),
        cleanup: () => {},
      },
    },
    messageStrategy: {
      handleMessage: (message, next) => {
        handled++;
        const reason = over === undefined ? strayReason(message, open) : undefined;
        if (reason !== undefined) return violate(reason, message);
        if (isSignOfLife(message)) {
          if (!hasLived) watch(patience);
          hasLived = true;
        } else {
          if (!("method" in message)) open.delete((message as ResponseMessage).id);
          next(message);
        }
        pulse?.sign();
      },
    },
  });
  const stop = (reason: AftError): void => {
    finish(reason);
    transport.kill();
  };
  const violate = (what: string, message?: unknown): void =>
    stop(new ProtocolError({ what: `the worker ${what}`, found: message }));
  const end = (how: string, fix: string): void =>
    stop(new WorkerLost(how, { what: `the worker (process ${transport.pid}) ${how}`, fix }));
  const hung = (seconds: number): void =>
    end(
      `gave no sign of life for ${wholeDuration(seconds)} and was ended`,
      "run the same command again: it goes on from what was recorded. Where it happens again, look at the disk and the card",
    );
  connection.onError(([error, unsent]) => {
    // An error in writing rejects its own request. A broken pipe may also come by itself: how the worker ended says more.
    if (unsent === undefined && systemCode(error) !== "EPIPE")
      violate(`sent what is not a message: ${error.message}`);
  });
  connection.listen();
  if (startPatience !== undefined) watch(startPatience);

  const gone = transport.exited.then(async (exit) => {
    await quiet(() => handled);
    finish(new WorkerDied(exit));
  });

  const translate = async (method: MethodName, error: unknown): Promise<unknown> => {
    if (!(error instanceof ResponseError)) return over ?? error;
    if (error.code === ErrorCodes.PendingResponseRejected) return over;
    if (error.code === ErrorCodes.MessageWriteError) {
      // The pipe broke: the worker is about to be gone, and how it went is the better answer.
      await Promise.race([gone, after(killAfterMs)]);
      return over ?? new ProtocolError({ what: `could not send ${method}: ${error.message}` });
    }
    return failureOf(method, error);
  };

  async function request<M extends MethodName>(
    method: M,
    params: Params<M>,
    { signal, onProgress }: RequestOptions<M> = {},
  ): Promise<Result<M>> {
    if (over !== undefined) throw over;
    signal?.throwIfAborted();
    const broken = halfCharacterIn(params);
    if (broken !== undefined)
      throw inputError(halfCharacterAt(`${method}, ${dotted(broken.path)}`, broken.text, undefined));
    const source = new CancellationTokenSource();
    let answer: Promise<unknown>;
    try {
      answer = connection.sendRequest<unknown>(method, params, source.token);
    } catch (error) {
      // Its stream has closed, and how the process went is not known yet.
      await Promise.race([gone, after(killAfterMs)]);
      throw over ?? error;
    }
    const progress = progressQueue(method, onProgress, () => source.cancel());
    const subscription = connection.onProgress(new ProgressType<unknown>(), lastId as number, progress.take);
    let lettingGo: NodeJS.Timeout | undefined;
    const abort = (): void => {
      source.cancel();
      lettingGo = setTimeout(() => {
        end(`did not stop within ${letGoMs / 1000} s and was ended`, "run the same command again");
      }, letGoMs);
    };
    if (signal !== undefined) {
      setMaxListeners(0, signal); // a thousand requests may share one signal
      signal.addEventListener("abort", abort, { once: true });
    }
    try {
      const result = await answer;
      await progress.done();
      return checkedResult(method, result);
    } catch (error) {
      await progress.done();
      const known = await translate(method, error);
      // One that is lost meanwhile, be it that it hung before, has let go of it as well.
      const letGo = known instanceof WorkerLost || isWorkerFailure(known, "RequestCancelled");
      if (signal?.aborted && letGo) throw signal.reason;
      throw known;
    } finally {
      clearTimeout(lettingGo);
      subscription.dispose();
      signal?.removeEventListener("abort", abort);
      source.dispose();
    }
  }

  return {
    request,
    pid: transport.pid,
    closed: gone,
    async close() {
      finish(failure({ what: "the worker was closed" }));
      transport.end();
      const timer = setTimeout(() => transport.kill(), killAfterMs);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Runs the callbacks one after the other; the first that fails stops the rest and the request. */
function progressQueue<M extends MethodName>(
  method: M,
  onProgress: RequestOptions<M>["onProgress"],
  cancel: () => void,
): { take: (value: unknown) => void; done: () => Promise<void> } {
  let failed: { error: unknown } | undefined;
  let tail = Promise.resolve();
  return {
    take(value) {
      tail = tail.then(async () => {
        if (failed !== undefined) return;
        try {
          await onProgress?.(checkedProgress(method, value));
        } catch (error) {
          failed = { error };
          cancel();
        }
      });
    },
    async done() {
      await tail;
      if (failed !== undefined) throw failed.error;
    },
  };
}

function failureOf(method: MethodName, error: ResponseError<unknown>): AftError {
  const name = (Object.keys(errors) as ErrorName[]).find((known) => errors[known].code === error.code);
  if (name === undefined)
    return new ProtocolError({
      what: `the worker answered ${method} with an unknown error: ${error.message}`,
      found: error.code,
    });
  try {
    return new WorkerFailure(
      method,
      name,
      error.code,
      error.message,
      checkedErrorData(method, name, error.data),
    );
  } catch (problem) {
    if (problem instanceof ProtocolError) return problem;
    throw problem;
  }
}

const isSignOfLife = (message: Message): boolean => "method" in message && message.method === signOfLife;

/** Lets the library work off the messages that a dead worker sent: it takes a few turns of the loop for each. */
async function quiet(count: () => number): Promise<void> {
  for (let turns = 0, seen = count(); turns < 10; turns++) {
    await new Promise(setImmediate);
    if (count() !== seen) turns = 0;
    seen = count();
  }
}

const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

const silent = { error: () => {}, warn: () => {}, info: () => {}, log: () => {} };
