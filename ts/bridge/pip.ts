import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { defined } from "../core/defined.ts";
import { digestOfFile } from "../core/digest.ts";
import { failure, Interrupted } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import type { ProgressSink } from "../core/progress.ts";

const label = "Python packages";
const quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"];

interface PipOptions {
  /** What it is about, in a few words. */
  what: string;
  /** What a user can do where it fails. */
  otherwise: string;
  progress: ProgressSink;
  signal?: AbortSignal | undefined;
}

/** Installs requirement files under one constraints file; every package named as it comes. */
export async function pipInstall(
  python: string,
  requirements: readonly string[],
  constraints: string,
  options: PipOptions,
): Promise<void> {
  const { what, otherwise, progress, signal } = options;
  const pip = execa(
    python,
    ["-m", "pip", "install", ...quiet, ...requirements.flatMap((file) => ["-r", file]), "-c", constraints],
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

/**
 * Downloads one wheel and nothing that it needs, by pip with the user's own settings for it (index, proxy, wheels in a
 * folder). One that lies in the folder already, whole, is not downloaded again. Fails where its SHA-256 is another.
 * @returns the wheel
 */
export async function pipDownload(
  python: string,
  wheel: { name: string; version: string; sha256: string },
  folder: string,
  { what, otherwise, progress, signal }: PipOptions,
): Promise<string> {
  const { name, version, sha256 } = wheel;
  for (const file of await wheelsIn(folder)) if ((await digestOfFile(file)) === sha256) return file;
  const requirements = join(folder, "requirements.txt");
  await writeFileAtomic(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  progress.note(`pip downloads ${name} ${version}`);
  const result = await execa(
    python,
    [
      ...["-m", "pip", "download", ...quiet, "--no-deps", "--only-binary=:all:", "--require-hashes"],
      ...["-r", requirements, "-d", folder],
    ],
    { reject: false, all: true, ...defined({ cancelSignal: signal }) },
  );
  if (result.isCanceled || signal?.aborted) throw new Interrupted(`interrupted while downloading ${what}`);
  const output = result.all ?? "";
  if (/DO NOT MATCH THE HASHES/i.test(output))
    throw failure({
      what: `what pip found is not the published ${name} ${version} (SHA-256)`,
      found: /Got\s+([0-9a-f]{64})/.exec(output)?.[1],
      expected: sha256,
      fix: "nothing was kept; look at the package index that pip goes by (python -m pip config list)",
    });
  if (result.exitCode !== 0)
    throw failure({
      what: `pip could not download ${what}`,
      found: tail(output || (result.shortMessage ?? "")),
      fix: otherwise,
    });
  return (await wheelsIn(folder))[0]!;
}

const wheelsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((file) => file.endsWith(".whl")).map((file) => join(folder, file));

const tail = (output: string): string =>
  output
    .split("\n")
    .filter((line) => /error|fail|no space/i.test(line))
    .slice(-4)
    .join(" | ") || output.trim().split("\n").slice(-4).join(" | ");
