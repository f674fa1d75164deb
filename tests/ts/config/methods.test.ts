import { describe, expect, it } from "vitest";
import {
  boundaryBetaOf,
  entryOf,
  groupMethodKinds,
  methods,
  withBoundaryBeta,
} from "../../../ts/config/index.ts";
import { errorOf, inWords, load, smallest, withChange } from "./helpers.ts";

const withMethod = (settings: string): Record<string, string> => withChange("{method: vft}", `{${settings}}`);
const bounded = (beta: string): Record<string, string> =>
  withMethod(`method: aft, constraint: boundary, beta: ${beta}`);
const ranked = (settings: string): Record<string, string> => ({
  "main.yaml": withMethod(settings)["main.yaml"]!.replace(
    "stages: {",
    "stages: {judge: {feedback: ranked}, ",
  ),
});
const methodOf = async (settings: string) => (await load(withMethod(settings))).experiment.methods.more!;

const either = "a number of at least 0, auto or a map with search (and questions)";

describe("beta of a boundary is a number, auto or a search", () => {
  it("each of them is read as it is, for every loss with a boundary", async () => {
    expect(boundaryBetaOf(await methodOf("method: aft, constraint: boundary, beta: 0.2"))).toBe(0.2);
    expect(boundaryBetaOf(await methodOf("method: rrhf, constraint: boundary, beta: auto"))).toBe("auto");
    expect(
      boundaryBetaOf(await methodOf("method: pro, constraint: boundary, beta: {search: [0, 0.3]}")),
    ).toEqual({ search: [0, 0.3] });
    const dpo = await methodOf("method: dpo, constraint: boundary, beta: 0.5, boundaryBeta: auto");
    expect(dpo).toMatchObject({ beta: 0.5, boundaryBeta: "auto" });
    expect(boundaryBetaOf(dpo)).toBe("auto");
  });

  it("a method without a boundary has none, DPO's own beta among them", async () => {
    expect(boundaryBetaOf(await methodOf("method: dpo, constraint: none, beta: 0.5"))).toBeUndefined();
    expect(boundaryBetaOf(await methodOf("method: aft, constraint: detached"))).toBeUndefined();
    expect(boundaryBetaOf(await methodOf("method: vft"))).toBeUndefined();
  });

  it("a value put in the place of auto leaves all else", async () => {
    const dpo = await methodOf("method: dpo, constraint: boundary, beta: 0.5, boundaryBeta: auto");
    expect(withBoundaryBeta(dpo, 0.4)).toEqual({ ...dpo, boundaryBeta: 0.4 });
    const rrhf = await methodOf("method: rrhf, constraint: boundary, beta: auto");
    expect(withBoundaryBeta(rrhf, 0.4)).toEqual({ ...rrhf, beta: 0.4 });
    const plain = await methodOf("method: rrhf, constraint: none");
    expect(withBoundaryBeta(plain, 0.4)).toBe(plain);
  });

  it("a search over an inherited number, and a number over an inherited search", async () => {
    const upper = (beta: string): string => `extends: lower.yaml\nmethods: {more: {beta: ${beta}}}\n`;
    const lower = (beta: string): string => bounded(beta)["main.yaml"]!;
    const both = async (low: string, up: string) =>
      (await load({ "lower.yaml": lower(low), "main.yaml": upper(up) })).experiment.methods.more;
    expect(await both("0.1", "{search: [0.1, 0.2]}")).toMatchObject({ beta: { search: [0.1, 0.2] } });
    expect(await both("{search: [0.1, 0.2]}", "0.3")).toMatchObject({ beta: 0.3 });
  });

  it.each([
    [
      "atuo",
      `main.yaml:9:51: bad value for methods.more.beta\n  found: "atuo"\n  expected: ${either}\n  did you mean: auto`,
    ],
    ["-1", `main.yaml:9:51: bad value for methods.more.beta\n  found: -1\n  expected: ${either}`],
    [
      '"0.1"',
      `main.yaml:9:51: bad value for methods.more.beta\n  found: "0.1"\n  expected: ${either}\n  did you mean: 0.1 (without quotes)`,
    ],
    [
      "[0.1, 0.2]",
      `main.yaml:9:51: bad value for methods.more.beta\n  found: [0.1,0.2]\n  expected: ${either}`,
    ],
    [
      "{}",
      'main.yaml:9:45: missing key "search" in methods.more.beta\n  expected: search: a list of at least 2, each a number of at least 0',
    ],
    [
      "{search: [0.1]}",
      "main.yaml:9:60: bad value for methods.more.beta.search\n  found: [0.1]\n  expected: a list of at least 2, each a number of at least 0",
    ],
    [
      "{search: [0.1, 0.1]}",
      "main.yaml:9:60: methods.more.beta.search: a value is given twice\n  found: [0.1,0.1]\n  expected: values that all differ",
    ],
    [
      "{search: [0.1, 0.2], question: 9}",
      'main.yaml:9:72: unknown key "question" in methods.more.beta\n  found: 9\n  expected: one of search, questions\n  did you mean: questions',
    ],
  ])("beta: %s is refused", async (beta, message) => {
    expect(await errorOf(bounded(beta))).toBe(message);
  });
});

describe("methods that are not there", () => {
  it("an unknown method names the nearest", async () => {
    expect(await errorOf(withMethod("method: rrh, constraint: none"))).toBe(
      `main.yaml:9:18: bad value for methods.more.method
  found: "rrh"
  expected: one of ${Object.keys(methods).join(", ")}
  did you mean: rrhf`,
    );
  });

  it("all methods are named where no constraint says which is meant", async () => {
    expect(await errorOf(withMethod("method: ranked"))).toBe(
      `main.yaml:9:18: bad value for methods.more.method
  found: "ranked"
  expected: one of ${Object.keys(methods).join(", ")}`,
    );
  });

  it("a misspelt constraint names the nearest", async () => {
    expect(await errorOf(withMethod("method: rrhf, constraint: boundry, beta: 0.1"))).toBe(
      `main.yaml:9:36: bad value for methods.more.constraint
  found: "boundry"
  expected: one of none, detached, boundary
  did you mean: boundary`,
    );
  });

  it("a constraint of another method is no choice", async () => {
    expect(await errorOf(withMethod("method: pro, constraint: ranked-boundary"))).toBe(
      `main.yaml:9:35: bad value for methods.more.constraint
  found: "ranked-boundary"
  expected: one of none, detached, boundary`,
    );
  });

  it("boundaryBeta is for losses with a beta of their own", async () => {
    const besideTheirOwn = groupMethodKinds.filter((kind) => {
      const entry = entryOf(kind);
      return entry.kind === "group loss" && entry.boundaryBeta === "boundaryBeta";
    });
    expect(besideTheirOwn).toContain("dpo");
    expect(
      await errorOf(withMethod("method: rrhf, constraint: boundary, beta: 0.1, boundaryBeta: 0.2")),
    ).toContain(`methods.more.boundaryBeta goes with method: ${inWords(besideTheirOwn)} only`);
  });

  it("a boundary without its beta is incomplete", async () => {
    expect(await errorOf(withMethod("method: pro, constraint: boundary"))).toBe(
      `main.yaml:9:3: missing key "beta" in methods.more\n  expected: beta: ${either}`,
    );
    expect(await errorOf(withMethod("method: dpo, constraint: boundary, beta: 0.1"))).toBe(
      `main.yaml:9:3: missing key "boundaryBeta" in methods.more\n  expected: boundaryBeta: ${either}`,
    );
  });

  it.each(["rrhf", "pro"])(
    "beta without a boundary asks for the boundary, not for a method other than %s",
    async (m) => {
      expect(await errorOf(withMethod(`method: ${m}, constraint: none, beta: 0.1`))).toContain(
        "methods.more.beta goes with constraint: boundary only",
      );
    },
  );

  it("a loss of which nothing is left is refused", async () => {
    expect(await errorOf(withMethod("method: dpo, constraint: none, weight: 0"))).toBe(
      `main.yaml:9:49: methods.more.weight: nothing is left of the loss: vftWeight is 0 too
  found: 0
  expected: weight or vftWeight greater than 0`,
    );
    await load(withMethod("method: dpo, constraint: none, weight: 0, vftWeight: 1"));
  });
});

describe("methods and feedback go together", () => {
  it("a loss for ranks is refused under binary feedback", async () => {
    expect(await errorOf(withMethod("method: aft, constraint: ranked-detached"))).toBe(
      `main.yaml:9:35: methods.more.constraint: needs ranks, and stages.judge.feedback is binary: right or wrong
  found: "ranked-detached"
  expected: detached here, or stages.judge.feedback: ranked`,
    );
  });

  it("the names for ranks are taken under ranked feedback, and so are the plain ones", async () => {
    await load(ranked("method: aft, constraint: ranked-boundary, beta: 0.1"));
    await load(ranked("method: aft, constraint: boundary, beta: 0.1"));
  });

  it.each(["aft", "rrhf", "pro", "dpo"])("%s takes both", async (method) => {
    await load(ranked(`method: ${method}, constraint: none`));
    await load(withMethod(`method: ${method}, constraint: none`));
  });
});

describe("losses without pairs", () => {
  it.each([
    ["simper", "a solution far below it would be pulled up without a limit, exp(2B − s)"],
    ["nca", "it has no pairs: each solution goes by its own likelihood"],
    ["infonca", "it has no pairs: each solution goes by its own likelihood"],
    ["reinforce", "it takes questions without a right solution too, which have none to lie below"],
    ["grpo", "it has no pairs: an advantage is against the question’s mean"],
  ])("%s has no boundary, and says why", async (method, reason) => {
    expect(await errorOf(withMethod(`method: ${method}, constraint: boundary, boundaryBeta: 0.1`))).toBe(
      `main.yaml:9:${32 + method.length}: bad value for methods.more.constraint: ${method} has no boundary: ${reason}
  found: "boundary"
  expected: one of none, detached`,
    );
  });

  it("what goes by right and wrong alone is refused under ranks, and what has rewards is not", async () => {
    expect(await errorOf(ranked("method: reinforce, constraint: none"))).toBe(
      `main.yaml:9:18: methods.more.method: goes by right and wrong, and stages.judge.feedback is ranked
  found: "reinforce"
  expected: stages.judge.feedback: binary, or a method that takes ranks`,
    );
    expect(await errorOf(ranked("method: nca, constraint: detached"))).toContain(
      "methods.more.constraint: detaches the wrong COTs of nca, which has no pairs, and stages.judge.feedback is ranked",
    );
    for (const method of ["nca", "infonca", "grpo"])
      await load(ranked(`method: ${method}, constraint: none`));
    await load(ranked("method: simper, constraint: detached"));
    await load(withMethod("method: nca, constraint: detached"));
  });

  it("NSR with the wrong ones detached has nothing left", async () => {
    expect(await errorOf(withMethod("method: reinforce, constraint: detached, positiveWeight: 0"))).toContain(
      "methods.more.positiveWeight: nothing is left of the loss: constraint: detached leaves right COTs alone",
    );
    await load(withMethod("method: reinforce, constraint: none, positiveWeight: 0"));
  });

  it("KTO without a weight on what moves has nothing left", async () => {
    const kto = (rest: string) => withMethod(`method: kto, ${rest}`);
    expect(await errorOf(kto("constraint: none, desirableWeight: 0, undesirableWeight: 0"))).toContain(
      "methods.more.desirableWeight: nothing is left of the loss: undesirableWeight is 0 too",
    );
    expect(await errorOf(kto("constraint: detached, desirableWeight: 0"))).toContain(
      "methods.more.desirableWeight: nothing is left of the loss: constraint: detached leaves right COTs alone",
    );
    await load(kto("constraint: none, desirableWeight: 0"));
    await load(kto("constraint: none, undesirableWeight: 0"));
    await load(kto("constraint: detached, undesirableWeight: 0"));
  });
});

describe("what goes by validation questions needs some", () => {
  const without = (text: string): Record<string, string> => ({
    "main.yaml": text.replace("task: arithmetic", "task: arithmetic\n    validation: 0"),
  });

  it("a search", async () => {
    expect(await errorOf(without(bounded("{search: [0.1, 0.2]}")["main.yaml"]!))).toBe(
      `main.yaml:10:60: methods.more.beta.search: searches on validation questions, and the task has none
  found: [0.1,0.2]
  expected: a number, auto, or a task with validation questions`,
    );
    expect(await errorOf(bounded("{search: [0.1, 0.2], questions: 501}"))).toBe(
      `main.yaml:9:83: methods.more.beta.questions: more than the 500 validation questions that the task has
  found: 501
  expected: at most 500`,
    );
  });

  it("a look while training", async () => {
    const watching = smallest.replace("stages: {", "stages: {watch: {every: 10}, ");
    expect(await errorOf(without(watching))).toBe(
      `main.yaml:7:25: stages.watch.every: looks at validation questions, and the task has none
  found: 10
  expected: 0, or a task with validation questions`,
    );
  });

  it("patience, without ever looking", async () => {
    expect(await errorOf(withChange("stages: {", "stages: {watch: {patience: 2}, "))).toBe(
      `main.yaml:6:28: stages.watch.patience: nothing is looked at while training: stages.watch.every is 0
  found: 2
  expected: stages.watch.every of at least 1 beside it`,
    );
  });
});

it("watching takes the validation questions that there are, where more are asked for", async () => {
  const { experiment } = await load(withChange("stages: {", "stages: {watch: {every: 9, questions: 9000}, "));
  expect(experiment.stages.watch).toEqual({ every: 9, questions: 9000, accuracy: false });
});

describe("groups of one's own", () => {
  const own = (stages: string): Record<string, string> => ({
    "groups.jsonl": "",
    "main.yaml": smallest
      .replace("{method: vft}", "{method: rrhf, constraint: none}")
      .replace("stages: {sample: {", `stages: {judge: {groupsFile: groups.jsonl}, ${stages}`),
  });

  it("lie beside the file that names them, and nothing is sampled", async () => {
    const { experiment, warnings } = await load(own("sample: {k: 1, questions: 9, "));
    expect(experiment.stages.judge.groupsFile).toMatch(/^\/.*\/groups\.jsonl$/);
    expect(warnings).toContain(
      "stages.sample.questions is not used: the groups come from stages.judge.groupsFile",
    );
    expect(warnings.join()).not.toContain("stages.sample.k");
  });

  it("may be more than the questions that would have been sampled, so that no warm-up is too long for them", async () => {
    const align = "align: {epochs: 1, batchSize: 9, schedule: {warmupSteps: 5}}, sample: {questions: 9, ";
    await load(own(align));
    const sampled = own(align);
    sampled["main.yaml"] = sampled["main.yaml"]!.replace("judge: {groupsFile: groups.jsonl}, ", "").replace(
      "questions: 9",
      "questions: 18",
    );
    expect((await load(sampled)).warnings).toContain(
      "stages.align.schedule.warmupSteps is 5: the warm-up takes all of the 2 steps that there are questions for",
    );
  });

  it("must be there", async () => {
    const { "main.yaml": text } = own("sample: {");
    expect(await errorOf({ "main.yaml": text! })).toContain(
      'found: "groups.jsonl"\n  expected: a JSON Lines file of groups, relative to the file that names it',
    );
  });
});

describe("warnings", () => {
  it("measuring accuracy at looks that are switched off", async () => {
    const watching = (settings: string) => withChange("stages: {", `stages: {watch: {${settings}}, `);
    const warning = "stages.watch.accuracy has no effect: stages.watch.every is 0";
    expect((await load(watching("every: 0, accuracy: true"))).warnings).toContain(warning);
    expect((await load(watching("every: 9, accuracy: true"))).warnings).not.toContain(warning);
  });

  it("a weight of 0, whatever the loss, by the method's name", async () => {
    const { warnings } = await load(withMethod("method: pro, constraint: none, weight: 0"));
    expect(warnings).toContain("methods.more has weight 0: it is continued VFT");
    expect(warnings).toContain(
      "no method continues VFT (method: vft): a gain over VFT may only mean more training, not a better loss",
    );
  });
});
