/** Questions of the run that its work is rehearsed with, and batches of them. */
import type { TrainGroup } from "../../bridge/index.ts";
import type { Trained } from "../stages/cost.ts";

/** A question to rehearse with. */
export interface Example {
  prompt: string;
  response: string;
  /** Tokens of both. */
  tokens: number;
}

/**
 * A batch of examples, of which each of the further responses is another's; less of it where that would take too long.
 * @param number of the batch: each holds others
 */
export function groupsWithin(
  examples: readonly Example[],
  {
    questions,
    responses,
    lengthGrouped = false,
  }: Pick<Trained, "questions" | "responses"> & Partial<Trained>,
  tokens: number,
  number: number,
): TrainGroup[] {
  const groups: TrainGroup[] = [];
  let left = tokens;
  const count = Math.max(1, Math.round(responses));
  const sorted = lengthGrouped ? [...examples].sort((a, b) => a.tokens - b.tokens) : examples;
  // By the golden ratio the lengths of few batches are spread evenly.
  const from = lengthGrouped
    ? ((number * 0.618) % 1) * Math.max(0, examples.length - questions)
    : number * questions;
  for (let at = 0; at < questions && (at === 0 || left > 0); at++) {
    const place = Math.floor(from) + at;
    const first = sorted[place % sorted.length]!;
    left -= first.tokens;
    const group: TrainGroup = {
      id: `${at}`,
      prompt: first.prompt,
      responses: [{ text: first.response, target: true }],
    };
    for (let more = 1; more < count && left > 0; more++) {
      const other = sorted[(place + 7 * more) % sorted.length]!;
      group.responses.push({ text: other.response, target: true });
      left -= other.tokens;
    }
    groups.push(group);
  }
  return groups;
}
