/**
 * What a run takes against what the estimate says, stage by stage, by one worker in a temporary folder. The estimate is made
 * before the run and once more after it, as a machine may be busier at one time than at another; the ratio goes by the mean.
 *
 *     [TRY=SECONDS] [CLOCK=processor] [OUT=FOLDER] npx tsx experiments/benchmarks/estimate.ts EXPERIMENT.yaml [key=value ...]
 *
 * TRY: for how many seconds each kind of work is tried. CLOCK=processor goes by the worker's time on the processor in the place
 * of the time that passes: with worker.threads=1 it tells nearly the same on a busy machine as on a quiet one. With OUT the
 * numbers are also written there, as estimate-DATE.json.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { loadExperiment } from "../../ts/config/index.ts";
import { defined } from "../../ts/core/defined.ts";
import { silent } from "../../ts/core/progress.ts";
import { estimate, runExperiment } from "../../ts/experiment/index.ts";
import { LazyWorker } from "../../ts/experiment/worker/lazy-worker.ts";

const [file = "experiments/quickstart.yaml", ...set] = process.argv.slice(2);
const { experiment, yaml } = await loadExperiment(file, { set });
const folder = await mkdtemp(join(tmpdir(), "aft-estimate-benchmark-"));
const progress = { ...silent, note: (text: string) => console.error(text) };
const signal = new AbortController().signal;
const worker = new LazyWorker(experiment.worker, progress, signal);
const { pid } = await worker.get();

/** Seconds that the worker has had on the processor: user and system, in hundredths, after the name in brackets. */
function processorSeconds(): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const seconds = process.env.CLOCK === "processor" ? processorSeconds : () => performance.now() / 1000;

async function estimated() {
  const found = await estimate(experiment, {
    ...{ runsDirectory: join(folder, "none"), progress, signal, worker },
    ...defined({ seconds: process.env.TRY === undefined ? undefined : Number(process.env.TRY) }),
    now: () => 1000 * seconds(),
  });
  if (found === undefined) throw new Error("nothing of it uses a model");
  return found;
}

try {
  const load = [loadavg()[0]!];
  const before = await estimated();
  const [began, took] = [new Map<string, number>(), new Map<string, number>()];
  await runExperiment(experiment, yaml, {
    ...{ runsDirectory: join(folder, "runs"), progress, signal, worker },
    onStage({ kind, label }) {
      if (kind === "make") began.set(label, seconds());
      if (kind === "end") took.set(label, seconds() - began.get(label)!);
    },
  });
  load.push(loadavg()[0]!);
  const after = await estimated();
  // Not those of which no time is estimated: vLLM samples.
  const rows = before.stages.flatMap(({ label, seconds }, at) =>
    seconds === undefined
      ? []
      : [{ label, before: seconds, after: after.stages[at]!.seconds!, measured: took.get(label)! }],
  );
  const sum = (key: "before" | "after" | "measured"): number => rows.reduce((all, row) => all + row[key], 0);
  rows.push({ label: "in all", before: sum("before"), after: sum("after"), measured: sum("measured") });
  const mean = (row: (typeof rows)[number]): number => (row.before + row.after) / 2;

  const { name, description } = before.device;
  const how = before.pace.measured ? "" : `, by sizes: ${before.pace.reason}`;
  const clock = process.env.CLOCK === "processor" ? "seconds on the processor" : "seconds";
  console.log(
    `${experiment.name} on ${name} (${description})${how}; ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${load.map((value) => value.toFixed(1)).join(" before the run, after it ")}; ${clock}`,
  );
  console.log("| stage | estimated before | after | measured | ratio |\n|---|---|---|---|---|");
  for (const row of rows) {
    const numbers = [row.before, row.after, row.measured].map((value) => value.toFixed(1));
    console.log(`| ${[row.label, ...numbers, (mean(row) / row.measured).toFixed(2)].join(" | ")} |`);
  }
  if (process.env.OUT !== undefined) {
    const measurements = rows.flatMap((row) => {
      const named = { topic: "estimate", name: `${experiment.name}, ${row.label}`, unit: clock };
      return [
        { ...named, name: `${named.name}: estimated`, value: mean(row) },
        { ...named, name: `${named.name}: measured`, value: row.measured },
      ];
    });
    const command = `npx tsx experiments/benchmarks/estimate.ts ${[file, ...set].join(" ")}`;
    const result = { device: before.device, processor: cpus()[0]?.model, load, command, measurements };
    const date = new Date().toISOString().slice(0, 10);
    await writeFile(join(process.env.OUT, `estimate-${date}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }
} finally {
  await worker.close();
  await rm(folder, { recursive: true, force: true });
}
