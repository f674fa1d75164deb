/** `progress.json` in a run's folder: how far the stage is that is being made, for who looks on from outside. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defined } from "../../core/defined.ts";
import type { Progress, ProgressSink } from "../../core/progress.ts";
import { RateMeter, secondsLeft } from "../../core/rate.ts";
import { JsonFile } from "../store/files.ts";
import { runFiles } from "./files.ts";

const progressSchema = z.object({
  format: z.literal(1),
  at: z.string(),
  label: z.string(),
  done: z.number(),
  total: z.number().meta({ description: "0: not known" }),
  unit: z.string(),
  detail: z.string().optional(),
  perSecond: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  secondsLeft: z.number().optional().meta({ description: "of this piece of work" }),
  whole: z.object({ name: z.string(), secondsLeft: z.number() }).optional(),
  warnings: z.array(z.string()).meta({ description: "the last ones of this process" }),
});
export type KeptProgress = z.infer<typeof progressSchema>;

export const progressFile = new JsonFile(runFiles.progress, progressSchema);

const intervalMs = 1000;
const mostWarnings = 5;

/**
 * Passes everything on, and writes it to the file at most once a second; the file goes with `close`. What cannot be written
 * is left out: a run does not depend on who looks on.
 */
export function keptProgress(
  directory: string,
  progress: ProgressSink,
): { sink: ProgressSink; close: () => Promise<void> } {
  const file = join(directory, runFiles.progress);
  const warnings: string[] = [];
  let meter = { label: "", rates: new RateMeter() };
  let [writtenAt, written] = [Number.NEGATIVE_INFINITY, Promise.resolve()];
  const write = (update: Progress, at: number): void => {
    const rate = update.label === meter.label ? meter.rates.rate() : undefined;
    const { label, done, total, unit, detail, whole } = update;
    const kept: KeptProgress = {
      ...{ format: 1, at: new Date().toISOString(), label, done, total, unit },
      ...defined({ detail, whole, secondsLeft: secondsLeft(update, rate) }),
      ...defined({ perSecond: rate?.perSecond, tokensPerSecond: rate?.tokensPerSecond }),
      warnings,
    };
    writtenAt = at;
    // In place, and not held up by the disk: who reads half of it reads it again.
    written = written.then(() => writeFile(file, JSON.stringify(kept))).catch(() => {});
  };
  const sink: ProgressSink = {
    note(text) {
      if (/\bwarning: /.test(text) && warnings.push(text) > mostWarnings) warnings.shift();
      progress.note(text);
    },
    update(update) {
      const at = performance.now();
      if (update.label !== meter.label) meter = { label: update.label, rates: new RateMeter() };
      meter.rates.add(update, at);
      if (at - writtenAt >= intervalMs) write(update, at);
      progress.update(update);
    },
    end: (label) => progress.end(label),
    stage(place) {
      if (place !== undefined) {
        const { label, secondsLeft } = place;
        const whole = defined({
          whole: secondsLeft === undefined ? undefined : { name: "run", secondsLeft },
        });
        write({ label, done: 0, total: 0, unit: "", ...whole }, performance.now());
      }
      progress.stage?.(place);
    },
    ...defined({ done: progress.done && ((text: string) => progress.done!(text)) }),
  };
  const close = async (): Promise<void> => {
    await written;
    await rm(file, { force: true }).catch(() => {});
  };
  return { sink, close };
}
