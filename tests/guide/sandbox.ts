/** The folder in which the guide's commands run: experiments and fragments, with a quickstart of seconds. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { projectRoot } from "../../ts/core/project.ts";

export interface Sandbox {
  folder: string;
  /** Runs a block's text by bash, which stops at the first command that fails. */
  run(text: string): Promise<{ exitCode: number; printed: string }>;
}

/** `npx aft` there is this checkout's own; anything else that npx is asked for fails. */
const npx = `#!/bin/sh
[ "$1" = aft ] || { echo "npx $1: only aft is run by the guide" >&2; exit 127; }
shift
exec node "${join(projectRoot, "ts", "cli", "bin.mjs")}" "$@"
`;

export async function makeSandbox(): Promise<Sandbox> {
  const folder = await mkdtemp(join(tmpdir(), "aft-guide-"));
  for (const name of ["experiments", "configs"])
    await cp(join(projectRoot, name), join(folder, name), { recursive: true });
  await makeQuickstartTiny(join(folder, "experiments"));
  const programs = join(folder, ".programs");
  await mkdir(programs);
  await writeFile(join(programs, "npx"), npx, { mode: 0o755 });
  const env = { PATH: `${programs}${delimiter}${process.env.PATH}`, AFT_DATA: undefined };
  return {
    folder,
    async run(text) {
      const { exitCode, all } = await execa("bash", ["-e", "-c", text], {
        cwd: folder,
        env,
        all: true,
        reject: false,
      });
      return { exitCode: exitCode ?? -1, printed: String(all) };
    },
  };
}

/** The quickstart alone: what builds on it builds on the whole one, and is as valid as it is in the project. */
async function makeQuickstartTiny(experiments: string): Promise<void> {
  const quickstart = join(experiments, "quickstart.yaml");
  await rename(quickstart, join(experiments, "quickstart-whole.yaml"));
  for (const name of await readdir(experiments, { recursive: true })) {
    // The miniature stays with the quickstart of seconds: it is run.
    if (!name.endsWith(".yaml") || ["miniature.yaml", "quickstart-whole.yaml"].includes(name)) continue;
    const file = join(experiments, name);
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace(/^(extends:| {2}-)( (?:\.\.\/)?)quickstart\.yaml/m, "$1$2quickstart-whole.yaml"),
    );
  }
  await cp(join(projectRoot, "tests", "guide", "sandbox", "quickstart.yaml"), quickstart);
}
