/**
 * @typedef {string | number | Node | null | undefined | false} Child
 * @typedef {Child | Child[]} Children
 */

/**
 * An element with attributes and children; texts stay texts, whatever they hold. Attributes that are false or undefined are
 * left out, `on...` are listeners.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Children} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** @param {Children[]} children @returns {(Node | string)[]} */
const nodes = (children) =>
  children
    .flat()
    .flatMap((child) =>
      child === null || child === undefined || child === false
        ? []
        : [typeof child === "number" ? String(child) : child],
    );

/** Words for those who listen. @param {string} text */
export const unseen = (text) => h("span", { class: "unseen" }, text);

/** @param {number | null | undefined} score nats */
export const scoreText = (score) => {
  if (score === null || score === undefined) return "–";
  const text = Math.abs(score).toFixed(3);
  return score < 0 && Number(text) !== 0 ? `−${text}` : text;
};

/** @param {number} n @param {string} one */
export const plural = (n, one) => `${n.toLocaleString("en-US")} ${n === 1 ? one : `${one}s`}`;

/** @type {Record<string, [sign: string, word: string, kind: string]>} */
const outcomes = {
  r: ["✓", "right", "right"],
  w: ["✗", "wrong", "wrong"],
  n: ["∅", "no answer", "none"],
  "-": ["·", "not asked", "none"],
};

/**
 * A sign, and its word where it is not said otherwise.
 * @param {string} outcome
 * @param {string} label
 */
export function shortMark(outcome, label) {
  const [sign, word, kind] = outcomes[outcome] ?? ["·", "not asked", "none"];
  return h(
    "span",
    { class: `mark ${kind}` },
    h("span", { "aria-hidden": "true" }, sign),
    unseen(word),
    ` ${label}`,
  );
}

/** @param {{ correct: boolean, extracted: string | null }} cot */
export function answerMark({ correct, extracted }) {
  const [sign, word, kind] = outcomes[correct ? "r" : extracted === null ? "n" : "w"] ?? ["", "", ""];
  return h(
    "span",
    { class: `mark ${kind}` },
    h("span", { "aria-hidden": "true" }, `${sign} `),
    extracted === null ? word : `${word}, ${extracted}`,
  );
}
