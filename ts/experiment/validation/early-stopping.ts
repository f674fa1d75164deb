/** The best checkpoint under `patience`: which one it is, when training is to stop, and where its weights lie. */
import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Which weights were kept, and why training ended: a fact of the artefact of a method under `patience`. */
export const stoppedSchema = z.object({
  bestStep: z.int().meta({ description: "0: the weights that the method started from" }),
  lastStep: z.int(),
  reason: z.string(),
});
export type Stopped = z.infer<typeof stoppedSchema>;

/** A validation pass that has an accuracy: of the weights as they were after this many steps. */
export interface RatedPass {
  step: number;
  accuracy: number;
  /** Digest of those weights, where they were kept. */
  weights?: string | undefined;
}

/** Follows the accuracies of a method's validation passes. */
export class EarlyStopping {
  private bestPass: RatedPass | undefined;
  private passesSinceBest = 0;
  private readonly patience: number;

  constructor(patience: number) {
    this.patience = patience;
  }

  get best(): RatedPass {
    return this.bestPass!;
  }

  /** Whether a pass with this accuracy would be the best: of equals the earlier stays. */
  isBetter(accuracy: number): boolean {
    return this.bestPass === undefined || accuracy > this.bestPass.accuracy;
  }

  add(pass: RatedPass): void {
    if (this.isBetter(pass.accuracy)) {
      this.bestPass = pass;
      this.passesSinceBest = 0;
    } else this.passesSinceBest++;
  }

  get isExhausted(): boolean {
    return this.passesSinceBest >= this.patience;
  }
}

const bestPrefix = "best-";

/** Where the weights of the best pass lie while training goes on. */
export const bestIn = (directory: string, step: number): string => join(directory, `${bestPrefix}${step}`);

/** Those that were kept, each the best for a time. */
export const bestsIn = async (directory: string): Promise<string[]> =>
  (await readdir(directory))
    .filter((name) => name.startsWith(bestPrefix))
    .map((name) => join(directory, name));

/** Makes the best weights the artefact's checkpoint; does nothing the second time. */
export async function bestToCheckpoint(directory: string, step: number, checkpoint: string): Promise<void> {
  const best = bestIn(directory, step);
  if (!existsSync(best)) return;
  await rm(checkpoint, { recursive: true, force: true });
  await rename(best, checkpoint);
}

/** Removes the weights that were the best for a time, but for those of one step. */
export async function removeBests(directory: string, exceptStep?: number): Promise<void> {
  for (const best of await bestsIn(directory))
    if (exceptStep === undefined || best !== bestIn(directory, exceptStep))
      await rm(best, { recursive: true, force: true });
}
