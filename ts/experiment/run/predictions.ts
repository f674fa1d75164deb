/** The greedy answers of a run where a person looks for them: one file a method and seed, all its tasks in it. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../core/files.ts";
import { stages } from "../stages/index.ts";
import { runFiles } from "./files.ts";
import type { RunRecord } from "./run-record.ts";

/**
 * Writes `predictions/METHOD-seed-N.jsonl` into a run's folder: its artefacts' own lines, as they are, task after task in
 * the experiment's order. What an earlier report left there goes. An experiment with `greedy: false` has none.
 */
export async function writePredictions(runDirectory: string, { seeds }: RunRecord): Promise<void> {
  const { predictions } = stages.evaluate.files;
  const folder = join(runDirectory, runFiles.predictions);
  await rm(folder, { recursive: true, force: true });
  for (const { seed, arms } of seeds)
    for (const { method, evaluate } of arms) {
      const places = evaluate.map(({ artefact }) => ({ directory: join(runDirectory, artefact) }));
      const files = places
        .filter((place) => predictions.isIn(place))
        .map((place) => predictions.pathIn(place));
      if (files.length === 0) continue;
      const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
      await writeFileAtomic(join(folder, `${method}-seed-${seed}.jsonl`), texts);
    }
}
