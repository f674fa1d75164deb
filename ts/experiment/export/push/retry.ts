/** A network that breaks off is asked again, a few times and ever later. */
import { setTimeout as sleep } from "node:timers/promises";

/** Answers that may be others a moment later. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);
const tries = 5;

/**
 * Node keeps all of a body that it sends, to send it again where it is redirected, unless it is told of no redirection and of
 * no window: a model's weights would have to fit into memory.
 */
const streamed = { redirect: "error", window: null } as const satisfies RequestInit;

export interface RetryOptions {
  signal?: AbortSignal | undefined;
  /** Before the second try; doubled for each further one. */
  firstWaitMs?: number;
  /** Told before a wait. */
  onRetry?: (why: string, waitMs: number) => void;
}

/**
 * `fetch`, tried again where there is no answer or a passing one. Every request of an upload may come twice: parts and
 * files are addressed by their content, and a commit of the same files changes nothing.
 */
export function retryingFetch({ signal, firstWaitMs = 1000, onRetry }: RetryOptions): typeof fetch {
  return async (address, init) => {
    const isUpload = init?.body instanceof Blob;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const last = attempt === tries;
      let why: string;
      try {
        const answer = await fetch(address, isUpload ? { ...init, ...streamed } : init);
        if (last || !passing.has(answer.status)) return answer;
        await answer.body?.cancel();
        why = `HTTP ${answer.status}`;
      } catch (error) {
        if (last || init?.signal?.aborted || signal?.aborted) throw error;
        why = reasonOf(error as Error);
      }
      const waitMs = firstWaitMs * 2 ** (attempt - 1);
      onRetry?.(why, waitMs);
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    }
  };
}

/** Why there was no answer: the cause says more than "fetch failed". */
export function reasonOf(error: Error): string {
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || String((cause as { code?: unknown }).code ?? error.message);
}
