import { fileURLToPath } from "node:url";
import { z } from "zod";
import { experimentFileSchema } from "./experiment.ts";

export const editorSchemaPath = fileURLToPath(
  new URL("../../configs/schema/experiment.schema.json", import.meta.url),
);

export type Json = { [key: string]: unknown };

/** One file of an experiment in JSON Schema, as strict as the zod schema. */
export const fileSchema = (): Json =>
  z.toJSONSchema(experimentFileSchema, { io: "input", target: "draft-7" }) as Json;

/**
 * JSON Schema (draft 7, which all YAML editors know) of one file, as text. A file may be a fragment that others
 * complete, so nothing is required, a union's branches may overlap, and null (remove what is inherited) is
 * welcome everywhere; `aft validate` checks the merged whole.
 */
export function editorSchema(): string {
  const loose = loosen(fileSchema()) as Json;
  return `${JSON.stringify({ ...loose, title: "An AFT experiment, or a fragment of one", type: "object" }, null, 2)}\n`;
}

function loosen(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(loosen);
  if (typeof node !== "object" || node === null) return node;
  const { required: _, oneOf, anyOf, properties, ...rest } = node as Json;
  const branches = (oneOf ?? anyOf) as unknown[] | undefined;
  const result = Object.fromEntries(
    Object.entries(rest)
      .filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER)
      .map(([key, value]) => [key, loosen(value)]),
  );
  if (branches !== undefined) result.anyOf = branches.map(loosen);
  if (properties !== undefined)
    result.properties = Object.fromEntries(
      Object.entries(properties as Json).map(([key, value]) => [key, orNull(loosen(value) as Json)]),
    );
  // A name's whole settings may be removed too: `methods.rft: null`.
  const named = result.additionalProperties;
  if (typeof named === "object") result.additionalProperties = orNull(named as Json);
  return result;
}

function orNull(schema: Json): Json {
  if (schema.anyOf !== undefined)
    return { ...schema, anyOf: [...(schema.anyOf as Json[]), { type: "null" }] };
  if (schema.const !== undefined || typeof schema.type !== "string") return schema;
  const choices = schema.enum === undefined ? {} : { enum: [...(schema.enum as unknown[]), null] };
  return { ...schema, ...choices, type: [schema.type, "null"] };
}
