/** A run whose worker is two processes comes to what one process comes to, whole or with weights shared out. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { aft, temporaryFolder } from "../e2e/aft.ts";
import { setting, wholeRun } from "../e2e/whole-runs.ts";
import { lasting } from "../faults/content.ts";
import { goodToken, standInHub } from "../ts/experiment/export/hub-server.ts";

const settings = setting(
  "worker.threads=2",
  "report.examples=0",
  "stages.align.steps=4",
  "stages.watch.every=2",
  "stages.watch.questions=4",
  "stages.watch.accuracy=true",
);

/** Every row and file of every artefact by its key, and the report. */
async function results(runs: string): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const entry of await readdir(runs, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const place = path.slice(runs.length + 1);
    if (/^\.|manifest|tokenizer|timing|config|started|run\.json/.test(entry.name)) continue;
    const text = async (): Promise<string> => await readFile(path, "utf8");
    if (entry.name.endsWith(".jsonl"))
      found[place] = (await text())
        .trim()
        .split("\n")
        .sort()
        .map((row) => JSON.parse(row, lasting));
    else if (entry.name === "report.json") found[place] = JSON.parse(await text(), lasting).methods;
  }
  return found;
}

/** Where two values differ by more than rounding; "" where they do not. */
function apart(one: unknown, other: unknown, place = ""): string {
  if (typeof one === "number" && typeof other === "number")
    return Math.abs(one - other) <= 1e-4 * Math.max(1, Math.abs(other)) ? "" : `${place}: ${one}, ${other}`;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other ? "" : `${place}: ${JSON.stringify(one)}, ${JSON.stringify(other)}`;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) {
    const found = apart(
      (one as Record<string, unknown>)[key],
      (other as Record<string, unknown>)[key],
      `${place}/${key}`,
    );
    if (found !== "") return found;
  }
  return "";
}

let alone: Record<string, unknown>;
beforeAll(async () => {
  const { runs, done } = await wholeRun("tests/e2e/tiny.yaml", ...settings);
  expect(done.exitCode, done.stderr).toBe(0);
  alone = await results(runs);
  expect(Object.keys(alone).filter((name) => name.endsWith("metrics.jsonl")).length).toBeGreaterThan(1);
});

const ranks = (sharding: string) => setting("worker.devices=2", `worker.sharding=${sharding}`);

test.each(["fsdp", ...(process.env.AFT_RANKS === "all" ? ["none"] : [])])(
  "two processes, sharding: %s",
  async (sharding) => {
    const runs = await temporaryFolder();
    const command = ["run", "tests/e2e/tiny.yaml", "--runs", runs, ...settings];
    const done = await aft([...command, ...ranks(sharding)], { env: { AFT_FILE_BYTES: "2000" } });
    expect(done.exitCode, done.stderr).toBe(0);
    const shared = await results(runs);
    // the same keys: what one made the other takes as it is
    expect(Object.keys(shared).sort()).toEqual(Object.keys(alone).sort());
    for (const [name, value] of Object.entries(shared)) expect(apart(value, alone[name], name)).toBe("");
    if (sharding === "fsdp") await goOnFromFiles(runs, command);
  },
);

/** Weights that lie in several files are exported and published as they are, and one process goes on from them. */
async function goOnFromFiles(runs: string, command: readonly string[]): Promise<void> {
  const to = join(runs, "exported");
  const exported = await aft(["export", join(runs, "tiny"), "--method", "aft-bc", "--to", to]);
  expect(exported.exitCode, exported.stderr).toBe(0);
  const { weight_map } = JSON.parse(await readFile(join(to, "model.safetensors.index.json"), "utf8"));
  const files = (await readdir(to)).filter((name) => name.endsWith(".safetensors")).sort();
  expect(files.length).toBeGreaterThan(2);
  expect([...new Set(Object.values(weight_map))].sort()).toEqual(files);

  const hub = await standInHub();
  try {
    const pushed = await aft(
      ["export", join(runs, "tiny"), "--method", "aft-bc", "--push", "me/a-model", "--private"],
      {
        env: { HF_ENDPOINT: `${hub.address}/`, HF_TOKEN: goodToken },
      },
    );
    expect(pushed.exitCode, pushed.stderr).toBe(0);
    const arrived = hub.repositories.get("models/me/a-model")!.files;
    for (const name of [...files, "model.safetensors.index.json"])
      expect(arrived.get(name), name).toEqual(await readFile(join(to, name)));
  } finally {
    hub.close();
  }

  const more = await aft([...command, ...setting("stages.evaluate.questions=6")]);
  expect(more.exitCode, more.stderr).toBe(0);
}
