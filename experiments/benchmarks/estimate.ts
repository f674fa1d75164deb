/**
 * What a run takes against what the estimate says, stage by stage. The estimate is made before the run and once more after it,
 * as a machine may be busier at one time than at another; the ratio goes by the mean of both. Everything lies in a temporary
 * folder. With OUT the numbers are also written there, as estimate-DATE.json.
 *
 *     [OUT=FOLDER] npx tsx experiments/benchmarks/estimate.ts EXPERIMENT.yaml [key=value ...]
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { loadExperiment } from "../../ts/config/index.ts";
import { silent } from "../../ts/core/progress.ts";
import { estimate, runExperiment } from "../../ts/experiment/index.ts";

const [file = "experiments/quickstart.yaml", ...set] = process.argv.slice(2);
const { experiment, yaml } = await loadExperiment(file, { set });
const folder = await mkdtemp(join(tmpdir(), "aft-estimate-benchmark-"));
const progress = { ...silent, note: (text: string) => console.error(text) };
const signal = new AbortController().signal;

/** By label. */
async function estimated(): Promise<{
  device: string;
  seconds: Map<string, number>;
  keys: Map<string, string>;
}> {
  const found = await estimate(experiment, { runsDirectory: join(folder, "none"), progress, signal });
  if (found === undefined) throw new Error("nothing of it uses a model");
  return {
    device: `${found.device.name} (${found.device.description})${found.pace.measured ? "" : ", by sizes alone"}`,
    seconds: new Map(found.stages.map(({ label, seconds }) => [label, seconds])),
    keys: new Map(found.stages.map(({ label, key }) => [label, key])),
  };
}

/** By the key of each stage's artefact. */
async function measured(runsDirectory: string): Promise<Map<string, number>> {
  const artefacts = join(runsDirectory, "artefacts");
  const names = (await readdir(artefacts)).filter((name) => !name.endsWith(".lock"));
  const manifests = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(artefacts, name, "manifest.json"), "utf8"))),
  );
  return new Map(manifests.map(({ key, seconds }) => [key, seconds]));
}

try {
  const load = [loadavg()[0]!];
  const before = await estimated();
  const runsDirectory = join(folder, "runs");
  await runExperiment(experiment, yaml, { runsDirectory, progress, signal });
  load.push(loadavg()[0]!);
  const after = await estimated();
  const took = await measured(runsDirectory);
  const rows = [...before.keys].map(([label, key]) => ({
    label,
    before: before.seconds.get(label)!,
    after: after.seconds.get(label)!,
    measured: took.get(key)!,
  }));
  const sum = (numberOf: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + numberOf(row), 0);
  rows.push({
    label: "in all",
    before: sum((row) => row.before),
    after: sum((row) => row.after),
    measured: sum((row) => row.measured),
  });
  const ratio = (row: (typeof rows)[number]): number => (row.before + row.after) / 2 / row.measured;
  console.log(
    `${experiment.name} on ${before.device}; ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${load.map((value) => value.toFixed(1)).join(" before the run and after it ")}`,
  );
  console.log("| stage | estimated before | after | measured | ratio |\n|---|---|---|---|---|");
  for (const row of rows)
    console.log(
      `| ${row.label} | ${row.before.toFixed(1)} s | ${row.after.toFixed(1)} s | ${row.measured.toFixed(1)} s | ${ratio(row).toFixed(2)} |`,
    );
  if (process.env.OUT !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    const measurements = rows.flatMap((row) => [
      {
        topic: "estimate",
        name: `${experiment.name}, ${row.label}: estimated`,
        value: (row.before + row.after) / 2,
        unit: "s",
      },
      {
        topic: "estimate",
        name: `${experiment.name}, ${row.label}: measured`,
        value: row.measured,
        unit: "s",
      },
    ]);
    const command = `npx tsx experiments/benchmarks/estimate.ts ${[file, ...set].join(" ")}`;
    const text = JSON.stringify({ device: before.device, load, command, measurements }, null, 2);
    await writeFile(join(process.env.OUT, `estimate-${date}.json`), `${text}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
