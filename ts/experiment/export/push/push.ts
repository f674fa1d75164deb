/** An exported folder on the Hugging Face hub: looked at first, then said, then done in one commit. */

import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { wholeDuration } from "../../../core/duration.ts";
import { inputError } from "../../../core/errors.ts";
import { type ProgressSink, silent } from "../../../core/progress.ts";
import { sumOf } from "../../../core/sum.ts";
import { hubAddress } from "../../../data/index.ts";
import { hubToken, pageOf, type Repository } from "./access.ts";
import { type Listed, othersIn } from "./compare.ts";
import { explained, statusOf } from "./explained.ts";
import { retryingFetch } from "./retry.ts";

export interface PushOptions {
  repository: Repository;
  visibility: "private" | "public";
  /** Commit over other content; what was there stays in the repository's history. */
  replace?: boolean;
  progress?: ProgressSink;
  signal?: AbortSignal | undefined;
  /** For tests: how long the first wait is after a network's fault. */
  firstWaitMs?: number;
}

/** A hub that was asked, and will take the push as far as can be known before it. */
export interface Reached {
  /** The repository holds these already; undefined where there is no repository. */
  listed: Listed[] | undefined;
  /** What goes with every request. */
  request: { repo: Repository; accessToken: string; hubUrl: string; fetch: typeof fetch };
}

/** Asks the hub whether the token is good and what the repository holds, before any work. */
export async function reach(options: PushOptions): Promise<Reached> {
  const { repository, visibility, progress = silent, signal, firstWaitMs } = options;
  const hubUrl = hubAddress();
  const request = {
    repo: repository,
    accessToken: await hubToken(),
    hubUrl,
    fetch: retryingFetch({
      signal,
      ...(firstWaitMs === undefined ? {} : { firstWaitMs }),
      onRetry: (why, waitMs) => progress.note(`the hub: ${why}; again in ${wholeDuration(waitMs / 1000)}`),
    }),
  };
  const hub = await import("@huggingface/hub");
  return explained(options, request.accessToken, async () => {
    await hub.whoAmI(request);
    const named = { ...request, name: repository.name };
    const asked: Promise<{ private: boolean }> =
      repository.type === "model" ? hub.modelInfo(named) : hub.datasetInfo(named);
    const found = await asked.catch((error: unknown) => {
      if (statusOf(error) === 404) return undefined;
      throw error;
    });
    if (found === undefined) return { listed: undefined, request };
    const is = found.private ? "private" : "public";
    if (is !== visibility)
      throw inputError({
        what: `${repository.name} is there already and is ${is}, not ${visibility}`,
        where: pageOf(repository, hubUrl),
        fix: `--${is}, another name, or change it on the hub`,
      });
    const listed: Listed[] = [];
    for await (const entry of hub.listFiles({ ...request, recursive: true }))
      if (entry.type === "file") listed.push(entry);
    return { listed, request };
  });
}

export interface LocalFile {
  /** In the repository. */
  path: string;
  file: string;
  bytes: number;
}

/** MB, for a live line. */
const tenths = (bytes: number): number => Math.round(bytes / 1e5) / 10;

/** All files of a folder and the folders in it, in the order of their paths. */
export async function filesOf(folder: string): Promise<LocalFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const measured = files.map(async (file) => ({
    path: file
      .slice(folder.length + 1)
      .split("\\")
      .join("/"),
    file,
    bytes: (await stat(file)).size,
  }));
  return (await Promise.all(measured)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes the repository where there is none and commits these files; gives where they can be seen. */
export async function push(
  files: readonly LocalFile[],
  { listed, request }: Reached,
  options: PushOptions & { title: string },
): Promise<string> {
  const { repository, visibility, replace = false, progress = silent, signal, title } = options;
  const page = pageOf(repository, request.hubUrl);
  const local = new Map(files.map(({ path, file }) => [path, file]));
  const others = await othersIn(listed ?? [], local);
  if (others.length > 0 && !replace)
    throw inputError({
      what: `${repository.name} holds other content: ${others.slice(0, 3).join(", ")}${others.length > 3 ? ` and ${others.length - 3} more` : ""}`,
      where: page,
      expected: "a new name, an empty repository, or what an equal export has put there",
      fix: "another name; or --replace, which commits over it (the old content stays in the repository's history)",
    });
  const hub = await import("@huggingface/hub");
  const operations = await Promise.all(
    files.map(async ({ path, file }) => ({
      operation: "addOrUpdate" as const,
      path,
      // Read as it is sent; by a file's URL the library has Node read ahead.
      content: await openAsBlob(file),
    })),
  );
  return explained(options, request.accessToken, async () => {
    if (listed === undefined)
      await hub.createRepo({ ...request, visibility }).catch((error: unknown) => {
        // Asked twice, as an answer was lost: it was made by the first.
        if (statusOf(error) !== 409) throw error;
      });
    const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
    const total = sumOf(files, ({ bytes }) => bytes);
    const shares = new Map<string, number>();
    const commit = hub.commitIter({ ...request, title, operations, ...(signal && { abortSignal: signal }) });
    for (;;) {
      const { value, done } = await commit.next();
      if (done) break;
      if (value.event !== "fileProgress" || value.state !== "uploading") continue;
      shares.set(value.path, value.progress);
      const sent = sumOf(shares, ([path, share]) => share * (sizes.get(path) ?? 0));
      progress.update({ label: "push", done: tenths(sent), total: tenths(total), unit: "MB" });
    }
    progress.end("push");
    return page;
  });
}
