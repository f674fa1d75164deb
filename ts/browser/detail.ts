/** One question with everything that was made of it. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { comparison } from "./compare.ts";
import { cotFacts, cotText, sampleTable } from "./cot.ts";
import { answerMark, type Child, h, plural, scoreText } from "./dom.ts";
import { type Cot, labelOf, type Samples, type Texts } from "./unpack.ts";

/** What is shown of a question: the seed's place, its arms, and the two of them that are compared. */
export interface Shown {
  seed: number;
  arms: number[];
  first: number;
  second: number;
}

export interface Question {
  index: PackedIndex;
  /** Its place in the index. */
  q: number;
  texts: Texts;
  /** Undefined: they were left out. */
  samples: Samples | undefined;
  shown: Shown;
}

export const questionDetail = (question: Question): Child[] => [
  questionHead(question),
  greedyCards(question),
  comparisonOf(question),
  scoredSamples(question),
  ownSamples(question),
  question.samples === undefined &&
    question.index.withSamples > 0 &&
    h("p.quiet", "The samples of this question were left out to keep the report small."),
];

function questionHead({ index, q, texts, shown: { seed } }: Question): Child[] {
  const share = index.rightShare[q] ?? null;
  const prompt = texts.prompts[seed];
  const facts = [
    `right answer ${texts.answer}`,
    `id ${texts.id}`,
    index.tasks.length > 1 && `task ${index.tasks[index.taskOf[q] ?? 0]?.name}`,
    index.seeds.length > 1 && `seed ${index.seeds[seed]}`,
    share !== null && `${(share / 10).toFixed(0)} % of all COTs to it are right`,
  ];
  return [
    h("h3.question-text", { tabindex: -1 }, texts.question),
    h("p.quiet", facts.filter((fact) => fact !== false).join("; ")),
    texts.reference !== undefined &&
      h("details", { open: true }, h("summary", "Reference solution"), h("pre.cot", texts.reference)),
    prompt !== undefined &&
      h(
        "details",
        h("summary", `The exact prompt (${plural(prompt.length, "character")})`),
        h("pre.cot", prompt),
      ),
  ];
}

/** Every method's greedy COT; methods that wrote the same stand together. */
function greedyCards({ index, texts, shown: { arms } }: Question): Child {
  const cards = new Map<string, { cot: Cot; by: { label: string; score: number | null }[] }>();
  for (const arm of arms) {
    const cot = texts.greedy[arm];
    if (cot === undefined) continue;
    const card = cards.get(cot.text) ?? { cot, by: [] };
    card.by.push({ label: labelOf(index, arm), score: cot.score });
    cards.set(cot.text, card);
  }
  if (cards.size === 0) return null;
  const [rule, ...otherRules] = new Set(index.tasks.map(({ extract }) => extract));
  return h(
    "section",
    h("h4", "Greedy answers"),
    h(
      "p.quiet.note",
      "Score: mean log-probability of the answer’s tokens, in nats; nearer to 0 is more likely.",
      rule && otherRules.length === 0 && ` The ${rule} rule decides what is right.`,
    ),
    [...cards.values()].map(({ cot, by }) =>
      h(
        "article.cot-card",
        h(
          "p.by",
          answerMark(cot),
          by.map(({ label, score }) => h("span.method", h("b", label), ` ${scoreText(score)}`)),
        ),
        cotText(cot),
        cotFacts(cot),
      ),
    ),
  );
}

function comparisonOf({ index, texts, samples, shown }: Question): Child {
  const { seed, arms, first, second } = shown;
  const answered = arms.filter((arm) => texts.greedy[arm] !== undefined);
  const sampled = (label: string, cots: Cot[] = []) =>
    cots.map(({ text, correct }, at) => ({
      label: `${label} ${at + 1} (${correct ? "right" : "not right"})`,
      text,
    }));
  const candidates = [
    ...answered.map((arm) => ({ label: `greedy: ${labelOf(index, arm)}`, text: texts.greedy[arm]!.text })),
    ...(texts.reference === undefined ? [] : [{ label: "reference", text: texts.reference }]),
    ...sampled("sample of the VFT model", samples?.vft[seed]),
    ...arms.flatMap((arm) => sampled(`sample of ${labelOf(index, arm)}`, samples?.byArm[arm])),
  ];
  if (candidates.length < 2) return null;
  const placeOf = (arm: number, otherwise: number): number =>
    answered.includes(arm) ? answered.indexOf(arm) : otherwise;
  return comparison(candidates, [placeOf(second, 0), placeOf(first, 1)]);
}

function scoredSamples({ index, samples, shown }: Question): Child {
  const cots = samples?.vft[shown.seed] ?? [];
  if (cots.length === 0) return null;
  const columns = inOrder(shown).flatMap((arm) => {
    const scores = samples?.vftScores[arm] ?? null;
    return scores === null ? [] : [{ label: labelOf(index, arm), scores }];
  });
  return h(
    "section",
    h("h4", "The VFT model’s samples, scored by every method"),
    h(
      "p.quiet.note",
      `${rightOf(cots)}. Best score under ${columns[0]?.label ?? "–"} first: a wrong COT above a right one is assessment misalignment.`,
    ),
    sampleTable("The VFT model’s samples", cots, columns),
  );
}

function ownSamples({ index, samples, shown }: Question): Child {
  const arms = inOrder(shown).filter((arm) => (samples?.byArm[arm]?.length ?? 0) > 0);
  if (arms.length === 0) return null;
  return h(
    "section",
    h("h4", "Each method’s own samples"),
    arms.map((arm) => {
      const [label, cots] = [labelOf(index, arm), samples?.byArm[arm] ?? []];
      return h(
        "details",
        h("summary", `${label}: ${rightOf(cots)}`),
        sampleTable(`Samples of ${label}, its own score`, cots, [
          { label: "score", scores: cots.map(({ score }) => score) },
        ]),
      );
    }),
  );
}

/** The two arms that are compared stand first. */
const inOrder = ({ arms, first, second }: Shown): number[] => [
  ...new Set([...[first, second].filter((arm) => arms.includes(arm)), ...arms]),
];

const rightOf = (cots: Cot[]): string =>
  `${cots.filter(({ correct }) => correct).length} of ${plural(cots.length, "sample")} right`;
