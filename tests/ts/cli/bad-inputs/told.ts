/** What a command says of an input, in this process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { main } from "../../../../ts/cli/main.ts";
import { projectRoot } from "../../../../ts/core/project.ts";
import type { Case } from "./cases.ts";

export interface Told {
  exitCode: number;
  /** With DIR for the case's folder. */
  stderr: string;
}

export async function toldOf({ files = {}, argv }: Case): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), "aft-bad-"));
  const here = (text: string): string => text.replaceAll("DIR", folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? here(content) : content);
  }
  const streams = [process.stderr, process.stdout] as const;
  const writes = streams.map(({ write }) => write);
  const listeners = process.stdout.listeners("error");
  const before = process.exitCode;
  let stderr = "";
  process.stderr.write = (text: string | Uint8Array) => {
    stderr += text;
    return true;
  };
  process.stdout.write = () => true;
  try {
    process.exitCode = 0;
    await main(argv.map(here));
    return {
      exitCode: Number(process.exitCode),
      stderr: stderr
        .replaceAll(folder, "DIR")
        .replaceAll("npx aft", "aft")
        // First: outside the folder of temporary files it ends with the other.
        .replaceAll(relative(folder, projectRoot), "PROJECT")
        .replaceAll(projectRoot, "PROJECT")
        .replaceAll(/: (\d+ ms|\d+\.\d s)$/gm, ": 0.0 s")
        .replaceAll(/[^\S\n]+$/gm, "")
        .trimEnd(),
    };
  } finally {
    for (const [at, stream] of streams.entries()) stream.write = writes[at]!;
    for (const added of process.stdout.listeners("error"))
      if (!listeners.includes(added)) process.stdout.off("error", added as () => void);
    process.exitCode = before;
    rmSync(folder, { recursive: true, force: true });
  }
}
