import { boundaryBetaKey, boundaryBetaOf, type Method } from "../methods/index.ts";
import type { Watch } from "../schema/stages.ts";
import type { Report } from "./report.ts";

/** What goes by validation questions: looks while training, early stopping, and searching for beta. */
export function checkValidation(
  methods: Readonly<Record<string, Method>>,
  watch: Watch | undefined,
  validation: number | undefined,
  report: Report,
): void {
  if (watch?.every === 0 && watch.patience !== undefined)
    report(
      ["stages", "watch", "patience"],
      "nothing is looked at while training: stages.watch.every is 0",
      watch.patience,
      "stages.watch.every of at least 1 beside it",
    );
  if (validation === undefined) return;
  if (validation === 0 && watch !== undefined && watch.every > 0)
    report(
      ["stages", "watch", "every"],
      "looks at validation questions, and the task has none",
      watch.every,
      "0, or a task with validation questions",
    );
  for (const [name, method] of Object.entries(methods)) {
    const beta = boundaryBetaOf(method);
    if (typeof beta !== "object") continue;
    const path = ["methods", name, boundaryBetaKey(method)!];
    if (validation === 0)
      report(
        [...path, "search"],
        "searches on validation questions, and the task has none",
        beta.search,
        "a number, auto, or a task with validation questions",
      );
    else if (beta.questions !== undefined && beta.questions > validation)
      report(
        [...path, "questions"],
        `more than the ${validation} validation questions that the task has`,
        beta.questions,
        `at most ${validation}`,
      );
  }
}
