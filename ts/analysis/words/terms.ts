/** The words of texts, tables and charts: what they mean, in full and in few words. Whatever shows them takes them from here. */
import { constraintOf } from "../../config/index.ts";
import type { MethodSummary } from "../generated/report.ts";

/** A word that a reader may not know. */
export interface Term {
  term: string;
  /** What else it is called in texts. */
  also?: string[];
  /** Beside results, where there is little room; left out: told in full only. */
  brief?: string;
  /** In full; left out: the methods' own table tells it. */
  meaning?: string;
}

type Told = Pick<MethodSummary, "label" | "method" | "role" | "k" | "settings">;

/** That of a difference which its interval decides; the same words everywhere. */
const significant: Term = {
  term: "significant",
  brief: "its 95 % interval, for all comparisons together, leaves out 0; unclear: not",
  meaning:
    "of a difference: its 95 % interval, as wide as is right for all comparisons together, leaves out 0. It answers for other questions of the same kind and, of several seeds, for other seeds; of one seed it says nothing of another training. “Unclear” is what is not significant: no proof that there is no difference.",
};

const baselines = (methods: readonly Told[]): Term[] => {
  const continued = methods.find(({ role }) => role === "continued")?.label;
  return [
    {
      term: "VFT",
      brief: "fine-tuning on worked solutions; all go on from it",
      meaning:
        "vanilla fine-tuning: training on reference solutions, token by token. All methods start from the model that it gives, “the VFT model”.",
    },
    ...(continued === undefined
      ? []
      : [
          {
            term: "continued VFT",
            also: [continued],
            brief: "as many steps more of it, the fair baseline",
            meaning:
              "the same further steps on the reference solutions alone. Without it, “better than VFT” may only mean “more training”.",
          },
        ]),
  ];
};

/** What the methods that learn from samples are called by. */
function aligned(methods: readonly Told[]): Term[] {
  const isThere = (name: string): boolean => methods.some(({ method }) => method === name);
  const constraints = new Set(
    methods.flatMap(({ settings: { constraint } }) =>
      typeof constraint === "string" ? [constraintOf({ constraint })] : [],
    ),
  );
  return [
    ...(isThere("rft") ? [{ term: "RFT", brief: "trained on its own right samples too" }] : []),
    ...(isThere("aft") ? [{ term: "AFT", brief: "right samples raised above wrong ones" }] : []),
    ...(constraints.has("detached")
      ? [{ term: "DC", brief: "detached constraint, nothing pushes wrong ones down" }]
      : []),
    ...(constraints.has("boundary")
      ? [{ term: "BC", brief: "boundary constraint, they are held just below right ones" }]
      : []),
  ];
}

const solutions: Term[] = [
  {
    term: "COT",
    brief: "worked solution (chain of thought)",
    meaning:
      "chain of thought: a worked solution that ends in a final answer. It is right or wrong (positive or negative) by that answer alone.",
  },
  {
    term: "greedy",
    brief: "likeliest token each time; a sample is drawn at random",
    meaning:
      "the model writes the likeliest token each time: one answer, always the same. A sample is drawn at random instead.",
  },
];

const measures: Term[] = [
  {
    term: "points",
    brief: "percentage points",
    meaning: "percentage points: from 40 % to 42 % are 2 points.",
  },
  {
    term: "score",
    meaning:
      "of a COT: its mean log-probability a token under the model, its end-of-sequence token included. Nearer to 0 is likelier.",
  },
  {
    term: "perplexity",
    brief: "1 is certain, higher less likely",
    meaning:
      "mean over COTs of exp(−score). 1 is certain; where it rises for right COTs, good text has become unlikely.",
  },
  {
    term: "assessment accuracy",
    brief: "of pairs of a right and a wrong COT, in how many the right one scores higher",
    meaning:
      "of all pairs of a right and a wrong COT to the same question, the share in which the model scores the right one higher, ties counted half; guessing gives 50 %. Micro pools all pairs, macro averages questions. All methods score the same COTs: those that the VFT model sampled.",
  },
];

/** @param k samples a question */
const votes = (k: number): Term[] =>
  k < 2
    ? []
    : [
        {
          term: `maj@${k}`,
          meaning: `the most frequent answer of ${k} samples is right (self-consistency); a sample without a readable answer does not vote; ties count by their expected accuracy.`,
        },
        { term: `pass@${k}`, meaning: `at least one of ${k} samples is right (unbiased estimator).` },
      ];

/** How methods are called. */
export const methodTerms = (methods: readonly Told[]): Term[] => [...baselines(methods), ...aligned(methods)];

/**
 * Those that the results of these methods need, in the order in which they build on each other.
 * @param areCompared anything is held against anything
 */
export const termsOf = (methods: readonly Told[], areCompared = methods.length > 1): Term[] => [
  ...methodTerms(methods),
  ...solutions,
  ...(areCompared ? [significant] : []),
  ...measures,
  ...votes(Math.max(0, ...methods.map(({ k }) => k))),
];
