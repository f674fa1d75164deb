import { fileSchema, type Json } from "../editor-schema.ts";

let whole: Json | undefined;

/** A longer text tells the forms of the value, too, after what it is. */
const longest = 80;

/** What the schema says of a setting, by its dotted key: `stages.sample.k`; undefined where it says nothing. */
export function aboutKey(key: string): string | undefined {
  whole ??= fileSchema();
  const texts = key
    .split(".")
    .reduce((nodes, name) => nodes.flatMap((node) => below(node, name)), branches(whole))
    // Of a value among others it tells what that value means, not the key.
    .flatMap(({ description, const: value }) =>
      typeof description === "string" && value === undefined ? [description] : [],
    );
  const [text] = texts;
  return text === undefined || text.length <= longest ? text : text.split(/[:;] /)[0];
}

/** A schema and those that it is one of, references followed. */
function branches(node: unknown): Json[] {
  if (typeof node !== "object" || node === null) return [];
  const { $ref, anyOf, oneOf, allOf } = node as Json;
  if (typeof $ref === "string") return branches(referred($ref));
  return [
    node as Json,
    ...[anyOf, oneOf, allOf].flatMap((all) => (all as Json[] | undefined) ?? []).flatMap(branches),
  ];
}

function below({ properties, additionalProperties }: Json, name: string): Json[] {
  const own = (properties as Json | undefined)?.[name];
  return branches(own ?? additionalProperties);
}

const referred = (reference: string): unknown =>
  reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .reduce<unknown>((node, part) => (node as Json | undefined)?.[part], whole);
