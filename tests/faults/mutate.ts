/** Texts that are nearly right: some signs of theirs, or a value, in the place of others. */
import type { Random } from "../../ts/core/random.ts";

const signs = [
  ...['"', "'", "{", "}", "[", "]", ":", ",", "-", "#", "&a", "*a", "!!js", "|", ">", "%", "\n", "\t", "  "],
  ...[
    "null",
    "0",
    "-1",
    "1e999",
    ".nan",
    "true",
    "\\",
    "\\ud800",
    "\0",
    "\u202e",
    "é",
    "😀",
    "\ufeff",
    "__proto__",
  ],
];

/** Up to three times: a sign put in, some signs taken out, or a piece doubled. */
export function mutatedText(text: string, random: Random): string {
  let found = text;
  for (let times = random.int(1, 3); times > 0; times--) {
    const at = random.int(0, Math.max(0, found.length - 1));
    const [before, after] = [found.slice(0, at), found.slice(at + random.int(0, 4))];
    const kind = random.next();
    const doubled = found.slice(at, at + random.int(1, 60));
    found =
      kind < 0.6
        ? before + random.pick(signs) + after
        : kind < 0.85
          ? before + after
          : before + doubled + found.slice(at);
  }
  return found;
}

const values: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    2 ** 53,
    1e308,
    -1e308,
    1e-308,
    "",
    "\0",
    "a\0b",
    " ",
    "auto",
    "../../..",
    "NaN",
  ],
  ...[
    "x".repeat(5000),
    "/".repeat(300),
    "\u202e",
    "\ud800",
    [],
    [[]],
    {},
    { a: 1 },
    [null],
    "__proto__",
    "constructor",
  ],
];

/** A value with one of its parts left out, doubled, or another. */
export function mutatedValue(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null) return random.pick(values);
  const entries = Object.entries(value);
  if (entries.length === 0 || random.next() < 0.1) return random.pick(values);
  const [key] = random.pick(entries);
  const kind = random.next();
  if (Array.isArray(value)) {
    const at = Number(key);
    if (kind < 0.15) return value.toSpliced(at, 1);
    if (kind < 0.3) return value.toSpliced(at, 0, value[at]);
    return value.with(at, mutatedValue(value[at], random));
  }
  const map = value as Record<string, unknown>;
  if (kind < 0.15) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (kind < 0.25)
    return Object.fromEntries([
      ...entries,
      [random.pick(["__proto__", "constructor", "", "new", `${key}s`]), map[key]],
    ]);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, name === key ? mutatedValue(inner, random) : inner]),
  );
}
