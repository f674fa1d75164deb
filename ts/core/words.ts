import { branchesOf, constantsOf, type Shape } from "./shape.ts";

/** Regular expressions, by their source, in the words that a message uses instead. */
export type Forms = ReadonlyMap<string, string>;

/** What a value may be, in words: "a number greater than 0", "one of cosine, linear, constant". */
export function inWords(shape: Shape, forms: Forms = new Map()): string {
  if (shape.const !== undefined) return String(shape.const);
  if (shape.enum !== undefined) return oneOf(shape.enum.map(String));
  if (Array.isArray(shape.type))
    return shape.type.map((type) => inWords({ ...shape, type }, forms)).join(" or ");
  const branches = branchesOf(shape);
  if (branches.length > 1) {
    const key = discriminator(branches);
    return key === undefined ? anyOf(branches.map((branch) => inWords(branch, forms))) : `a map with ${key}`;
  }
  switch (shape.type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number${bounds(shape)}`;
    case "number":
      return `a number${bounds(shape)}`;
    case "null":
      return "null";
    case "string":
      if (shape.pattern !== undefined)
        return forms.get(shape.pattern) ?? `text that matches ${shape.pattern}`;
      return shape.minLength === undefined ? "text" : "text that is not empty";
    case "array":
      return list(shape, forms);
    default:
      return map(shape);
  }
}

export const oneOf = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `one of ${names.join(", ")}`;

/** "a, b or c" */
export const anyOf = (choices: readonly string[]): string =>
  choices.length < 3 ? choices.join(" or ") : `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;

/** zod writes the range of exact integers as bounds: they are no user's business. */
const isBound = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Shape): string {
  if (isBound(minimum) && isBound(maximum)) return ` from ${minimum} to ${maximum}`;
  const lowest = isBound(minimum)
    ? `at least ${minimum}`
    : isBound(exclusiveMinimum) && `greater than ${exclusiveMinimum}`;
  const highest = isBound(maximum)
    ? `at most ${maximum}`
    : isBound(exclusiveMaximum) && `less than ${exclusiveMaximum}`;
  const parts = [lowest, highest].filter((part) => part !== false).join(" and ");
  return parts === "" ? "" : parts.startsWith("at") ? ` of ${parts}` : ` ${parts}`;
}

function list(shape: Shape, forms: Forms): string {
  if (shape.prefixItems !== undefined)
    return `a list of ${shape.prefixItems.length}, each ${inWords(shape.prefixItems[0]!, forms)}`;
  const atLeast = shape.minItems === undefined ? "a list" : `a list of at least ${shape.minItems}`;
  return shape.items === undefined ? atLeast : `${atLeast}, each ${inWords(shape.items, forms)}`;
}

function map(shape: Shape): string {
  if (shape.properties === undefined) return "a map of names to settings";
  const needed = shape.required ?? [];
  const rest = Object.keys(shape.properties).filter((key) => !needed.includes(key));
  if (needed.length === 0) return `a map with any of the keys ${rest.join(", ")}`;
  return `a map with ${needed.join(", ")}${rest.length === 0 ? "" : ` (and ${rest.join(", ")})`}`;
}

/** The key by which a union's branches differ; undefined for a union of plain values. */
function discriminator(branches: readonly Shape[]): string | undefined {
  const key = constantsOf(branches[0]!)[0]?.[0];
  if (key === undefined) return undefined;
  const values = branches.map((branch) => String(branch.properties?.[key]?.const));
  return `${key}: ${oneOf([...new Set(values)])}`;
}
