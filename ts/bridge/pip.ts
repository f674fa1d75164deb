import { createInterface } from "node:readline";
import { execa } from "execa";
import { defined } from "../core/defined.ts";
import { failure, Interrupted } from "../core/errors.ts";
import type { ProgressSink } from "../core/progress.ts";

const label = "Python packages";

/** Installs requirement files under one constraints file; every package named as it comes. */
export async function pipInstall(
  python: string,
  requirements: readonly string[],
  constraints: string,
  options: { what: string; otherwise: string; progress: ProgressSink; signal?: AbortSignal | undefined },
): Promise<void> {
  const { what, otherwise, progress, signal } = options;
  const pip = execa(
    python,
    [
      "-m",
      "pip",
      "install",
      "--disable-pip-version-check",
      "--no-input",
      "--progress-bar",
      "off",
      ...requirements.flatMap((file) => ["-r", file]),
      "-c",
      constraints,
    ],
    { reject: false, all: true, buffer: true, ...defined({ cancelSignal: signal }) },
  );
  let packages = 0;
  const lines = createInterface({ input: pip.all! });
  lines.on("line", (line) => {
    const collected = /^(?:Collecting|Requirement already satisfied:) (\S+?)[<>=!~\s;,]/.exec(`${line} `);
    if (collected !== null) packages++;
    const now = /^(Downloading|Installing collected packages|Using cached|Building)/.test(line)
      ? line.slice(0, 70)
      : collected?.[1];
    // pip does not say how many there will be: the count so far is what can be shown honestly.
    if (now !== undefined)
      progress.update({ label, done: packages, total: 0, unit: "packages", detail: now });
  });
  const result = await pip;
  progress.end(label);
  // Ctrl-C in a terminal reaches pip itself, too: then it was not this process that ended it.
  if (result.isCanceled || signal?.aborted)
    throw new Interrupted("interrupted while installing the Python packages");
  if (result.exitCode !== 0)
    throw failure({
      what: `pip could not install ${what}`,
      found: tail(result.all ?? ""),
      fix: `check the network and the disk's free space and run the same command again, or ${otherwise}`,
    });
}

const tail = (output: string): string =>
  output
    .split("\n")
    .filter((line) => /error|fail|no space/i.test(line))
    .slice(-4)
    .join(" | ") || output.trim().split("\n").slice(-4).join(" | ");
