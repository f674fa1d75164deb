/** A run's weights or data on the Hugging Face hub: checked, exported, said, pushed. */
import { rm } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { inputError } from "../../core/errors.ts";
import { hubAddress } from "../../data/index.ts";
import { readRunRecord } from "../run/run-record.ts";
import { baseOfAdapter } from "./adapter.ts";
import { type ExportOptions, exportRun } from "./export-run.ts";
import { checkName, pageOf, type Repository } from "./push/access.ts";
import { filesOf, type LocalFile, push, reach } from "./push/push.ts";

export interface PushRunOptions extends Omit<ExportOptions, "to" | "repository"> {
  /** `ORGANISATION/NAME`. */
  name: string;
  visibility: "private" | "public";
  /** Commit over other content. */
  replace?: boolean;
  /** Say what would go, and ask nobody. */
  dryRun?: boolean;
  /** The export stays here, a folder that is not there yet; else it is gone when it has been pushed. */
  to?: string | undefined;
  /** Told before anything is sent. */
  announce: (plan: PushPlan) => void;
  /** For tests: how long the first wait is after a network's fault. */
  firstWaitMs?: number;
}

/** What will be seen, where, and by whom. */
export interface PushPlan {
  repository: Repository;
  page: string;
  visibility: "private" | "public";
  files: LocalFile[];
}

/** Gives the address of what was pushed; undefined after a dry run. */
export async function pushRun(directory: string, options: PushRunOptions): Promise<string | undefined> {
  const { name, visibility, dryRun = false, announce, to } = options;
  checkName(name);
  const repository: Repository = { type: options.data === undefined ? "model" : "dataset", name };
  const asked = { ...options, repository };
  const record = await readRunRecord(directory);
  // Known before the export, which may take long: a wrong token, a repository that others see.
  const reached = dryRun ? undefined : await reach(asked);
  const folder = to ?? join(directory, `.push.writing-${process.pid}`);
  try {
    await exportRun(directory, { ...options, to: folder, repository: name });
    if (options.adapter === true) checkBase(await baseOfAdapter(folder), folder);
    const files = await filesOf(resolve(folder));
    announce({ repository, page: pageOf(repository, hubAddress()), visibility, files });
    if (reached === undefined) return undefined;
    const subject = options.data === undefined ? options.method : `judged samples (${options.data})`;
    const title = `${record.name}${subject === undefined ? "" : `: ${subject}`}, by AFT`;
    return await push(files, reached, { ...asked, title });
  } finally {
    if (to === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** An adapter's base is named by where others find it, too. */
function checkBase(base: string, folder: string): void {
  if (!isAbsolute(base) && !base.startsWith(".")) return;
  throw inputError({
    what: "the adapter's base is a folder of this machine, which others do not have",
    where: folder,
    found: base,
    fix: "leave out --adapter: base and adapter are merged then",
  });
}
