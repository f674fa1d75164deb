/** What is left of a run: its processes, and what it came to on several ranks. */
import { readdir, readFile } from "node:fs/promises";
import { lasting } from "../faults/content.ts";

/** Processes of this machine with such a text in their environment: `state` is T of one that is stopped. */
export async function processesWith(text: string): Promise<{ id: number; command: string; state: string }[]> {
  const found: { id: number; command: string; state: string }[] = [];
  for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "");
    if ((await read("environ")).includes(text))
      found.push({
        id: Number(id),
        command: await read("cmdline"),
        state: /^State:\s+(\w)/m.exec(await read("status"))?.[1] ?? "",
      });
  }
  return found;
}

/**
 * Which samples are decoded beside each other goes by which rank has room first, and with that the last digits of their
 * log-probabilities; the samples are the same.
 */
export const withoutLastDigits = (key: string, value: unknown): unknown =>
  key === "logprob" || key === "score" ? undefined : lasting(key, value);
