/**
 * How fast a large report is: an invented run is summarised, its page made and written, then opened in headless Chromium, where
 * the time until the list of questions stands is measured, and that of a filter, a search and one question.
 *
 *     npx tsx experiments/benchmarks/report.ts [QUESTIONS] [METHODS] [FOLDER]
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import {
  type Arm,
  dataFolder,
  type RunData,
  renderReport,
  renderTable,
  summarise,
} from "../../ts/analysis/index.ts";
import { randomFrom } from "../../ts/core/random.ts";
import type { Group, JudgedCandidate } from "../../ts/core/records.ts";

const perQuestion = 6;
const questions = Number(process.argv[2] ?? 10_000);
const methods = Number(process.argv[3] ?? 6);
const kept = process.argv[4];
const folder = kept ?? (await mkdtemp(join(tmpdir(), "aft-large-report-")));
await mkdir(folder, { recursive: true });

/** A COT of about GSM8K's length, ending in the answer or in another number. */
function cot(of: string, question: number): JudgedCandidate {
  const random = randomFrom("report benchmark", of, question);
  const answer = 10 + (question % 90);
  let total = random.int(2, 60);
  const lines = Array.from({ length: random.int(2, 5) }, () => {
    const [boxes, price] = [random.int(2, 40), random.int(2, 20)];
    total += boxes * price;
    return `They sold ${boxes} boxes at $${price} each, which is ${boxes} * ${price} = $<<${boxes}*${price}=${boxes * price}>>${boxes * price} more, ${total} so far.`;
  });
  const correct = random.next() < 0.5;
  const extracted = correct ? String(answer) : random.next() < 0.1 ? null : String(answer + random.int(1, 9));
  const judged = { extracted, correct };
  return {
    text: `${lines.join("\n")}\n${extracted === null ? "And so on." : `#### ${extracted}`}`,
    ...judged,
    byMode: { strict: judged, flexible: judged },
    finish: "stop",
    score: -0.05 - 0.4 * random.next(),
    stepsValid: correct,
    ...(correct ? {} : { firstWrongStep: { line: 1, reason: "the equation is not true" } }),
  };
}

const asked = (q: number): string =>
  `A shop had ${q % 97} boxes of keys, and on each of ${2 + (q % 6)} days some were sold at a price that changed from day to day. Cat, who keeps the books, lost a page. How many dollars did the shop take in all?`;

const groupsOf = (of: string): Group[] =>
  Array.from({ length: questions }, (_, q) => ({
    id: `test-${q + 1}`,
    task: "sums",
    prompt: `Question: ${asked(q)}\nAnswer step by step.\n`,
    reference: `It is ${10 + (q % 90)}.\n#### ${10 + (q % 90)}`,
    answer: String(10 + (q % 90)),
    candidates: Array.from({ length: perQuestion }, (_, index) => ({ ...cot(`${of} ${index}`, q), index })),
  }));

function armOf(name: string, vft: readonly Group[]): Arm {
  const random = randomFrom("report benchmark", "scores", name);
  return {
    method: name,
    seed: 1,
    predictions: vft.map(({ id, prompt, answer }, q) => {
      // Some methods write the very same.
      const { score, ...greedy } = cot(random.next() < 0.4 ? "greedy" : `greedy ${name}`, q);
      return {
        ...greedy,
        questionId: id,
        task: "sums",
        question: asked(q),
        prompt,
        answer,
        byMode: greedy.byMode as Arm["predictions"][number]["byMode"],
        logprob: 120 * score!,
        tokens: 120,
      };
    }),
    samples: groupsOf(name),
    heldOut: vft.map((group) => ({
      ...group,
      candidates: group.candidates.map((one) => ({ ...one, score: one.score! - 0.1 * random.next() })),
    })),
  };
}

function inventedRun(): RunData {
  const vft = groupsOf("vft");
  const names = Array.from({ length: methods }, (_, at) => ["kept", "continued"][at] ?? `method-${at + 1}`);
  const kind = (name: string) => ({ kept: "keep", continued: "vft" })[name] ?? "aft";
  return {
    name: "large",
    configYaml: "# invented\n",
    versions: {},
    seeds: [1],
    device: "none: no number here was measured",
    finishedAt: "2025-01-02T03:04:05.000Z",
    tasks: [{ name: "sums", use: "train", extract: "strict" }],
    stages: [],
    training: [],
    methods: names.map((name) => ({
      name,
      label: name,
      method: kind(name),
      settings: kind(name) === "aft" ? { constraint: "detached" } : { start: "vft" },
    })),
    arms: names.map((name) => armOf(name, vft)),
    trainGroups: [],
  };
}

async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${what}: ${seconds(performance.now() - start)}, ${seconds((user + system) / 1000)} of a processor`,
  );
  return result;
}
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** From asking for it until the page says what it has found, by the reader's clock. */
async function watched(
  page: Page,
  what: string,
  act: () => Promise<unknown>,
  shown: () => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  await act();
  await shown();
  console.log(
    `${what}: ${seconds(performance.now() - start)}; ${await page.locator(".status").textContent()}`,
  );
}

console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}`,
);
console.log(`${questions} questions x ${perQuestion} COTs x ${methods} methods`);
const run = await timed("invent", inventedRun);
const summary = await timed("summarise", () => summarise(run));
await timed("table", () => renderTable(summary));
const { html, files } = await timed("page", () => renderReport(run, summary));
await timed("write", async () => {
  await writeFile(join(folder, "report.html"), html);
  if (files.length > 0) await mkdir(join(folder, dataFolder), { recursive: true });
  for (const { name, content } of files) await writeFile(join(folder, dataFolder, name), content);
});
const beside = await Promise.all(
  files.map(async ({ name }) => (await stat(join(folder, dataFolder, name))).size),
);
console.log(
  `report.html ${megabytes(Buffer.byteLength(html))}, beside it ${megabytes(beside.reduce((sum, size) => sum + size, 0))} in ${files.length} files`,
);

const executablePath = [process.env.AFT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== undefined && existsSync(path),
);
if (executablePath === undefined) throw new Error("no Chromium: install it, or name it in AFT_CHROMIUM");
const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
console.log(`Chromium ${browser.version()}`);
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto("about:blank");
await watched(
  page,
  "open, until the list stands",
  () => page.goto(pathToFileURL(join(folder, "report.html")).href, { waitUntil: "commit" }),
  () => page.locator(".question-row").first().waitFor(),
);
await page.locator(".detail h3").waitFor();
await watched(
  page,
  "filter",
  () => page.getByLabel("Show").selectOption("gained"),
  () => page.locator("[role=listbox]:not([aria-busy])").waitFor(),
);
const search = (text: string, samples: boolean) =>
  watched(
    page,
    `search${samples ? " in samples too" : ""}`,
    async () => {
      if (samples) await page.getByLabel("in sampled COTs too").check();
      await page.getByRole("searchbox").fill(text);
    },
    async () => {
      await page.locator("[role=listbox]:not([aria-busy])").waitFor();
    },
  );
await page.getByLabel("Show").selectOption("all");
await page.locator("[role=listbox]:not([aria-busy])").waitFor();
await search("39 * 19", false);
await search("39 * 18", false);
await search("39 * 17", true);
await search("39 * 16", true);
await browser.close();
if (kept === undefined) await rm(folder, { recursive: true, force: true });
