import type { Diagnostic, MethodSummary, RunSummary } from "./report/schema.ts";

/** What was warned of while the methods trained, one finding a method: each kind in the words of its first seed. */
export function warnedWhileTraining(
  methods: readonly Pick<MethodSummary, "name" | "label">[],
  training: RunSummary["training"],
): Diagnostic[] {
  return methods.flatMap(({ name, label }): Diagnostic[] => {
    const told = training
      .filter(({ method }) => method === name)
      .flatMap(({ seed, warnings = [] }) => warnings.map((warning) => ({ seed, ...warning })));
    if (told.length === 0) return [];
    const kinds = new Map<string, typeof told>();
    for (const one of told) {
      const kind = one.kind ?? one.text;
      kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
    }
    const inWords = [...kinds.values()].map(([first, ...others]) => {
      const likewise = others.map(({ seed, step }) => `seed ${seed} at step ${step}`).join(", ");
      return `seed ${first!.seed}, step ${first!.step}: ${first!.text}${likewise && ` – likewise ${likewise}`}`;
    });
    return [
      {
        id: "warned-while-training",
        level: "warning",
        method: name,
        text: `${label}: ${inWords.join("; ")}.`,
        evidence: { warnings: told.length, firstStep: Math.min(...told.map(({ step }) => step)) },
      },
    ];
  });
}
