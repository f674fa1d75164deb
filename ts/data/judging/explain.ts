import type { Question } from "../../core/records.ts";
import { numberPatterns } from "../answers/gsm8k.ts";
import {
  type Asked,
  type ExtractMode,
  type Outcome,
  outcomeOf,
  rightAsPublished,
  type Seen,
} from "../answers/index.ts";
import type { Task } from "../task.ts";

/** What one of a task's rules makes of a text, and what it looked at. */
export interface Explained extends Omit<Outcome, "correct"> {
  /** Whether it is the right answer; left out: none was given. */
  correct?: boolean;
  pattern: string;
  seen: readonly Seen[];
}

export interface Explanation extends Record<ExtractMode, Explained> {
  /** The verdict of GSM8K's own code; only there for its rules, and where the right answer is known. */
  published?: boolean;
}

/** Which rule finds what in a text, where, and why not. */
export function explained(
  task: Task,
  text: string,
  asked: Asked & Partial<Pick<Question, "answer">>,
): Explanation {
  const { answer } = asked;
  const by = (mode: ExtractMode): Explained => {
    const { correct, ...outcome } = outcomeOf(task, text, mode, { ...asked, answer: answer ?? "" });
    const { seen } = outcome.noAnswer === "time limit" ? { seen: [] } : task.read(text, mode, asked);
    return { ...outcome, ...(answer === undefined ? {} : { correct }), pattern: task.patterns[mode], seen };
  };
  const isPublished = answer !== undefined && task.patterns.strict === numberPatterns.strict;
  return {
    strict: by("strict"),
    flexible: by("flexible"),
    ...(isPublished ? { published: rightAsPublished(text, answer) } : {}),
  };
}
