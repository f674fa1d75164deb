import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type RunData, renderPage, summarise } from "../../../../ts/analysis/index.ts";
import type { JudgedCandidate } from "../../../../ts/core/records.ts";
import { syntheticRun } from "../synthetic.ts";

const made = syntheticRun({ questions: 30 });

/** The run with these candidates as the one group that is trained on. */
function trainedOn(candidates: JudgedCandidate[]): RunData {
  const [first] = made.trainGroups;
  const group = { ...first!.groups[0]!, id: "q1", answer: "9", candidates };
  return { ...made, trainGroups: [{ ...first!, groups: [group] }] };
}

const text = (extracted: string | null, more: object = {}): JudgedCandidate => ({
  text: "?",
  extracted,
  correct: extracted === "9",
  ...more,
});
const candidates = [
  ...[text("9"), text("9"), text("8"), text("10", { unread: "10^5" })],
  ...[
    text(null, { noAnswer: "unparsed", unread: "2√3" }),
    text(null, { noAnswer: "unparsed", unread: "2√3" }),
  ],
  ...[text(null, { noAnswer: "ambiguous", unread: "5 or 6" }), text(null, { noAnswer: "time limit" })],
  ...[text(null, { noAnswer: "not found" }), text(null)],
  text("9", { correct: false, answerCorrect: true }),
];

describe("what became of the answers", () => {
  const run = trainedOn(candidates);
  const summary = summarise(run, 20);

  it("is counted of the training samples, each text once, and of every method's greedy answers", () => {
    const [training, ...methods] = summary.answers;
    expect(training).toMatchObject({
      ...{ label: "Training samples", right: 3, wrong: 2, unparsed: 2, ambiguous: 1 },
      ...{ notStated: 2, notJudged: 1, partlyRead: 1 },
    });
    expect(training!.examples).toEqual([
      { questionId: "q1", stated: "10^5", extracted: "10", answer: "9" },
      { questionId: "q1", stated: "2√3", extracted: null, answer: "9" },
    ]);
    expect(methods.map(({ method }) => method)).toEqual(run.methods.map(({ name }) => name));
    for (const { right, wrong, notStated, unparsed } of methods) {
      expect(right + wrong + notStated).toBe(30);
      expect(unparsed).toBe(0);
    }
  });

  it("stands in the report, with examples of what was not understood", () => {
    const { document } = parseHTML(renderPage(run, summary));
    const table = document.querySelector("[aria-label='What became of the answers'] table")!;
    const row = [...table.querySelectorAll("tr")].find(({ textContent }) =>
      textContent.startsWith("Training samples"),
    );
    expect([...row!.querySelectorAll("th, td")].map(({ textContent }) => textContent)).toEqual([
      "Training samples",
      "3",
      "2",
      "2",
      "1",
      "2",
      "1",
      "1",
    ]);
    expect(document.body.textContent).toContain("2√3");
  });

  it("is a warning where many are not understood, with examples, and a note where few are", () => {
    const found = (run: RunData) =>
      summarise(run, 20).diagnostics.filter(({ id }) => id === "unparsed-answers");
    expect(found(run)).toEqual([
      {
        id: "unparsed-answers",
        level: "warning",
        text: "Training samples: 27.3 % of the texts (3 of 11) state an answer that the rule does not understand, such as “10^5”, “2√3”; right ones among them are trained on as wrong.",
        evidence: { texts: 11, notUnderstood: 3 },
      },
    ]);
    const few = [
      ...Array.from({ length: 99 }, () => text("9")),
      text(null, { noAnswer: "unparsed", unread: "√2" }),
    ];
    expect(found(trainedOn(few))).toMatchObject([
      { level: "note", evidence: { texts: 100, notUnderstood: 1 } },
    ]);
    expect(found(made)).toEqual([]);
  });
});
