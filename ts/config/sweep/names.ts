import { digestOf } from "../../core/digest.ts";
import { isMap } from "../../core/shape.ts";

/** Folder names may be 255 bytes long; some tools are stricter. */
const longestName = 120;
const longestValue = 40;

/**
 * A cell's name from what it sets: `k=3,beta=0.1`. Readable, and safe as a folder's name: letters, digits and `=,.+-_~`.
 * @param cells each cell's keys and values
 */
export function cellNames(cells: readonly Readonly<Record<string, unknown>>[]): string[] {
  const keys = [...new Set(cells.flatMap((settings) => Object.keys(settings)))];
  const short = new Map(keys.map((key) => [key, safe(shortKey(key, keys))]));
  const names = cells.map((settings) => {
    const name = Object.entries(settings)
      .map(([key, value]) => `${short.get(key)}=${valueText(value)}`)
      .join(",");
    return name.length > longestName ? marked(name.slice(0, longestName - 7), settings) : name;
  });
  // Some file systems take names that differ in case alone for one.
  const digests = new Map<string, Set<string>>();
  for (const [at, name] of names.entries()) {
    const key = name.toLowerCase();
    digests.set(key, (digests.get(key) ?? new Set()).add(digestOf(cells[at])));
  }
  return names.map((name, at) =>
    digests.get(name.toLowerCase())!.size === 1 ? name : marked(name, cells[at]!),
  );
}

const marked = (name: string, settings: Readonly<Record<string, unknown>>): string =>
  `${name}~${digestOf(settings).slice(0, 6)}`;

/** The last parts of a dotted key, as many as distinguish it from the others: `k`, or `sample.k` beside `evaluate.k`. */
export function shortKey(key: string, keys: readonly string[]): string {
  const parts = key.split(".");
  for (let from = parts.length - 1; from > 0; from--) {
    const end = parts.slice(from).join(".");
    if (keys.every((name) => name === key || (name !== end && !name.endsWith(`.${end}`)))) return end;
  }
  return key;
}

function valueText(value: unknown): string {
  if (value === null) return "none";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return cut(safe(value));
  if (Array.isArray(value) && value.every((item) => !isMap(item) && !Array.isArray(item)))
    return cut(value.map(valueText).join("+") || "empty");
  return cut(safe(JSON.stringify(value)));
}

const cut = (text: string): string =>
  text.length > longestValue ? `${text.slice(0, longestValue - 7)}~${digestOf(text).slice(0, 6)}` : text;

const safe = (text: string): string =>
  text.replaceAll(/[^A-Za-z0-9._+-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "") || "empty";
