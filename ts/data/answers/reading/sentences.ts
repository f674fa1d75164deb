/** Sentences of tokens, and what kinds of tokens there are. */
import type { Token } from "./lexer.ts";

/** Is a number, or looks like one. */
export const isNumeric = (token: Token): boolean =>
  token.kind === "number" || (token.kind === "bad" && /\p{N}/u.test(token.text));
export const hasNumber = (tokens: readonly Token[]): boolean => tokens.some(isNumeric);

/** The first sentence that says something. */
export function sentenceOf(tokens: readonly Token[]): Token[] {
  return sentencesOf(tokens).find((sentence) => sentence.length > 0) ?? [];
}

export function sentencesOf(tokens: readonly Token[]): Token[][] {
  const sentences: Token[][] = [[]];
  for (const token of tokens)
    if (token.kind === "stop") sentences.push([]);
    else sentences.at(-1)!.push(token);
  return sentences;
}

/** A letter that may stand for a number. */
export const isSymbol = (text: string): boolean =>
  (/^\p{L}$/u.test(text) && /^[\p{Script=Latin}\p{Script=Greek}]/u.test(text) && !/^[aAI]$/.test(text)) ||
  /\d/.test(text);
