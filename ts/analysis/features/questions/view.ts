import type { Group } from "../../../core/records.ts";
import {
  app,
  type Block,
  type ColumnOf,
  type Inline,
  paragraph,
  quiet,
  small,
  strong,
  styled,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural } from "../../format.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import type { Arm, Prediction, RunData } from "../../run/run-data.ts";
import type { Feature } from "../feature.ts";

/** More columns of scores than this do not fit beside the text. */
const mostMethods = 6;

/** Questions with their COTs: the app with all of them, and the first ones printed, for paper and where no script runs. */
export const questions: Feature = {
  section: { id: "examples", title: () => "Questions and their COTs", contentsTitle: "Questions and COTs" },
  view: ({ run, summary, examples, hasApp }) => {
    const instead = printedExamples(run, summary, examples);
    // Its HTML is filled in when the size of all else is known.
    return hasApp ? app({ html: "", readsFiles: false, instead }) : instead;
  },
};

/** The first test questions that have a pair: their COTs from the VFT model, scored by every method. */
function printedExamples(run: RunData, summary: RunSummary, count: number): Block[] {
  const seed = run.seeds[0];
  const arms = shownMethods(summary).flatMap((method) => {
    const arm = run.arms.find((candidate) => candidate.method === method.name && candidate.seed === seed);
    return arm === undefined ? [] : [{ method, arm }];
  });
  const groups = chooseGroups(arms[0]?.arm.heldOut ?? [], count);
  if (groups.length === 0) return [];
  const ids = new Set(groups.map(({ id }) => id));
  const shown = arms.map(({ method, arm }) => ({ method, arm, scores: scoresByText(arm, ids) }));
  const isPaired = groups.every(hasPair);
  return [
    paragraph(
      `${plural(groups.length, "question")}. ${isPaired ? "Not picked by hand: the first questions for which the VFT model sampled both a right and a wrong COT." : "Not picked by hand: the first questions, those with both a right and a wrong COT before the others."} COTs stand in the order of their score under the first method, best first: a wrong one above a right one is assessment misalignment. Seed ${seed ?? "–"}.`,
    ),
    ...groups.map((group, at) => example(group, at, shown, run.tasks.length > 1)),
  ];
}

interface ShownArm {
  method: MethodSummary;
  arm: Arm;
  /** By question and text. */
  scores: ReadonlyMap<string, number>;
}

function shownMethods({ methods }: RunSummary): MethodSummary[] {
  const rank = ({ role }: MethodSummary): number =>
    ["kept", "boundary", "detached", "unconstrained", "continued", "rft", "other"].indexOf(role);
  const shown = new Set([...methods].sort((a, b) => rank(a) - rank(b)).slice(0, mostMethods));
  const kept = methods.filter(({ role }) => role === "kept");
  return [...kept, ...methods.filter(({ role }) => role !== "kept")].filter((method) => shown.has(method));
}

const hasPair = ({ candidates }: Group): boolean =>
  candidates.some(({ correct }) => correct) && candidates.some(({ correct }) => !correct);

const chooseGroups = (groups: readonly Group[], count: number): Group[] =>
  [...inTurn(groups.filter(hasPair)), ...inTurn(groups.filter((group) => !hasPair(group)))].slice(0, count);

const key = (id: string, text: string): string => JSON.stringify([id, text]);

const scoresByText = ({ heldOut }: Arm, ids: ReadonlySet<string>): Map<string, number> =>
  new Map(
    heldOut
      .filter(({ id }) => ids.has(id))
      .flatMap(({ id, candidates }) =>
        candidates.flatMap(({ text: cot, score }) =>
          score === undefined ? [] : [[key(id, cot), score] as const],
        ),
      ),
  );

/** The tasks' questions in turn, so that the first few show every task. */
function inTurn(groups: readonly Group[]): Group[] {
  const seen = new Map<string, number>();
  return groups
    .map((group) => {
      const turn = seen.get(group.task) ?? 0;
      seen.set(group.task, turn + 1);
      return { group, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ group }) => group);
}

function example(group: Group, at: number, arms: readonly ShownArm[], namesTask: boolean): Block {
  const predictions = arms.flatMap(({ method, arm }) => {
    const prediction = arm.predictions.find(({ questionId }) => questionId === group.id);
    return prediction === undefined ? [] : [{ label: method.label, prediction }];
  });
  const distinct = [...new Map(group.candidates.map((candidate) => [candidate.text, candidate])).values()];
  const cots = distinct
    .map((candidate) => ({
      candidate,
      times: group.candidates.filter(({ text }) => text === candidate.text).length,
      scores: arms.map(({ scores }) => scores.get(key(group.id, candidate.text))),
    }))
    .sort((a, b) => (b.scores[0] ?? -Infinity) - (a.scores[0] ?? -Infinity));
  const right = group.candidates.filter(({ correct }) => correct).length;
  return {
    block: "details",
    kind: "example",
    isOpen: at === 0,
    summary: [
      styled("question", predictions[0]?.prediction.question ?? group.prompt),
      " ",
      quiet(
        `${namesTask ? `${group.task}: ` : ""}answer ${group.answer}; ${right} of ${group.candidates.length} samples right`,
      ),
    ],
    blocks: [
      tableOf(
        cots,
        [
          [
            "COT",
            ({ candidate, times }) => [candidate.text, times > 1 && [" ", small(`sampled ${times} times`)]],
            "cot",
          ],
          ["answer", ({ candidate }) => answerCell(candidate)],
          ...arms.map(
            ({ method }, which): ColumnOf<(typeof cots)[number]> => [
              method.label,
              ({ scores }) => decimal(scores[which]),
            ],
          ),
        ],
        {
          label: `COTs of question ${at + 1}`,
          caption: "Sampled from the VFT model; score under each method",
        },
      ),
      {
        block: "paragraph",
        kind: "answers",
        content: [
          strong("Greedy:"),
          predictions.map(({ label, prediction }, which) => [
            which > 0 ? "; " : " ",
            `${label} `,
            answerMark(prediction),
          ]),
        ],
      },
    ],
  };
}

const answerCell = (candidate: Group["candidates"][number]): Inline => [
  answerMark(candidate),
  candidate.correct && candidate.stepsValid === false && [" ", small("by wrong steps")],
];

function answerMark({ extracted, correct }: Pick<Prediction, "extracted" | "correct">): Inline {
  if (correct) return styled("mark right", `✓ right, ${extracted}`);
  return extracted === null
    ? styled("mark none", "∅ no answer")
    : styled("mark wrong", `✗ wrong, ${extracted}`);
}
