/** What a zod schema accepts, as JSON Schema: messages about bad values are put together from it. */

/** The parts of JSON Schema that our own schemas use. */
export interface Shape {
  type?: string | string[];
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
  minLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  pattern?: string;
  description?: string;
}

/** The keys and indices that lead to a value. */
export type Path = readonly PropertyKey[];

/** `candidates.3.text` */
export const dotted = (path: Path): string => path.map(String).join(".");

/** The schema of a map's key; undefined for a key that it does not name, and so for `constructor`, which every object has. */
export const propertyOf = (branch: Shape, key: PropertyKey): Shape | undefined =>
  branch.properties !== undefined && Object.hasOwn(branch.properties, key)
    ? branch.properties[String(key)]
    : undefined;

/** The branches of a union, nested unions laid flat; a schema that is no union is its own only branch. */
export const branchesOf = (shape: Shape): Shape[] => {
  const branches = shape.oneOf ?? shape.anyOf;
  return branches === undefined ? [shape] : branches.flatMap(branchesOf);
};

/** The branch whose fixed values (`method: aft`) agree best with the map that was written. */
export function branchFor(shape: Shape, value: unknown): Shape {
  const every = branchesOf(shape);
  const ofItsKind = every.filter((branch) => isMap(value) === (branch.properties !== undefined));
  const branches = ofItsKind.length > 0 ? ofItsKind : every;
  const agreement = (branch: Shape): number =>
    constantsOf(branch)
      .map(([key, constant]) =>
        !isMap(value) || !Object.hasOwn(value, key) ? 0 : value[key] === constant ? 1 : -1,
      )
      .reduce<number>((sum, sign) => sum + sign, 0);
  return branches.reduce((best, branch) => (agreement(branch) > agreement(best) ? branch : best));
}

export const constantsOf = (branch: Shape): [string, unknown][] =>
  Object.entries(branch.properties ?? {})
    .filter(([, property]) => property.const !== undefined)
    .map(([key, property]) => [key, property.const]);

/** The schema of the value at a path within `root`, unions resolved by the values around it; undefined for an unknown path. */
export function shapeWithin(shape: Shape, path: Path, root: unknown): Shape | undefined {
  let inner: Shape | undefined = shape;
  let value = root;
  for (const step of path) {
    if (inner === undefined) return undefined;
    inner = below(branchFor(inner, value), step, agreeing(inner, value, step));
    value =
      isMap(value) || Array.isArray(value) ? Object.getOwnPropertyDescriptor(value, step)?.value : undefined;
  }
  return inner;
}

/** The branches that no fixed value but the one at `step` rules out; all of them when each is ruled out. */
function agreeing(union: Shape, value: unknown, step: PropertyKey): Shape[] {
  const branches = branchesOf(union);
  const left = branches.filter((branch) =>
    constantsOf(branch).every(
      ([key, constant]) =>
        key === step || !isMap(value) || !Object.hasOwn(value, key) || value[key] === constant,
    ),
  );
  return left.length > 0 ? left : branches;
}

function below(branch: Shape, step: PropertyKey, branches: readonly Shape[]): Shape | undefined {
  if (typeof step === "number") return branch.prefixItems?.[step] ?? branch.items;
  const constants = branches.map((one) => propertyOf(one, step)?.const);
  const named = [...new Set(constants.filter((constant) => constant !== undefined))];
  // A discriminator: any of the union's values would have been right.
  if (named.length > 1) return { enum: named };
  const property = propertyOf(branch, step);
  if (property !== undefined) return property;
  return typeof branch.additionalProperties === "object" ? branch.additionalProperties : undefined;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
