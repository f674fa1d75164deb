export type Child = string | number | Node | null | undefined | false | Child[];

interface Attributes {
  [name: string]: string | number | boolean | undefined | ((event: never) => unknown);
}

/**
 * An element with attributes and children; texts stay texts, whatever they hold. Attributes that are false or undefined are
 * left out, `on...` are listeners.
 * @param selector a tag with its classes: `p.quiet.note`
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  selector: Tag | `${Tag}.${string}`,
  ...parts: (Child | Attributes)[]
): HTMLElementTagNameMap[Tag] {
  const [tag, ...classes] = selector.split(".") as [Tag, ...string[]];
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const part of parts)
    if (isAttributes(part)) setAttributes(element, part);
    else element.append(...nodes(part));
  return element;
}

const isAttributes = (part: Child | Attributes): part is Attributes =>
  typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype;

function setAttributes(element: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

export function nodes(child: Child): (Node | string)[] {
  if (child === null || child === undefined || child === false) return [];
  if (Array.isArray(child)) return child.flatMap(nodes);
  return [typeof child === "number" ? String(child) : child];
}

/** Words for those who listen. */
export const unseen = (text: string): HTMLElement => h("span.unseen", text);

/** @param score nats */
export function scoreText(score: number | null | undefined): string {
  if (score === null || score === undefined) return "–";
  const text = Math.abs(score).toFixed(3);
  return score < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? noun : `${noun}s`}`;

const outcomes: Record<string, [sign: string, word: string, kind: string]> = {
  r: ["✓", "right", "right"],
  w: ["✗", "wrong", "wrong"],
  n: ["∅", "no answer", "none"],
  "-": ["·", "not asked", "none"],
};

/** A sign, and its word where it is not said otherwise. */
export function shortMark(outcome: string, label: string): HTMLElement {
  const [sign, word, kind] = outcomes[outcome] ?? outcomes["-"]!;
  return h(`span.mark.${kind}`, h("span", { "aria-hidden": "true" }, sign), unseen(word), ` ${label}`);
}

export function answerMark({
  correct,
  extracted,
}: {
  correct: boolean;
  extracted: string | null;
}): HTMLElement {
  const [sign, word, kind] = outcomes[correct ? "r" : extracted === null ? "n" : "w"]!;
  const answer = extracted === null ? word : `${word}, ${extracted}`;
  return h(`span.mark.${kind}`, h("span", { "aria-hidden": "true" }, `${sign} `), answer);
}
