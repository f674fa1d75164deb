import type { z } from "zod";

/**
 * Keys of which one map holds at most one. Where files are merged the later file's choice replaces the earlier
 * one's, so that `steps: 100` over an inherited `epochs: 3` is no conflict; within one file two of them are.
 */
export const exclusiveKeys = [
  ["create", "path", "hub", "get", "gguf"],
  ["epochs", "steps"],
  ["warmupRatio", "warmupSteps"],
] as const;

/** Checks also run when other keys of the same map are bad, so that all errors are reported at once. */
export const evenWhenOthersFail = {
  when: ({ value }: { value: unknown }): boolean => typeof value === "object" && value !== null,
};

/** Adds a problem for each exclusive key beside the first of its kind. */
export function refuseBoth(keys: readonly string[]) {
  return (map: Record<string, unknown>, context: z.RefinementCtx): void => {
    const given = keys.filter((key) => map[key] !== undefined);
    for (const key of given.slice(1))
      context.addIssue({
        code: "custom",
        input: map[key],
        path: [key],
        message: `${given[0]} and ${key} are both given`,
        params: { expected: `only one of ${keys.join(", ")}` },
      });
  };
}
