/** JSON as others write it: nothing in it is changed without a word. */
import type { Problem } from "./errors.ts";
import { dotted, isMap, type Path } from "./shape.ts";

/**
 * As `JSON.parse`, but an integer that no number holds exactly (beyond 2^53) keeps its digits, as text.
 * @throws RangeError where lists and maps lie within each other deeper than what walks a value, and writes it, can go
 */
export function parseJson(text: string): unknown {
  // First as it stands: an error tells its place there.
  const value: unknown = JSON.parse(text);
  if (isTooDeep(text)) throw new RangeError(tooDeep);
  return longInteger.test(text) ? JSON.parse(withTextIntegers(text)) : value;
}

const tooDeep = "lists or maps within each other too deep to be read";
const mostLevels = 500;

/** Of what is JSON. */
function isTooDeep(json: string): boolean {
  const bracket = /[[{]/g;
  for (let count = 0; count <= mostLevels; count++) if (!bracket.test(json)) return false;
  const token = /["[\]{}]/g;
  let levels = 0;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [sign] = match;
    if (sign === '"') token.lastIndex = endOfText(json, match.index);
    else levels += sign === "[" || sign === "{" ? 1 : -1;
    if (levels > mostLevels) return true;
  }
  return false;
}

/** As `JSON.parse`, but undefined of what is no JSON: for files that may be damaged, and what others send. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** May be within a text, where it changes nothing. */
const longInteger = /(?:^|[:,[\s])-?\d{16,}(?![\d.eE])/;

function withTextIntegers(json: string): string {
  const token = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  let written = "";
  let end = 0;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [piece] = match;
    if (piece === '"') token.lastIndex = endOfText(json, match.index);
    else if (/^-?\d+$/.test(piece) && !Number.isSafeInteger(Number(piece))) {
      written += `${json.slice(end, match.index)}"${piece}"`;
      end = token.lastIndex;
    }
  }
  return written + json.slice(end);
}

/** Behind the quote that closes the text which begins here. */
function endOfText(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return json.length;
}

/** Half of a pair of UTF-16, as a text cut in the middle of a character has it: no file and no worker can take it. */
const halfCharacter = /[\uD800-\uDFFF]/u;

export const hasHalfCharacter = (text: string): boolean => halfCharacter.test(text);

/** The first text within a value, the names of its fields included, that has half a character in it. */
export function halfCharacterIn(value: unknown, path: Path = []): { path: Path; text: string } | undefined {
  if (typeof value === "string") return hasHalfCharacter(value) ? { path, text: value } : undefined;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const found = typeof item === "number" ? undefined : halfCharacterIn(item, [...path, at]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isMap(value)) return undefined;
  for (const [name, item] of Object.entries(value)) {
    if (hasHalfCharacter(name)) return { path, text: name };
    const found = halfCharacterIn(item, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with a value that was read as JSON of this text: only an escape can have written half a character. */
export function halfCharacterProblem(value: unknown, json: string, where: string): Problem | undefined {
  if (!/\\u[dD][89a-fA-F]/.test(json)) return undefined;
  const broken = halfCharacterIn(value);
  return broken && halfCharacterAt(`field ${dotted(broken.path)}`, broken.text, where);
}

export const halfCharacterAt = (what: string, text: string, where: string | undefined): Problem => ({
  what: `${what}: half of a character, as where a text was cut in the middle of one`,
  where,
  found: text,
  expected: "whole characters (no lone surrogate)",
  fix: "take it out, or put U+FFFD in its place",
});
