import { describe, expect, it } from "vitest";
import {
  bytesOf,
  chunkScript,
  type Packed,
  packRun,
} from "../../../../../ts/analysis/features/questions/numbers.ts";
import { commonEnds, scriptJson } from "../../../../../ts/analysis/features/questions/strings.ts";
import { type RunData, summarise } from "../../../../../ts/analysis/index.ts";
import { unpackSamples, unpackTexts } from "../../../../../ts/browser/unpack.ts";
import { syntheticRun } from "../../synthetic.ts";
import { judgedByBoth, runOfTasks } from "../../tasks.ts";

const packed = (run: RunData, most?: number): Packed => packRun(run, summarise(run, 5), most)!;

/** A question as the page gets it, by its id. */
function unpacked({ index, chunks }: Packed, id: string) {
  const q = index.ids.indexOf(id);
  const chunkWith = (kind: string) =>
    chunks.find(({ name, first, count }) => name.startsWith(kind) && q >= first && q < first + count);
  const [texts, samples] = [chunkWith("texts")!, chunkWith("samples")];
  return {
    ...unpackTexts(index, JSON.parse(texts.json), q - texts.first, q),
    samples: samples && unpackSamples(JSON.parse(samples.json), q - samples.first),
  };
}

const hostile = [
  "</script><script>alert(1)</script>",
  "<!-- <script>",
  "line\u2028separator\u2029",
  `"quotes" 'and' \\ back\\u0041slashes`,
  "😀 \ud83d half of one",
  "\u0000 null, tab\t, end\r\n",
  "]]> &lt; $& `ticks`",
];

describe("what the page holds", () => {
  it("comes back as it was: texts, answers, both rules, steps, scores of four decimals", () => {
    const run = judgedByBoth(syntheticRun({ questions: 20, seeds: [1, 2] }));
    const arm = run.arms[3]!;
    Object.assign(arm.predictions[7]!, {
      logprob: -12.34567,
      tokens: 10,
      finish: "length",
      stepsValid: false,
      firstWrongStep: { line: 2, reason: "the equation is not true" },
    });
    const all = packed(run);
    const question = unpacked(all, "test-8");
    const a = all.index.arms.findIndex(
      ({ method, seed }) => all.index.methods[method]!.label === "AFT, no constraint" && seed === 0,
    );
    const { text, extracted, correct, byMode, question: asked, answer } = arm.predictions[7]!;
    expect(question).toMatchObject({ question: asked, answer });
    expect(question.greedy[a]).toEqual({
      text,
      extracted,
      correct,
      byMode,
      cutOff: true,
      stepsValid: false,
      score: -1.2346,
      firstWrongStep: { line: 2, reason: "the equation is not true" },
    });
    expect(question.samples!.byArm[a]!.map((cot) => cot.text)).toEqual(
      arm.samples[7]!.candidates.map((one) => one.text),
    );
    const scores = arm.heldOut[7]!.candidates.map(({ score }) => Math.round(score! * 10_000) / 10_000);
    expect(question.samples!.vftScores[a]).toEqual(scores);
    expect(question.samples!.vft[0]!.map((cot) => cot.text)).toEqual(
      arm.heldOut[7]!.candidates.map((one) => one.text),
    );
  });

  it.each(hostile)("carries a hostile text and lets nothing end the script: %j", (text) => {
    const run = syntheticRun({ questions: 3 });
    const rewritten: RunData = {
      ...run,
      arms: run.arms.map((arm) => ({
        ...arm,
        predictions: arm.predictions.map((one) => ({
          ...one,
          question: text,
          prompt: `${text}?`,
          text,
          extracted: text,
        })),
        samples: arm.samples.map((group) => ({
          ...group,
          reference: text,
          candidates: group.candidates.map((one) => ({ ...one, text })),
        })),
      })),
    };
    const all = packed(rewritten);
    const question = unpacked(all, "test-1");
    expect(question).toMatchObject({ question: text, reference: text, prompts: [`${text}?`] });
    expect(question.greedy[0]).toMatchObject({ text, extracted: text });
    expect(question.samples!.byArm[0]![0]!.text).toBe(text);
    for (const json of [...all.chunks.map((chunk) => chunk.json), scriptJson(all.index)])
      expect(json).not.toMatch(/[<\u2028\u2029]/);
    // The script of a chunk is a script: run, it hands over what the chunk holds.
    const script = chunkScript(all.index.stamp, all.chunks[0]!);
    const taken: unknown[] = [];
    new Function("aftReportData", script)((...parts: unknown[]) => taken.push(...parts));
    expect(taken).toEqual([all.index.stamp, "texts-0", JSON.parse(all.chunks[0]!.json)]);
  });

  it("holds each text once, and of prompts only what differs", () => {
    const long = "An example question and its answer. ".repeat(100);
    const run = syntheticRun({ questions: 30 });
    for (const arm of run.arms)
      for (const one of arm.predictions)
        one.prompt = `${long}\nQuestion: ${one.question} (${one.questionId})\nAnswer: `;
    const all = packed(run);
    expect(all.index.promptEnds[0]![0]![0].startsWith(long)).toBe(true);
    expect(all.chunks.some(({ json }) => json.includes("An example question"))).toBe(false);
    expect(unpacked(all, "test-5").prompts[0]).toBe(run.arms[0]!.predictions[4]!.prompt);
    const { strings } = JSON.parse(all.chunks[0]!.json) as { strings: string[] };
    expect(new Set(strings).size).toBe(strings.length);
  });

  it("keeps the questions of two tasks apart, ids and prompts of the same name too", () => {
    const run = runOfTasks([
      { name: "sums", use: "train", questions: 4 },
      { name: "facts", use: "evaluate", questions: 4 },
    ]);
    for (const arm of run.arms) {
      for (const one of [...arm.predictions])
        one.questionId = `q${(Number(one.questionId.slice(5)) - 1) % 4}`;
      for (const one of [...arm.samples, ...arm.heldOut]) one.id = `q${(Number(one.id.slice(5)) - 1) % 4}`;
    }
    const { index } = packRun(run, summarise(run, 5))!;
    expect(index.ids).toEqual(["q0", "q1", "q2", "q3", "q0", "q1", "q2", "q3"]);
    expect(index.taskOf).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(index.outcomes[0]).toMatch(/^[rwn]{8}$/);
  });

  it("leaves out samples that do not fit, of each task the last ones, and never a greedy answer", () => {
    const run = runOfTasks([
      { name: "sums", use: "train", questions: 20 },
      { name: "facts", use: "evaluate", questions: 20 },
    ]);
    const whole = packed(run);
    const most = Math.round(0.6 * bytesOf(whole.chunks));
    const part = packed(run, most);
    expect(bytesOf(part.chunks)).toBeLessThanOrEqual(most);
    expect(part.index.withSamples).toBeGreaterThan(10);
    expect(part.index.withSamples).toBeLessThan(40);
    for (const first of ["test-1", "test-21"]) expect(unpacked(part, first).samples).toBeDefined();
    for (const last of ["test-20", "test-40"]) {
      expect(unpacked(part, last).samples).toBeUndefined();
      expect(unpacked(part, last).greedy.every((cot) => cot !== undefined)).toBe(true);
    }
    expect(packed(run, 0).index).toMatchObject({ withSamples: 0, samples: [] });
  });

  it("is not there for a run that asked nothing", () => {
    const bare: RunData = { ...syntheticRun({ questions: 2 }), arms: [] };
    expect(packRun(bare, summarise(bare, 5))).toBeUndefined();
  });
});

describe("what prompts have in common", () => {
  it.each([
    { texts: ["Q: a\nA:", "Q: bb\nA:"], ends: ["Q: ", "\nA:"] },
    { texts: ["abab", "ab"], ends: ["ab", ""] },
    { texts: ["same", "same"], ends: ["same", ""] },
    { texts: ["alone"], ends: ["alone", ""] },
    { texts: ["x", "y"], ends: ["", ""] },
    { texts: [], ends: ["", ""] },
  ])("of $texts is $ends", ({ texts, ends }) => {
    expect(commonEnds(texts)).toEqual(ends);
  });
});
