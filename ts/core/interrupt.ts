import { Interrupted } from "./errors.ts";

/**
 * What to throw for an error that ended work which `signal` could stop: `Interrupted` when it is the signal's own
 * reason coming back. Any other error (a full disk while the state was saved) stays what it is.
 */
export function unlessInterrupted(error: unknown, signal: AbortSignal | undefined, what?: string): unknown {
  return signal?.aborted && error === signal.reason ? new Interrupted(what) : error;
}
