import { accuracyAgainst } from "./features/tasks/columns.ts";
import { points, range } from "./report/format.ts";
import type { Diagnostic, MethodSummary, RunSummary } from "./report/schema.ts";

/** Does what a method learned cost it on tasks that it was not trained on? Against the weights that it starts from. */
export function outOfDistribution(
  { name, label }: Pick<MethodSummary, "name" | "label">,
  tasks: RunSummary["tasks"],
): Diagnostic[] {
  const found = tasks
    .filter(({ use }) => use === "evaluate")
    .flatMap((task) => {
      const method = task.methods.find((one) => one.name === name);
      const difference = accuracyAgainst(method, "kept");
      return difference === undefined || difference.value === null
        ? []
        : [{ task: task.name, ...difference, value: difference.value }];
    });
  if (found.length === 0) return [];
  const numbers = found
    .map(({ task, value, interval }) => `${task} ${points(value)} ${range(interval, points)}`.trimEnd())
    .join(", ");
  const lost = found.filter(({ clear, value }) => clear && value < 0).map(({ task }) => task);
  const won = found.filter(({ clear, value }) => clear && value > 0).map(({ task }) => task);
  const verdict =
    lost.length > 0
      ? `it has lost on ${lost.join(", ")} by more than the noise`
      : won.length > 0
        ? `it has gained on ${won.join(", ")} by more than the noise and lost nothing clear`
        : "no change is more than the noise";
  return [
    {
      id: "out-of-distribution",
      level: lost.length > 0 ? "warning" : won.length > 0 ? "fine" : "note",
      method: name,
      text: `${label}: on tasks that it was not trained on ${verdict} (accuracy in points against VFT: ${numbers}).`,
      evidence: Object.fromEntries(found.map(({ task, value }) => [task, value])),
    },
  ];
}
