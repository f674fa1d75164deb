import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { promptOf, taskOf } from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";

function custom(files: Parameters<typeof folderOf>[0], settings: Record<string, unknown>) {
  const folder = folderOf(files);
  const absolute = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      /file$/i.test(name) ? join(folder, String(value)) : value,
    ]),
  );
  const task = taskOf({ task: "custom", ...absolute });
  return { task, refusal: () => refusalOf(task.splits(), folder) };
}

const sums = 'nr,prompt,result,working\n1,1 + 1?,2,"1 + 1 = 2"\n2,2 + 2?,"1,004",so 1004\n';
const columns = { question: "prompt", answer: "result", reference: "working", id: "nr" };

it("reads a CSV file by its column map: numbers in their normal form, other columns passed through", async () => {
  const { task } = custom(
    { "a.csv": 'nr,prompt,result,working,level,task\n1,1 + 1?,"1,002.50",it is,hard,mine\n' },
    { name: "sums", trainFile: "a.csv", columns, closing: "append" },
  );
  const { train, validation, test } = await task.splits();
  expect(train).toEqual([
    {
      id: "sums-1",
      task: "sums",
      question: "1 + 1?",
      answer: "1002.5",
      reference: "it is\n#### 1002.5",
      level: "hard",
    },
  ]);
  expect([validation, test]).toEqual([[], []]);
  expect(promptOf(train[0]!, task)).toBe("Question: 1 + 1?\nAnswer:\n");
  expect(task.extract(train[0]!.reference!, "strict", train[0]!)).toBe("1002.5");
});

it("takes the answer from the solution where both are one column", async () => {
  const { task } = custom(
    { "a.jsonl": [{ q: "2 * 3?", a: "2 * 3 = 6, of 10.\n#### 6" }] },
    { trainFile: "a.jsonl", columns: { question: "q", answer: "a", reference: "a" } },
  );
  expect((await task.splits()).train).toEqual([
    {
      id: "custom-train-1",
      task: "custom",
      question: "2 * 3?",
      answer: "6",
      reference: "2 * 3 = 6, of 10.\n#### 6",
    },
  ]);
});

it("reaches into maps and lists by a dot, and says what can be reached where a text is wanted", async () => {
  const rows = { "a.jsonl": [{ q: { text: "2 * 3?" }, a: ["6"], r: ["2 * 3 = 6", "3 + 3 = 6"] }] };
  const asked = (columns: object) => custom(rows, { trainFile: "a.jsonl", closing: "append", columns });
  const { task } = asked({ question: "q.text", answer: "a.0", reference: "r.1" });
  expect((await task.splits()).train).toMatchObject([
    { question: "2 * 3?", answer: "6", reference: "3 + 3 = 6\n#### 6" },
  ]);
  const said = [
    await asked({ question: "q", answer: "a.0" }).refusal(),
    await asked({ question: "q.text", answer: "a" }).refusal(),
    await asked({ question: "q.text", answer: "a.0", reference: "r" }).refusal(),
    await asked({ question: "q.text", answer: "a.0", reference: "r.2" }).refusal(),
  ];
  expect(said[0]).toContain("column q: no question");
  expect(said[0]).toContain("fix: a dot reaches into it: q.text");
  expect(said[1]).toContain("column a: no answer");
  expect(said[1]).toContain("fix: a dot reaches into it: a.0");
  expect(said[2]).toContain("fix: a dot reaches into it: r.0, r.1");
  expect(said[3]).toContain("a.jsonl:1: column r.2: no solution");
});

it("checks the equations of a number's solution as steps, and none where the answer is no number", async () => {
  const rows = { "a.jsonl": [{ q: "How many pens?", a: "3 * 4 = 12\n#### 12", o: ["one", "two"] }] };
  const columns = { question: "q", answer: "a", reference: "a" };
  const { task } = custom(rows, { trainFile: "a.jsonl", columns });
  const [question] = (await task.splits()).train;
  expect(task.checkSteps!(question!, question!.reference!)).toEqual({ valid: true });
  expect(task.checkSteps!(question!, "3 * 4 = 12\n12 + 1 = 14\n#### 12")).toEqual({
    valid: false,
    firstError: { line: 2, reason: "the equation 12+1=14 is not true" },
  });
  expect(task.checkSteps!(question!, "There are twelve.\n#### 12")).toBeUndefined();
  const published = custom(rows, { trainFile: "a.jsonl", columns, answer: { kind: "gsm8k-number" } }).task;
  expect(published.checkSteps!(question!, "3 * 4 = 12")).toEqual({ valid: true });
  expect(task.quality!(question!, "3 * 4 = 12, 12 + 1 = 14")).toEqual({ valid: false, progress: 0.5 });
  const others = [
    { answer: { kind: "choice" }, columns: { ...columns, choices: "o" } },
    { answer: { kind: "regex", pattern: "#### (.*)" }, columns },
  ];
  for (const settings of others)
    expect(custom(rows, { trainFile: "a.jsonl", ...settings }).task.checkSteps).toBeUndefined();
});

describe("options", () => {
  const choice = { answer: { kind: "choice" }, columns: { choices: "options" } };
  const answers = async (rows: readonly object[], more: object = {}) =>
    (await custom({ "a.jsonl": rows }, { testFile: "a.jsonl", ...choice, ...more }).task.splits()).test.map(
      ({ answer, choices }) => [answer, choices],
    );

  it("in one column as a list, JSON or text; the answer by its letter or its text", async () => {
    const three = ["red", "green", "blue"];
    expect(
      await answers([
        { question: "1?", options: three, answer: "(b)" },
        { question: "2?", options: JSON.stringify(three), answer: "blue" },
        { question: "3?", options: "red | green | blue", answer: "A." },
      ]),
    ).toEqual([
      ["B", three],
      ["C", three],
      ["A", three],
    ]);
  });

  it("without letters of their own, where all have them", async () => {
    expect(
      await answers([
        { question: "1?", options: ["A) red", "(B) green"], answer: "B" },
        { question: "2?", options: ["A) red", "A) green"], answer: "B" },
      ]),
    ).toEqual([
      ["B", ["red", "green"]],
      ["B", ["A) red", "A) green"]],
    ]);
  });

  it("in one column each, nested ones too, the answer counted from 0 or 1", async () => {
    const rows = [{ question: "1?", of: { x: "one", y: 2 }, answer: "1" }];
    const each = (countFrom: number) =>
      answers(rows, { columns: { choices: ["of.x", "of.y"] }, answer: { kind: "choice", countFrom } });
    expect(await each(0)).toEqual([["B", ["one", "2"]]]);
    expect(await each(1)).toEqual([["A", ["one", "2"]]]);
  });

  it.each([[" "], [""], [[]], [false], [true], [null], [{}], ["one"], ["1,"], [[1]]])(
    "counted from 0 or 1 only where the answer is a number, which %j is not",
    async (answer) => {
      for (const countFrom of [0, 1]) {
        const { refusal } = custom(
          { "a.jsonl": [{ question: "q", options: ["a", "b", "c"], answer }] },
          { testFile: "a.jsonl", ...choice, answer: { kind: "choice", countFrom } },
        );
        const said = await refusal();
        expect(said).toContain("a.jsonl:1: column answer: no number");
        expect(said).toContain(`expected: ${countFrom} to ${countFrom + 2}`);
      }
    },
  );

  it("counted where a column with gaps has its numbers as decimals", async () => {
    const rows = [{ question: "1?", options: ["a", "b"], answer: "1.0" }];
    expect(await answers(rows, { answer: { kind: "choice", countFrom: 0 } })).toEqual([["B", ["a", "b"]]]);
  });

  it.each([[" "], [[]], [null], [{}]])("has no letter for %j", async (answer) => {
    const { refusal } = custom(
      { "a.jsonl": [{ question: "q", options: ["", "null"], answer }] },
      { testFile: "a.jsonl", ...choice },
    );
    expect(await refusal()).toContain("a.jsonl:1: column answer: no answer");
  });

  it.each([
    [{ options: ["a", "b"], answer: "C" }, "a.jsonl:1: column answer: no option is this one"],
    [{ options: ["a", "b"], answer: 0 }, "countFrom: 0} (or 1) reads numbers"],
    [{ options: ["a", "a"], answer: "a b" }, "a letter from A to B"],
    [{ options: "a", answer: "A" }, "a.jsonl:1: column options: no list of options"],
  ])("refuses %j", async (row, message) => {
    const { refusal } = custom(
      { "a.jsonl": [{ question: "q", ...row }] },
      { testFile: "a.jsonl", ...choice },
    );
    expect(await refusal()).toContain(message);
  });
});

it("keeps every digit of long numbers, in answers, ids and options", async () => {
  const long = "12345678901234567891";
  const { task } = custom(
    {
      "a.jsonl": `{"question": "1?", "answer": ${long}, "no": ${long}}\n{"question": "2?", "answer": -${long}, "no": 12345678901234567892}\n`,
    },
    { testFile: "a.jsonl", columns: { id: "no" }, answer: { kind: "number" } },
  );
  const [first, second] = (await task.splits()).test;
  expect([first!.answer, second!.answer]).toEqual([long, `-${long}`]);
  expect([first!.id, second!.id].map((id) => id.split("-").at(-1))).toEqual([long, "12345678901234567892"]);
});

it("finds answers by a pattern of one's own", async () => {
  const { task } = custom(
    { "a.tsv": "question\tanswer\tcot\nWhich colour?\tDark Red\tIt is so. Result: dark  red.\n" },
    {
      trainFile: "a.tsv",
      columns: { reference: "cot" },
      answer: { kind: "regex", pattern: "Result: ([^.]+)", ignoreCase: true },
    },
  );
  const [question] = (await task.splits()).train;
  expect(question!.answer).toBe("Dark Red");
  expect(task.sameAnswer(task.extract(question!.reference!, "strict", question!)!, question!.answer)).toBe(
    true,
  );
});

describe("splits share no question", () => {
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => ({ question: `${from + at} + 1?`, answer: from + at + 1 }));

  it("of one file by shares, equal questions together, by the seed", async () => {
    const twice = [...rows(0, 50), ...rows(0, 50)];
    const { task } = custom(
      { "a.jsonl": twice },
      { file: "a.jsonl", shares: { validation: 0.2, test: 0.1 } },
    );
    const splits = await task.splits();
    expect([splits.train, splits.validation, splits.test].map(({ length }) => length)).toEqual([70, 20, 10]);
    const texts = Object.values(splits).map(
      (split) => new Set(split.map((one: { question: string }) => one.question)),
    );
    expect(new Set(texts.flatMap((set) => [...set])).size).toBe(50);
    expect(texts.map(({ size }) => size)).toEqual([35, 10, 5]);
    expect(splits.test.every(({ id }) => /^custom-test-\d+$/.test(id))).toBe(true);
    expect(
      new Set([splits.train, splits.validation, splits.test].flatMap((split) => split.map(({ id }) => id)))
        .size,
    ).toBe(100);
    expect((await task.splits(2)).test).not.toEqual(splits.test);
    expect((await task.splits()).test).toEqual(splits.test);
  });

  it("of several files, or they are refused", async () => {
    const files = { "a.jsonl": rows(0, 3), "b.jsonl": [{ question: " 2  + 1?", answer: 3 }] };
    const { refusal } = custom(files, { trainFile: "a.jsonl", testFile: "b.jsonl" });
    expect(await refusal()).toBe(
      'b.jsonl:1: a question of the train split is in the test split too\n  found: " 2  + 1?"\n  expected: splits that share no question\n  fix: take it out of one of the files',
    );
  });

  it("of several files that share many, told once with all rows to take out", async () => {
    const files = { "a.jsonl": rows(0, 9), "b.jsonl": rows(5, 9) };
    const { refusal } = custom(files, { trainFile: "a.jsonl", testFile: "b.jsonl" });
    expect(await refusal()).toMatch(
      /^b\.jsonl:1: a question of .*(\n {2}.*){3}\n {2}and 3 more like it: rows 2 to 4$/,
    );
  });

  it("of a training file alone, as many set aside as asked for", async () => {
    const { task } = custom({ "a.jsonl": rows(0, 10) }, { trainFile: "a.jsonl", validation: 4, train: 5 });
    const { train, validation, test } = await task.splits();
    expect([train.length, validation.length, test.length]).toEqual([5, 4, 0]);
    expect(new Set([...train, ...validation].map(({ id }) => id)).size).toBe(9);
  });
});

describe("mistakes in rows and in the map", () => {
  it("a column that is not there, with the nearest", async () => {
    const { refusal } = custom(
      { "a.csv": sums },
      { trainFile: "a.csv", columns: { ...columns, answer: "reslt" } },
    );
    expect(await refusal()).toBe(
      'a.csv: no column reslt, which columns.answer names\n  found: "reslt"\n  expected: one of nr, prompt, result, working\n  did you mean: result',
    );
  });

  it("a solution without its answer says how to append it", async () => {
    const { refusal } = custom({ "a.csv": sums }, { trainFile: "a.csv", columns });
    const said = await refusal();
    expect(said).toContain(
      "a.csv:2: column working: the solution does not give its answer in the form that is judged by",
    );
    expect(said).toContain("fix: closing: append adds a last line `#### ANSWER` to each");
  });

  it.each([
    [{ question: "", answer: 1 }, "a.jsonl:1: column question: no question"],
    [{ question: "q", answer: "many" }, 'a.jsonl:1: column answer: no number in it\n  found: "many"'],
    [{ question: "q", answer: "2 apples and 3 pears" }, "a.jsonl:1: column answer: several numbers in it"],
    [{ question: "q", answer: null }, "a.jsonl:1: column answer: no answer"],
    [{ question: "q", answer: "First 3.\nThen more" }, "a.jsonl:1: column answer: no number in it"],
  ])("%j", async (row, message) => {
    const { refusal } = custom({ "a.jsonl": [row, { question: "r", answer: 1 }] }, { testFile: "a.jsonl" });
    expect(await refusal()).toContain(message);
  });

  it("an id that comes twice", async () => {
    const files = { "a.csv": "nr,question,answer\n1,a,1\n1,b,2\n" };
    const { refusal } = custom(files, { testFile: "a.csv", columns: { id: "nr" } });
    expect(await refusal()).toContain("a.csv:3: column nr: this id comes twice");
  });

  it("no file at all", async () => {
    await expect(taskOf({ task: "custom" }).splits()).rejects.toThrow("the task custom names no file");
  });
});
