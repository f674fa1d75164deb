import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { noRows, readRows, toJsonl } from "../../../../ts/core/jsonl.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { type Random, randomFrom } from "../../../../ts/core/random.ts";
import { candidateSchema, questionSchema } from "../../../../ts/core/records.ts";
import { type JudgeFilesOptions, judge, judgeFiles, taskOf } from "../../../../ts/data/index.ts";
import { Unread } from "../../../../ts/data/judging/unread.ts";
import { mergeGenerators } from "../generators.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-judge-files-"));
});
const at = (name: string): string => join(folder, name);

type Options = Omit<JudgeFilesOptions, "out">;

/** As all was judged before: every row read and kept; a file without rows is refused before. */
async function kept({ task, questions, candidates, ...options }: Options) {
  const given = [
    { path: questions, row: "question" },
    ...candidates.map(({ path }) => ({ path, row: "candidate" })),
  ];
  for (const { path, row } of given)
    if ((await readFile(path, "utf8")).trim() === "") throw noRows(path, row);
  const asked = await readRows(questions, questionSchema);
  const files = [];
  for (const { path, generator = "" } of candidates)
    files.push({ generator, rows: await readRows(path, candidateSchema) });
  const sampled = files.length === 1 ? files[0]!.rows : mergeGenerators(files);
  const { groups, counts } = judge(asked, sampled, { ...options, task: taskOf(task) });
  const unread = new Unread();
  for (const group of groups) unread.add(group);
  return { text: [...toJsonl(groups)].join(""), counts, notUnderstood: unread.mostFrequent(5) };
}

async function streamed(options: Options) {
  await rm(at("groups.jsonl"), { force: true });
  const judged = await judgeFiles({ ...options, out: at("groups.jsonl") });
  return { text: await readFile(at("groups.jsonl"), "utf8"), ...judged };
}

const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: Error & { exitCode?: number }) => ({ message: error.message, code: error.exitCode }));

const texts = [
  ...["1 + 2 = 3\n#### 3", "1 + 2 = 4\n#### 4", "#### 2√3", "#### 10^5", "5 or 6", "", "\\boxed{7}"],
  ...["é 数 😀 #### 8", "nothing", "<<3*4=12>>12\n#### 12"],
];

/** Lines with what files have: a byte-order mark, CRLF, blank lines, no last newline; and, in faulty ones, damage. */
function file(random: Random, rows: readonly object[], isFaulty: boolean): Buffer {
  const ends = ["\n", "\n", "\n", "\r\n", "\n\n", "\n \t\r\n"];
  const pieces = rows.flatMap((row) => {
    const line = Buffer.from(JSON.stringify(row));
    const damage = isFaulty ? random.int(0, 60) : 9;
    const written =
      damage === 0 ? line.subarray(2) : damage === 1 ? Buffer.concat([line, Buffer.from([0xff])]) : line;
    return [written, Buffer.from(random.pick(ends))];
  });
  const mark = Buffer.from(random.next() < 0.2 ? "\ufeff" : "");
  return Buffer.concat([mark, ...(random.next() < 0.2 ? pieces.slice(0, -1) : pieces)]);
}

async function made(seed: number): Promise<Options> {
  const random = randomFrom("judged files", seed);
  const isFaulty = random.next() < 0.5;
  const slips = (share: number): boolean => isFaulty && random.next() < share;
  const questions = Array.from({ length: random.int(0, 9) }, (_, number) => ({
    id: slips(0.1) ? "q0" : `q${number}`,
    task: slips(0.05) ? "other" : "gsm8k",
    question: "How many? 数",
    answer: slips(0.05) ? "none" : String(random.int(1, 9)),
    ...(random.next() < 0.5 ? { reference: "1 + 2 = 3\n#### 3", mine: { deep: [1] } } : {}),
  }));
  await writeFile(at("questions.jsonl"), file(random, questions, isFaulty));
  const candidates: { path: string; generator: string }[] = [];
  for (let number = 0; number < random.int(1, 3); number++) {
    const rows = questions.flatMap(({ id }) =>
      Array.from({ length: random.int(0, 5) }, (_, index) => ({
        questionId: slips(0.03) ? "q99" : id,
        index: slips(0.05) ? 0 : index,
        text: slips(0.02) ? 5 : random.pick(texts),
        ...(random.next() < 0.9 ? { logprob: -random.next(), tokens: slips(0.1) ? 0 : 4 } : {}),
        ...(random.next() < 0.3 ? { generator: random.pick(["g0", "g1", "g9"]) } : {}),
      })),
    );
    const path = at(`g${number}.jsonl`);
    await writeFile(path, file(random, random.next() < 0.5 ? rows : random.shuffle(rows), isFaulty));
    candidates.push({ path, generator: `g${number}` });
  }
  const generators = { generators: ["g0", "g1", "g2"], reference: random.next() < 0.5 };
  return {
    task: { task: "gsm8k" },
    extract: random.pick(["strict", "flexible"]),
    label: random.pick(["answer", "answer-and-steps"]),
    ...random.pick([
      { feedback: "binary" as const },
      { feedback: "ranked" as const, ranking: random.pick(["steps" as const, "score" as const, generators]) },
    ]),
    questions: at("questions.jsonl"),
    candidates: candidates.length === 1 ? [{ path: candidates[0]!.path }] : candidates,
  };
}

test("files are judged to the byte as rows that are all kept, and refused with the same words", async () => {
  let refused = 0;
  for (let seed = 0; seed < 60; seed++) {
    const options = await made(seed);
    const expected = await outcome(kept(options));
    expect(await outcome(streamed(options)), `seed ${seed}`).toEqual(expected);
    if (typeof expected === "object" && "message" in expected!) {
      refused++;
      expect(existsSync(at("groups.jsonl"))).toBe(false);
    }
  }
  expect(refused).toBeGreaterThan(15);
  expect(refused).toBeLessThan(45);
});

test("a pipe is judged as a file is, and messages call it by its own name", async () => {
  await writeFile(at("questions.jsonl"), lines([{ id: "q", task: "gsm8k", question: "?", answer: "3" }]));
  const candidates = lines(texts.map((text, index) => ({ questionId: "q", index, text })));
  await writeFile(at("candidates.jsonl"), candidates);
  await execa("mkfifo", [at("pipe")]);
  const options = (name: string): Options => ({
    ...{ task: { task: "gsm8k" }, extract: "strict" },
    ...{ questions: at("questions.jsonl"), candidates: [{ path: at(name) }] },
  });
  const expected = await streamed(options("candidates.jsonl"));
  expect(expected.counts.candidates).toBe(texts.length);
  const through = async (text: string) =>
    (await Promise.all([outcome(streamed(options("pipe"))), writeFile(at("pipe"), text)]))[0];
  expect(await through(candidates)).toEqual(expected);
  expect(await through("{}\n")).toMatchObject({
    message: expect.stringContaining(`${at("pipe")}:1: missing field questionId\n`),
  });
  expect(existsSync(at("groups.jsonl"))).toBe(false);
});

test("stopped, it leaves nothing", async () => {
  await writeFile(at("questions.jsonl"), lines([{ id: "q", task: "gsm8k", question: "?", answer: "3" }]));
  await writeFile(at("candidates.jsonl"), lines([{ questionId: "q", index: 0, text: "#### 3" }]));
  const stop = new AbortController();
  const before = await readdir(folder);
  const judged = judgeFiles({
    ...{ task: { task: "gsm8k" }, extract: "strict", out: at("stopped.jsonl"), signal: stop.signal },
    ...{ questions: at("questions.jsonl"), candidates: [{ path: at("candidates.jsonl") }] },
    progress: { ...silent, end: () => stop.abort() },
  });
  await expect(judged).rejects.toThrow("This operation was aborted");
  expect(await readdir(folder)).toEqual(before);
});

const lines = (rows: readonly object[]): string => [...toJsonl(rows)].join("");

test("threads write what one writes", async () => {
  const random = randomFrom("threads", 1);
  const rows = Array.from({ length: 1_300 }, (_, at) => ({
    id: `q${at}`,
    task: "gsm8k",
    question: "?",
    answer: "3",
  }));
  await writeFile(at("questions.jsonl"), lines(rows));
  const samples = rows.flatMap(({ id }) =>
    Array.from({ length: 2 }, (_, index) => ({ questionId: id, index, text: random.pick(texts) })),
  );
  await writeFile(at("candidates.jsonl"), lines(random.shuffle(samples)));
  const options: Options = {
    ...{ task: { task: "gsm8k" }, extract: "flexible", label: "answer-and-steps" },
    ...{ questions: at("questions.jsonl"), candidates: [{ path: at("candidates.jsonl") }] },
  };
  const expected = await streamed({ ...options, threads: 1 });
  expect(expected.counts).toMatchObject({ questions: 1_300, candidates: 2_600 });
  expect(await streamed({ ...options, threads: 2 })).toEqual(expected);
});
