/** The judged samples that a seed's methods were trained on, round by round, in another tool's rows. */
import { join } from "node:path";
import { writeJsonl } from "../../core/jsonl.ts";
import type { RunRecord } from "../run/run-record.ts";
import { groupsFile } from "../stages/judge.ts";
import { openArtefact } from "../store/store.ts";
import { type ExportFormat, rowsIn } from "./formats.ts";

type Seed = RunRecord["seeds"][number];

/** A file of rows. All methods share the first round; of a later one each has samples of its own. */
export interface GroupsFile {
  name: string;
  rows: number;
  round: number;
  method?: string;
}

/** `train.jsonl`, and `METHOD-round-N.jsonl` for every later round of these methods. */
export async function writeGroups(
  {
    directory,
    seed,
    arms,
    format,
  }: { directory: string; seed: Seed; arms: Seed["arms"]; format: ExportFormat },
  to: string,
): Promise<GroupsFile[]> {
  const write = async (groups: Seed["trainGroups"], file: Omit<GroupsFile, "rows">): Promise<GroupsFile> => {
    const artefacts = [];
    for (const { artefact } of groups) artefacts.push(await openArtefact(join(directory, artefact)));
    const rows = rowsIn(format, await groupsFile.readAll(artefacts));
    await writeJsonl(join(to, file.name), rows);
    return { ...file, rows: rows.length };
  };
  const files = [await write(seed.trainGroups, { name: "train.jsonl", round: 1 })];
  for (const { method, rounds = [] } of arms)
    for (const [at, { groups }] of rounds.entries()) {
      const round = at + 1;
      if (round > 1)
        files.push(await write(groups, { name: `${method}-round-${round}.jsonl`, round, method }));
    }
  return files;
}
