import { z } from "zod";
import { experimentSchema } from "../schema/experiment.ts";
import type { Path } from "../source/tree.ts";

/** The parts of JSON Schema that our own schemas use. */
export interface Shape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  required?: string[];
  items?: Shape;
  prefixItems?: Shape[];
  minItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  pattern?: string;
  description?: string;
}

export const experimentShape = z.toJSONSchema(experimentSchema, { io: "input" }) as Shape;

/** The branches of a union, nested unions laid flat; a schema that is no union is its own only branch. */
export const branchesOf = (shape: Shape): Shape[] => {
  const branches = shape.oneOf ?? shape.anyOf;
  return branches === undefined ? [shape] : branches.flatMap(branchesOf);
};

/** The branch whose fixed values (`method: aft`) agree best with the map that was written. */
export function branchFor(shape: Shape, value: unknown): Shape {
  const branches = branchesOf(shape);
  const agreement = (branch: Shape): number =>
    constantsOf(branch).filter(([key, constant]) => isMap(value) && value[key] === constant).length -
    constantsOf(branch).filter(([key, constant]) => isMap(value) && key in value && value[key] !== constant)
      .length;
  return branches.reduce((best, branch) => (agreement(branch) > agreement(best) ? branch : best));
}

export const constantsOf = (branch: Shape): [string, unknown][] =>
  Object.entries(branch.properties ?? {})
    .filter(([, property]) => property.const !== undefined)
    .map(([key, property]) => [key, property.const]);

/** The schema of the value at a path, unions resolved by the values around it; undefined for an unknown path. */
export function shapeAt(path: Path, root: unknown): Shape | undefined {
  let shape: Shape | undefined = experimentShape;
  let value = root;
  for (const step of path) {
    if (shape === undefined) return undefined;
    shape = below(branchFor(shape, value), step, shape);
    value = isMap(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return shape;
}

function below(branch: Shape, step: PropertyKey, union: Shape): Shape | undefined {
  if (typeof step === "number") return branch.prefixItems?.[step] ?? branch.items;
  const constants = branchesOf(union).map((each) => each.properties?.[String(step)]?.const);
  const named = [...new Set(constants.filter((constant) => constant !== undefined))];
  // A discriminator: any of the union's values would have been right.
  if (named.length > 1) return { enum: named };
  const property = branch.properties?.[String(step)];
  if (property !== undefined) return property;
  return typeof branch.additionalProperties === "object" ? branch.additionalProperties : undefined;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
