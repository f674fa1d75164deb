/** What is wrong with a row of data, in the words that experiment files use too. */
import { z } from "zod";
import { nearestName, type Problem } from "./errors.ts";
import { dotted, isMap, type Path, type Shape, shapeWithin } from "./shape.ts";
import { inWords, oneOf } from "./words.ts";

type Issue = z.core.$ZodIssue;

const shapes = new WeakMap<z.ZodType, Shape>();

function shapeOf(schema: z.ZodType): Shape {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
    shapes.set(schema, shape);
  }
  return shape;
}

/** zod's issues about one row, each with what was found and what would have been right. */
export const rowProblems = (
  issues: readonly Issue[],
  schema: z.ZodType,
  row: unknown,
  where: string,
): Problem[] =>
  issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownField([...issue.path, key], shapeOf(schema), row, where))
      : [problemOf(issue, shapeOf(schema), row, where)],
  );

function unknownField(path: Path, shape: Shape, row: unknown, where: string): Problem {
  const names = Object.keys(shapeWithin(shape, path.slice(0, -1), row)?.properties ?? {});
  return {
    what: `unknown field ${dotted(path)}`,
    where,
    found: valueAt(row, path),
    expected: oneOf(names),
    nearest: nearestName(String(path.at(-1)), names),
  };
}

function problemOf(issue: Issue, whole: Shape, row: unknown, where: string): Problem {
  const found = valueAt(row, issue.path);
  const shape = shapeWithin(whole, issue.path, row);
  const expected = shape === undefined ? undefined : inWords(shape);
  if (issue.code === "custom") return { what: `field ${dotted(issue.path)}: ${issue.message}`, where, found };
  if (issue.path.length === 0) return { what: "not a row of this kind of file", where, found, expected };
  if (found !== undefined)
    return { what: `bad value for field ${dotted(issue.path)}`, where, found, expected };
  const owner = valueAt(row, issue.path.slice(0, -1));
  const fields = isMap(owner) ? Object.keys(owner) : [];
  const meant = nearestName(String(issue.path.at(-1)), fields);
  return {
    what: `missing field ${dotted(issue.path)}`,
    where,
    found: meant === undefined ? undefined : `a field named ${meant}`,
    expected,
  };
}

const valueAt = (row: unknown, path: Path): unknown =>
  path.reduce(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    row,
  );
