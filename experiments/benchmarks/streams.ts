/**
 * How long judging and assessing files takes, and in how much memory: questions with samples of many kinds, made here, then
 * `aft judge` and `aft assess` on them, each a process of its own.
 *
 *     npx tsx experiments/benchmarks/streams.ts [QUESTIONS] [SAMPLES] [--keep FOLDER]
 */
import { spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { projectRoot } from "../../ts/core/project.ts";
import { type Random, randomFrom } from "../../ts/core/random.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: "string" }, "only-make": { type: "boolean", default: false } },
});
const [questions = 200_000, samples = 6] = positionals.map(Number);

const goods = ["pens", "boxes of apples", "tickets", "bricks", "eggs", "pages", "kilometres", "stamps"];
const names = ["Mia", "Tom", "Ada", "Noor", "Li", "Jo", "Ravi", "Eva"];

/** A solution in one of the ways in which models write them, about as long as GSM8K's; some steps and answers are wrong. */
function solution(random: Random, start: number, steps: readonly [number, number][]): string {
  const form = random.int(0, 6);
  const [name, good] = [random.pick(names), random.pick(goods)];
  const lines: string[] = [];
  let total = start;
  for (const [number, price] of steps) {
    const product = number * price + (random.next() < 0.06 ? random.int(1, 9) : 0);
    const sum = total + product;
    lines.push(
      ...[
        [
          `${name} buys ${number} ${good} at $${price} each, so ${number} * ${price} = $<<${number}*${price}=${product}>>${product}.`,
          `With what was there before: ${total} + ${product} = $<<${total}+${product}=${sum}>>${sum}.`,
        ],
        [`First, ${number} x ${price} = ${product}.`, `Then we add ${total}: ${product} + ${total} = ${sum}`],
        [
          `\\[ ${number} \\times ${price} = ${product} \\]`,
          `and so the sum is $${total} + ${product} = ${sum}$ dollars.`,
        ],
        [`So far ${name} has ${total} ${good}, and ${number} more for ${price} each make ${sum} in all.`],
        [
          `Step ${lines.length + 1}: ${number.toFixed(1)} * ${price} = ${product}; ${product} + ${total} = ${sum.toLocaleString("en-US")}`,
        ],
        [
          `${total}+${number}*${price}=${total}+${product}=${sum} (${Math.round((100 * product) / sum)}% of it new)`,
        ],
        [
          `Half of ${2 * number} is ${number}. ${number} times ${price} equals ${product}, plus ${total} is ${sum}.`,
        ],
      ][form]!,
    );
    total = sum;
  }
  const ends = [
    `#### ${total}`,
    `#### ${total.toLocaleString("en-US")}`,
    `The answer is ${total} ${good}.`,
    `So ${name} pays \\boxed{${total}}.`,
    `Final answer: **$${total}.00**`,
    `#### ${total}√2`,
    `Therefore it is about ${total} or ${total + 1}`,
    `#### ${total} = ${total - 1} + 1`,
    "and I do not know any more",
  ];
  const end = random.next() < 0.6 ? ends[random.int(0, 1)]! : random.pick(ends);
  return `${lines.join("\n")}\n${end}`;
}

function* made(what: "questions" | "candidates"): Generator<string> {
  let piece = "";
  for (let at = 0; at < questions; at++) {
    const random = randomFrom("streams", at);
    const start = random.int(5, 400);
    const steps = Array.from({ length: random.int(1, 4) }, (): [number, number] => [
      random.int(2, 40),
      random.int(2, 60),
    ]);
    const id = `gsm8k-train-${at}`;
    const answer = String(steps.reduce((sum, [number, price]) => sum + number * price, start));
    const rows =
      what === "questions"
        ? [
            {
              ...{ id, task: "gsm8k" },
              question: `Somebody starts with ${start} dollars' worth of goods and buys ${steps.map(([number, price]) => `${number} at ${price}`).join(", then ")}. How much are they worth in all?`,
              ...{ answer, reference: `${solution(random, start, steps)}\n#### ${answer}` },
            },
          ]
        : Array.from({ length: samples }, (_, index) => {
            const text = solution(random, start, steps);
            const tokens = Math.ceil(text.length / 3);
            return {
              ...{ questionId: id, index, text, finish: "stop" },
              ...{ logprob: -tokens * (0.2 + random.next() / 4), tokens },
            };
          });
    for (const row of rows) piece += `${JSON.stringify(row)}\n`;
    if (piece.length < 1 << 20) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Prints what the process took, its threads in it, when it ends. */
const told = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from "node:worker_threads";
  import { writeFileSync } from "node:fs";
  if (isMainThread) process.on("exit", () => writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.resourceUsage())));
`)}`;

const folder = values.keep ?? (await mkdtemp(join(tmpdir(), "aft-streams-")));
const file = (name: string): string => join(folder, name);
for (const what of ["questions", "candidates"] as const)
  await pipeline(Readable.from(made(what)), createWriteStream(file(`${what}.jsonl`)));
const megabytes = async (name: string) => `${((await stat(file(name))).size / 1e6).toFixed(0)} MB`;
console.log(
  `${questions} questions (${await megabytes("questions.jsonl")}), ${samples} samples each (${await megabytes("candidates.jsonl")})`,
);
console.log(
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; Node ${process.versions.node}`,
);
const commands = {
  judge: [
    "--task",
    "gsm8k",
    "--questions",
    file("questions.jsonl"),
    "--in",
    file("candidates.jsonl"),
    "--out",
    file("groups.jsonl"),
  ],
  assess: ["--in", file("groups.jsonl")],
};
if (!values["only-make"])
  for (const [command, words] of Object.entries(commands)) {
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(projectRoot, "ts/cli/bin.mjs"), command, ...words, "--json"],
      {
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: `--import=${told}`, USAGE_FILE: file("usage.json") },
      },
    );
    if (status !== 0) throw new Error(stderr);
    const seconds = (performance.now() - start) / 1000;
    const usage = JSON.parse(await readFile(file("usage.json"), "utf8")) as NodeJS.ResourceUsage;
    const processor = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
    console.log(
      `${command}: ${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of processors, ${Math.round((questions * samples) / seconds)} rows/s, at most ${(usage.maxRSS / 1024).toFixed(0)} MiB`,
    );
  }
if (values.keep === undefined) await rm(folder, { recursive: true });
