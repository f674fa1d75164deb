import { errorDataName, partName } from "../names.ts";
import { type ErrorName, errors, type MethodName, methods, protocolVersion } from "../protocol.ts";
import type { JsonSchema, ProtocolSchema } from "./schema.ts";

const largest = Number.MAX_SAFE_INTEGER;

const header = `# Generated from ts/bridge/protocol.ts by \`npm run generate\`. Do not edit.
"""The messages between TypeScript and the worker, as msgspec structs."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

PROTOCOL_VERSION = ${protocolVersion}
LARGEST = ${largest}  # what a number of JavaScript's holds exactly
Whole = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]


class Message(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Attributes are snake_case, the JSON fields camelCase. A field that is absent is None."""`;

/** The text of \`py/aft_worker/protocol.py\`. */
export function pythonProtocol(schema: ProtocolSchema): string {
  const written = new Set<string>();
  const blocks: string[] = [];
  const write = (name: string): void => {
    if (written.has(name)) return;
    written.add(name);
    const definition = schema.$defs[name];
    if (definition === undefined) throw new Error(`protocol.ts: no definition ${name}`);
    // An alias or a union is evaluated when the module is imported, so what it names must stand before it.
    for (const used of referencesIn(definition)) write(used);
    blocks.push(define(name, definition, schema));
    if (name === "NonFinite") blocks.push("Real = float | NonFinite");
  };
  for (const name of Object.keys(schema.$defs)) write(name);
  return `${layOut([header, ...blocks, ...methodTable(), ...errorTable()])}\n`;
}

function define(name: string, definition: JsonSchema, schema: ProtocolSchema): string {
  if (definition.$ref !== undefined) return `${name} = ${refName(definition.$ref)}`;
  if (definition.oneOf !== undefined)
    return union(
      name,
      definition.oneOf.map((option) => typeOf(option, name)),
    );
  if (definition.type !== "object" || definition.properties === undefined)
    throw new Error(`protocol.ts: ${name} is neither an object nor a union of objects`);
  return structOf(name, definition, discriminatorOf(name, schema));
}

/** As ruff lays out a line that is longer than its limit. */
const longestLine = 110;

function union(name: string, members: readonly string[]): string {
  const line = `${name} = ${members.join(" | ")}`;
  return line.length <= longestLine ? line : `${name} = (\n    ${members.join("\n    | ")}\n)`;
}

function structOf(name: string, definition: JsonSchema, tagField: string | undefined): string {
  const required = new Set(definition.required);
  const tag = tagField === undefined ? undefined : definition.properties?.[tagField]?.const;
  const bases =
    tag === undefined
      ? "Message, kw_only=True"
      : `Message, kw_only=True, tag_field="${tagField}", tag="${tag}"`;
  const lines = [`class ${name}(${bases}):`];
  if (definition.description !== undefined) lines.push(`    """${sentence(definition.description)}."""`, "");
  for (const [field, fieldSchema] of Object.entries(definition.properties ?? {})) {
    if (field === tagField) continue;
    const type = typeOf(fieldSchema, `${name}.${field}`);
    if (fieldSchema.description !== undefined) lines.push(`    # ${fieldSchema.description}`);
    lines.push(`    ${snakeCase(field)}: ${required.has(field) ? type : `${type} | None = None`}`);
  }
  if (lines.length === 1) lines.push("    pass");
  return lines.join("\n").trimEnd();
}

function typeOf(schema: JsonSchema, where: string): string {
  if (schema.$ref !== undefined) return refName(schema.$ref);
  if (schema.anyOf !== undefined) return realOf(schema.anyOf, where);
  if (schema.enum !== undefined) return `Literal[${schema.enum.map((v) => JSON.stringify(v)).join(", ")}]`;
  switch (schema.type) {
    case "boolean":
      return "bool"; // also for a constant: msgspec has no Literal[False]
    case "string":
      return schema.const === undefined ? constrained("str", schema) : `Literal["${schema.const}"]`;
    case "integer":
      if (schema.maximum === largest && schema.minimum === -largest) return "Whole";
      if (schema.maximum === largest && schema.minimum === 0) return "Count";
      return constrained("int", schema);
    case "number":
      return constrained("float", schema);
    case "array":
      if (schema.prefixItems !== undefined)
        return `tuple[${schema.prefixItems.map((item) => typeOf(item, where)).join(", ")}]`;
      return constrained(`list[${typeOf(schema.items as JsonSchema, where)}]`, schema);
    case "object":
      if (typeof schema.additionalProperties === "object")
        return `dict[str, ${typeOf(schema.additionalProperties, where)}]`;
  }
  throw new Error(`protocol.ts: ${where} has no Python type; give a nested object its own .meta({ id })`);
}

function realOf(options: JsonSchema[], where: string): string {
  const [number, nonFinite] = options;
  if (options.length !== 2 || number?.type !== "number" || nonFinite?.$ref !== "#/$defs/NonFinite")
    throw new Error(`protocol.ts: ${where}: the only plain union is a number or NonFinite`);
  return "Real";
}

function constrained(type: string, schema: JsonSchema): string {
  const limits: [string, number | undefined][] = [
    ["ge", schema.minimum],
    ["gt", schema.exclusiveMinimum],
    ["le", schema.maximum],
    ["lt", schema.exclusiveMaximum],
    ["min_length", schema.minLength ?? schema.minItems],
  ];
  // zod bounds every integer by what a double holds; that says nothing of the field.
  const stated = limits.filter(([, limit]) => limit !== undefined && Math.abs(limit) < largest);
  const parts = stated.map(([name, limit]) => `${name}=${limit}`);
  if (schema.pattern !== undefined) parts.push(`pattern=${JSON.stringify(schema.pattern)}`);
  return parts.length === 0 ? type : `Annotated[${type}, Meta(${parts.join(", ")})]`;
}

function discriminatorOf(name: string, schema: ProtocolSchema): string | undefined {
  for (const definition of Object.values(schema.$defs))
    if (definition.oneOf?.some((option) => option.$ref === `#/$defs/${name}`))
      return definition.discriminator?.propertyName;
  return undefined;
}

function methodTable(): string[] {
  const rows = (Object.keys(methods) as MethodName[]).map((method) => {
    const types = (["params", "result", "progress"] as const).map((part) => partName(method, part));
    const immediate = methods[method].immediate ? "True" : "False";
    return `    "${method}": Method(${[...types, immediate].join(", ")}),`;
  });
  return [
    `class Method(NamedTuple):
    params: type[msgspec.Struct]
    result: type[msgspec.Struct]
    progress: type[msgspec.Struct]
    immediate: bool`,
    `METHODS: dict[str, Method] = {\n${rows.join("\n")}\n}`,
  ];
}

function errorTable(): string[] {
  const names = Object.keys(errors) as ErrorName[];
  const codes = names.map((name) => `    "${name}": ${errors[name].code},`);
  const data = names.map((name) => `    "${name}": ${errorDataName(name)},`);
  return [
    `ERRORS: dict[str, int] = {\n${codes.join("\n")}\n}`,
    `ERROR_DATA: dict[str, type[msgspec.Struct]] = {\n${data.join("\n")}\n}`,
  ];
}

/** Two empty lines round a class, one between assignments: as ruff formats it. */
function layOut(blocks: string[]): string {
  const isClass = (block: string | undefined): boolean =>
    block?.includes("\n    ") === true && !block.endsWith("}");
  return blocks
    .map((block, at) => {
      if (at === 0) return block;
      return `${isClass(block) || isClass(blocks[at - 1]) ? "\n\n\n" : "\n"}${block}`;
    })
    .join("");
}

const refName = (ref: string): string => ref.slice("#/$defs/".length);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `maxNewTokens` -> `max_new_tokens`; refuses a name that msgspec's camelCase rule would not give back. */
function snakeCase(name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const back = snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (back !== name || !/^[a-z]/.test(name)) throw new Error(`protocol.ts: field ${name} is not camelCase`);
  return snake;
}

function referencesIn(schema: JsonSchema): string[] {
  const references: string[] = [];
  JSON.stringify(schema, (key, value: unknown) => {
    if (key === "$ref" && typeof value === "string") references.push(refName(value));
    return value;
  });
  return references;
}
