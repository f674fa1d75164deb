/**
 * `npm run test:faults [-- --count 120 --seed 15 --at-once 2 --out .faults]`: faults at random moments of a small experiment,
 * then thousands of messages, replies, experiments and data files that are nearly right. What an earlier call came to in the
 * same folder is not tried again. Ends with 1 where anything was lost.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { projectRoot } from "../../ts/core/project.ts";
import setup from "../warm/setup.ts";
import { mounted, unmount } from "./kinds.ts";
import { type Line, linesOf, planned, resultsIn, table, tryAll } from "./run.ts";
import { makeBase } from "./trial.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "120" },
    seed: { type: "string", default: "15" },
    "at-once": { type: "string", default: "2" },
    out: { type: "string", default: ".faults" },
    only: { type: "string" },
  },
});

/** Nearly right texts, by the tests that send them: how many, and the test. */
const fuzzes: { what: string; count: number; name: string; file: string }[] = [
  {
    what: "messages to the worker",
    count: 10_000,
    name: "AFT_MUTATED_MESSAGES",
    file: "tests/py/rpc/test_mutated_messages.py",
  },
  {
    what: "replies to the client",
    count: 5_000,
    name: "AFT_MUTATED_REPLIES",
    file: "tests/ts/bridge/strays.test.ts",
  },
  {
    what: "experiments in YAML",
    count: 2_000,
    name: "AFT_MUTATED_YAML",
    file: "tests/ts/config/mutated.test.ts",
  },
  {
    what: "files of JSON Lines",
    count: 2_500,
    name: "AFT_MUTATED_ROWS",
    file: "tests/ts/cli/mutated.test.ts",
  },
];

async function main(): Promise<number> {
  const out = resolve(projectRoot, values.out);
  await mkdir(out, { recursive: true });
  const end = setup();
  const lines: Line[] = [];
  const texts: string[] = [];
  let hasLost = false;
  try {
    if (values.only !== "fuzz") {
      const runs = join(out, "unbroken");
      await rm(runs, { recursive: true, force: true });
      const base = await makeBase(runs);
      const disk = await mounted(1 << 20);
      if (disk === undefined)
        console.log("full disk, read-only folder: left out, as mounting takes root on Linux");
      else await unmount(disk);
      const seed = Number(values.seed);
      const plan = planned(Number(values.count), seed, disk !== undefined);
      const told = await tryAll(plan, base, {
        file: resultsIn(out),
        seed,
        atOnce: Number(values["at-once"]),
        tell: ({ id, kind, stage, outcome, done, detail, seconds }) =>
          console.log(
            [id, kind, stage, `${outcome}, ${seconds} s`, done, outcome === "identical" ? "" : detail].join(
              " | ",
            ),
          ),
      });
      lines.push(...linesOf(told));
    }
    if (values.only !== "faults")
      for (const { what, count, name, file } of fuzzes) {
        const isPython = file.endsWith(".py");
        const command = isPython
          ? ["node", "ts/cli/bin.mjs", "python", "-m", "pytest", "-q", "--timeout", "1800", file]
          : ["npx", "vitest", "run", "--config", "tests/vitest.config.ts", file];
        const [program = "", ...args] = command;
        const env = { [name]: String(count) };
        const { exitCode, all } = await execa(program, args, {
          cwd: projectRoot,
          env,
          reject: false,
          all: true,
        });
        if (exitCode !== 0) console.log(all);
        // A test that fails says which was not read, and not refused in words.
        texts.push(`${what.padEnd(24)}  ${String(count).padStart(6)}  ${exitCode === 0 ? "none" : "some"}`);
        hasLost ||= exitCode !== 0;
        console.log(`${count} ${what}: ${exitCode === 0 ? "none was lost" : "lost"}`);
      }
  } finally {
    end();
  }
  const tables = [
    ...(lines.length === 0 ? [] : [table(lines)]),
    ...(texts.length === 0 ? [] : [["nearly right               tried  lost", ...texts].join("\n")]),
  ];
  const all = tables.join("\n\n");
  await writeFile(join(out, "table.txt"), `${all}\n`);
  console.log(all);
  return hasLost || lines.some(({ lost }) => lost > 0) ? 1 : 0;
}

process.exitCode = await main();
