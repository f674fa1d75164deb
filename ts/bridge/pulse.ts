/**
 * Whether a worker lives. It shows so every few seconds from a thread of its own, also deep in a computation: where
 * something is asked of it and nothing comes, it hangs (it was stopped, or waits for a disk or a card that does not answer).
 */
export interface Pulse {
  /** Something came from the worker. */
  sign(): void;
  stop(): void;
}

/** Seconds of silence after which it is told (and after as many again), and after which the worker counts as hung. */
export interface Patience {
  toldAfter: number;
  endedAfter: number;
}

export const usualPatience: Patience = { toldAfter: 30, endedAfter: 120 };

/**
 * Seconds are counted by ticks of this process and not by the clock: when a laptop slept, or Ctrl-Z stopped this process,
 * nothing could be heard. `waits`: whether something is asked of the worker.
 */
export function watchPulse(
  { toldAfter, endedAfter }: Patience,
  waits: () => boolean,
  told: (seconds: number) => void,
  ended: (seconds: number) => void,
): Pulse {
  let silence = 0;
  const timer = setInterval(() => {
    silence = waits() ? silence + 1 : 0;
    if (silence >= endedAfter) {
      clearInterval(timer);
      ended(silence);
    } else if (silence > 0 && silence % toldAfter === 0) told(silence);
  }, 1000);
  timer.unref();
  return {
    sign: () => {
      silence = 0;
    },
    stop: () => clearInterval(timer),
  };
}
