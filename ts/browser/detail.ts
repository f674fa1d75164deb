/**
 * One question with everything that was made of it.
 * @typedef {import("./unpack.js").PackedIndex} PackedIndex
 * @typedef {import("./unpack.js").Cot} Cot
 * @typedef {ReturnType<typeof import("./unpack.js").unpackTexts>} Texts
 * @typedef {ReturnType<typeof import("./unpack.js").unpackSamples>} Samples
 * @typedef {{ seed: number, arms: number[], first: number, second: number }} Shown the seed's place, its arms, the two compared
 */
import { comparison } from "./compare.js";
import { cotFacts, cotText, sampleTable } from "./cot.js";
import { answerMark, h, plural, scoreText } from "./dom.js";

/**
 * @param {PackedIndex} index
 * @param {number} q
 * @param {Texts} texts
 * @param {Shown} shown
 */
export function detailHead(index, q, texts, { seed }) {
  const task = index.tasks[index.taskOf[q] ?? 0];
  const share = index.rightShare[q] ?? null;
  const prompt = texts.prompts[seed];
  const facts = [
    `id ${texts.id}`,
    index.tasks.length > 1 && `task ${task?.name}`,
    index.seeds.length > 1 && `seed ${index.seeds[seed]}`,
    share !== null && `${(share / 10).toFixed(0)} % of all COTs to it are right`,
  ].filter((fact) => fact !== false);
  return [
    h("h3", { class: "question-text", tabindex: "-1" }, texts.question),
    h("p", { class: "quiet" }, `right answer ${texts.answer}; ${facts.join("; ")}`),
    texts.reference === undefined
      ? null
      : h(
          "details",
          { open: true },
          h("summary", {}, "Reference solution"),
          h("pre", { class: "cot" }, texts.reference),
        ),
    prompt === undefined
      ? null
      : h(
          "details",
          {},
          h("summary", {}, `The exact prompt (${plural(prompt.length, "character")})`),
          h("pre", { class: "cot" }, prompt),
        ),
  ];
}

/**
 * Every method's greedy COT; methods that wrote the same stand together.
 * @param {PackedIndex} index
 * @param {Texts} texts
 * @param {Shown} shown
 */
export function greedyCards(index, texts, { arms }) {
  /** @type {Map<string, { cot: Cot, by: { label: string, score: number | null }[] }>} */
  const cards = new Map();
  for (const arm of arms) {
    const cot = texts.greedy[arm];
    if (cot === undefined) continue;
    const card = cards.get(cot.text) ?? { cot, by: [] };
    card.by.push({ label: labelOf(index, arm), score: cot.score });
    cards.set(cot.text, card);
  }
  if (cards.size === 0) return null;
  const rule = index.tasks.every(({ extract }) => extract === index.tasks[0]?.extract)
    ? (index.tasks[0]?.extract ?? null)
    : null;
  return h(
    "section",
    {},
    h("h4", {}, "Greedy answers"),
    h(
      "p",
      { class: "quiet note" },
      "Score: mean log-probability of the answer’s tokens, in nats; nearer to 0 is more likely.",
      rule === null ? "" : ` The ${rule} rule decides what is right.`,
    ),
    ...[...cards.values()].map(({ cot, by }) =>
      h(
        "article",
        { class: "cot-card" },
        h(
          "p",
          { class: "by" },
          answerMark(cot),
          ...by.map(({ label, score }) =>
            h("span", { class: "method" }, h("b", {}, label), ` ${scoreText(score)}`),
          ),
        ),
        cotText(cot),
        cotFacts(cot),
      ),
    ),
  );
}

/**
 * @param {PackedIndex} index
 * @param {Texts} texts
 * @param {Samples} samples
 * @param {Shown} shown
 */
export function comparisonOf(index, texts, samples, { seed, arms, first, second }) {
  const cots = arms.flatMap((arm) => {
    const cot = texts.greedy[arm];
    return cot === undefined ? [] : [{ arm, label: `greedy: ${labelOf(index, arm)}`, text: cot.text }];
  });
  const all = [
    ...cots,
    ...(texts.reference === undefined ? [] : [{ label: "reference", text: texts.reference }]),
    ...(samples?.vft[seed] ?? []).map(named("sample of the VFT model")),
    ...arms.flatMap((arm) => (samples?.own[arm] ?? []).map(named(`sample of ${labelOf(index, arm)}`))),
  ];
  if (all.length < 2) return null;
  const place = (/** @type {number} */ arm, /** @type {number} */ other) => {
    const at = cots.findIndex((cot) => cot.arm === arm);
    return at < 0 ? other : at;
  };
  return comparison(all, [place(second, 0), place(first, 1)]);
}

/**
 * @param {PackedIndex} index
 * @param {Samples} samples
 * @param {Shown} shown
 */
export function sampleTables(index, samples, { seed, arms, first, second }) {
  if (samples === undefined) return [];
  const vft = samples.vft[seed] ?? [];
  const scored = arms.flatMap((arm) => {
    const scores = samples.scores[arm];
    return scores === null || scores === undefined ? [] : [{ arm, label: labelOf(index, arm), scores }];
  });
  // The two that are compared stand first.
  const order = [first, second];
  scored.sort((a, b) => rank(order, a.arm) - rank(order, b.arm));
  const own = [...arms]
    .sort((a, b) => rank(order, a) - rank(order, b))
    .filter((arm) => (samples.own[arm]?.length ?? 0) > 0);
  return [
    vft.length > 0 &&
      h(
        "section",
        {},
        h("h4", {}, "The VFT model’s samples, scored by every method"),
        h(
          "p",
          { class: "quiet note" },
          `${rightOf(vft)}. Best score under ${scored[0]?.label ?? "–"} first: a wrong COT above a right one is assessment misalignment.`,
        ),
        sampleTable("The VFT model’s samples", vft, scored),
      ),
    own.length > 0 &&
      h(
        "section",
        {},
        h("h4", {}, "Each method’s own samples"),
        ...own.map((arm) => {
          const cots = samples.own[arm] ?? [];
          const label = labelOf(index, arm);
          return h(
            "details",
            {},
            h("summary", {}, `${label}: ${rightOf(cots)}`),
            sampleTable(`Samples of ${label}, its own score`, cots, [
              { label: "score", scores: cots.map(({ score }) => score) },
            ]),
          );
        }),
      ),
  ];
}

/** @param {PackedIndex} index @param {number} arm */
export const labelOf = (index, arm) => index.methods[index.arms[arm]?.method ?? -1]?.label ?? "–";

/** @param {Cot[]} cots */
const rightOf = (cots) =>
  `${cots.filter(({ correct }) => correct).length} of ${plural(cots.length, "sample")} right`;

/** @param {string} label @returns {(cot: Cot, at: number) => { label: string, text: string }} */
const named =
  (label) =>
  ({ text, correct }, at) => ({ label: `${label} ${at + 1} (${correct ? "right" : "not right"})`, text });

/** @param {number[]} order @param {number} arm */
const rank = (order, arm) => (order.includes(arm) ? order.indexOf(arm) : order.length);
