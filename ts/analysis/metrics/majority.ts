import type { JudgedCandidate } from "../../core/records.ts";
import { noShare, type Tally } from "./tally.ts";

/**
 * Self-consistency (maj@k) of one question: the chance that the most frequent extracted answer is right, a tie
 * being broken at random. A candidate without an extracted answer never votes; where none has one, the
 * question counts as wrong. k is the most samples that a question has; with fewer it has no share, as in pass@k.
 */
export function majorityTally(candidates: readonly JudgedCandidate[], k: number): Tally {
  if (k === 0 || candidates.length < k) return noShare;
  const votes = new Map<string, { votes: number; correct: number }>();
  for (const { extracted, correct } of candidates) {
    if (extracted === null) continue;
    const ballot = ballotOf(extracted);
    const count = votes.get(ballot) ?? { votes: 0, correct: 0 };
    count.votes++;
    if (correct) count.correct++;
    votes.set(ballot, count);
  }
  const counts = [...votes.values()];
  const most = counts.reduce((highest, count) => Math.max(highest, count.votes), 0);
  const winners = counts.filter((count) => count.votes === most);
  const expected = winners.reduce((sum, winner) => sum + winner.correct / winner.votes, 0) / winners.length;
  return { numerator: winners.length === 0 ? 0 : expected, denominator: 1 };
}

/**
 * The name under which an answer votes: a plain decimal number in one spelling ("18", "18.00", "$1,800" and
 * "1800" alike), anything else as it stands. Done on the text, so that no digit of a long number is lost.
 */
export function ballotOf(answer: string): string {
  const text = answer.trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.replaceAll(/[$,]/g, ""));
  if (match === null || `${match[2]}${match[3] ?? ""}` === "") return text;
  const whole = match[2]!.replace(/^0+/, "") || "0";
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  const number = fraction === "" ? whole : `${whole}.${fraction}`;
  return match[1] === "-" && number !== "0" ? `-${number}` : number;
}
