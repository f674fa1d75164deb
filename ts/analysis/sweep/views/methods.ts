import type { Content } from "../../document/blocks.ts";
import { comparedMethods } from "../../features/compared/view.ts";
import type { MethodSummary } from "../../generated/report.ts";
import { varied } from "../../run/method-words.ts";
import type { SweepNumbers } from "../numbers.ts";

/** Every method of any cell, in words; what varies between the cells is no setting of theirs. */
export const methods = (sweep: SweepNumbers): Content =>
  comparedMethods(sweep.methods.map((method) => sweep.results.keys.reduce(withoutVaried, method)));

function withoutVaried(method: MethodSummary, key: string): MethodSummary {
  const [part, name, ...path] = key.split(".");
  if (part !== "methods" || name !== method.name) return method;
  const isKind = path.length === 0 || path[0] === "method" || path[0] === "constraint";
  return isKind
    ? { ...method, method: varied, settings: {} }
    : { ...method, settings: replaced(method.settings, path) };
}

function replaced(settings: unknown, [name, ...path]: readonly string[]): MethodSummary["settings"] {
  const before = typeof settings === "object" && settings !== null ? settings : {};
  const inner: unknown = Object.entries(before).find(([key]) => key === name)?.[1];
  return { ...before, [name!]: path.length === 0 ? varied : replaced(inner, path) };
}
