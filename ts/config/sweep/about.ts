import { propertyOf, type Shape } from "../../core/shape.ts";
import { fileSchema } from "../editor-schema.ts";

let whole: Shape | undefined;

/** A longer text also describes the forms of the value, after what it is. */
const longest = 80;

/** What the schema says of a setting, by its dotted key: `stages.sample.k`; undefined where it says nothing. */
export function aboutKey(key: string): string | undefined {
  whole ??= fileSchema() as Shape;
  const [text] = key
    .split(".")
    .reduce((shapes, name) => shapes.flatMap((shape) => below(shape, name)), withBranches(whole))
    // The description of a fixed value says what that value means, not the key.
    .flatMap(({ description, const: value }) =>
      description !== undefined && value === undefined ? [description] : [],
    );
  return text === undefined || text.length <= longest ? text : text.split(/[:;] /)[0];
}

/** A schema and all those of which it is a union. */
const withBranches = (shape: Shape): Shape[] => [
  shape,
  ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? [])].flatMap(withBranches),
];

function below(shape: Shape, name: string): Shape[] {
  const inner = propertyOf(shape, name) ?? shape.additionalProperties;
  return typeof inner === "object" ? withBranches(inner) : [];
}
