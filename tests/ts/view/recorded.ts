/** A folder of runs as `aft run` leaves it, invented: one that is done, one that goes on, one that was killed, one damaged, a sweep. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { dataFolder, type RunData, renderReport, summarise } from "../../../ts/analysis/index.ts";
import { silent } from "../../../ts/core/progress.ts";
import { Store } from "../../../ts/experiment/store/store.ts";
import { syntheticRun } from "../analysis/synthetic.ts";

export interface Recorded {
  runs: string;
  /** The run that goes on makes steps up to this one. */
  step: (to: number) => Promise<void>;
  /** It ends, with a report. */
  end: () => Promise<void>;
}

const recordOf = (run: RunData, stages: { stage: string; artefact: string }[]) => ({
  ...{ format: 2, name: run.name, description: run.description, finishedAt: "2026-01-02T04:00:00.000Z" },
  ...{ configYaml: run.configYaml, examples: 3, extract: "strict", tasks: [] },
  seeds: [{ seed: 1, vft: stages[0]!.artefact, trainGroups: [], arms: [] }],
  methods: run.methods,
  stages: stages.map(({ stage, artefact }) => ({ stage, artefact, reused: false })),
});

export async function recordedRuns(): Promise<Recorded> {
  const runs = await mkdtemp(join(tmpdir(), "aft-view-"));
  const store = new Store(join(runs, "artefacts"));
  const run = syntheticRun({ questions: 40, k: 3 });
  const summary = summarise(run, 20);
  const artefactOf = (stage: string) => ({ stage, codeVersion: 1, settings: {}, inputs: {} });
  const write = async (path: string, content: unknown): Promise<void> => {
    await mkdir(join(runs, path, ".."), { recursive: true });
    await writeFile(join(runs, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  const [base] = run.training;
  const lines = base!.steps.map((step) => `${JSON.stringify(step)}\n`);
  const made = await store.make(artefactOf("vft"), silent, async (directory) => {
    await writeFile(join(directory, "metrics.jsonl"), lines.join(""));
    return {};
  });
  const stagesOf = (name: string, others: string[] = []) =>
    [made.directory, ...others].map((directory, at) => ({
      stage: at === 0 ? "vft" : "align",
      label: at === 0 ? "vft seed 1" : "align aft-bc seed 1",
      artefact: relative(join(runs, name), directory),
      ...(at === 0 ? { seed: 1 } : { method: "bc", seed: 1 }),
    }));
  const begin = (name: string, stages: ReturnType<typeof stagesOf>, startedAt = "2026-01-02T03:00:00.000Z") =>
    write(join(name, "started.json"), { format: 1, name, startedAt, stages });
  const report = async (name: string, limits = {}): Promise<void> => {
    const { html, files } = renderReport(run, summary, { examples: 3, ...limits });
    await rm(join(runs, name, dataFolder), { recursive: true, force: true });
    for (const file of files) await write(join(name, dataFolder, file.name), file.content);
    await write(join(name, "report.html"), html);
    await write(join(name, "report.json"), summary);
    await write(join(name, "run.json"), recordOf(run, stagesOf(name)));
  };
  for (const name of ["done", "large"]) {
    await begin(name, stagesOf(name));
    await report(name, name === "large" ? { inPage: 0 } : {});
  }
  await begin("killed", stagesOf("killed", [join(store.root, "align-gone")]));
  await write("torn/run.json", "{");
  await begin("sweep/k=2", stagesOf("sweep/k=2"));
  await report("sweep/k=2");
  await write("sweep/report.html", "<!doctype html><p>the sweep</p>");
  await write("sweep/sweep.json", "[]");

  const going = store.directoryOf(artefactOf("align"));
  await begin("going", stagesOf("going", [going]), new Date().toISOString());
  await write("going/run.lock", `${process.pid} `);
  await mkdir(going, { recursive: true });
  await writeFile(`${going}.lock`, `${process.pid} `);
  let steps = 0;
  const aligned = run.training.find(({ method }) => method === "bc")!.steps;
  const step = async (to: number): Promise<void> => {
    for (; steps < to; steps++)
      await appendFile(join(going, "metrics.jsonl"), `${JSON.stringify(aligned[steps])}\n`);
    await write("going/progress.json", {
      ...{ format: 1, at: new Date().toISOString(), label: "align aft-bc seed 1", done: to, total: 60 },
      ...{ unit: "steps", perSecond: 4, secondsLeft: (60 - to) / 4, detail: "loss 0.9" },
      warnings: to > 20 ? ["align aft-bc seed 1: warning: the gradient was clipped"] : [],
    });
  };
  const end = async (): Promise<void> => {
    await rm(join(runs, "going", "run.lock"));
    await rm(join(runs, "going", "progress.json"));
    await rm(`${going}.lock`);
    await store.make(artefactOf("align"), silent, async () => ({}));
    await report("going");
    const late = { ...recordOf(run, stagesOf("going", [going])), finishedAt: new Date().toISOString() };
    await write("going/run.json", late);
  };
  await step(2);
  return { runs, step, end };
}
