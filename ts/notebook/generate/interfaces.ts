/** TypeScript interfaces from zod schemas, as text: what `z.output` infers, with a name and a doc comment everywhere. */
import { z } from "zod";

/** A schema that gets a name of its own, and what is said of it. */
export interface Named {
  schema: z.ZodType;
  doc: string;
  /** Objects within it are written where they stand, with no names of their own. */
  inline?: boolean;
}

export interface Interfaces {
  /** The declarations, one after another. */
  text: string;
  /** Fields that say nothing of themselves, as `Interface.field`. */
  bare: string[];
}

// zod's own types of a definition are many; here one shape with all that is looked at.
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  element?: z.ZodType;
  innerType?: z.ZodType;
  items?: z.ZodType[];
  options?: z.ZodType[];
  discriminator?: string;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
  values?: unknown[];
  entries?: Record<string, string>;
}

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

/** Wrappers that change what may be left out, not what is there. */
const transparent = new Set(["optional", "default", "prefault"]);

/**
 * The interfaces of named schemas and of every object within them. One without a name is called by where it stands:
 * `counts` of `MethodSummary` is `MethodSummaryCounts`; an option of a union by what tells it from the others.
 * @throws Error for a kind of schema that is not known here, or two schemas of one name
 */
export function interfacesOf(named: Readonly<Record<string, Named>>): Interfaces {
  const names = new Map<z.ZodType, string>();
  const declared = new Map<string, string>();
  const bare: string[] = [];
  let inline = false;
  for (const [name, { schema }] of Object.entries(named)) names.set(schema, name);

  /** The name that a schema has already, as itself or before `.meta()` made a copy of it. */
  function nameOf(schema: z.ZodType | undefined): string | undefined {
    return schema && (names.get(schema) ?? nameOf(schema._zod.parent as z.ZodType | undefined));
  }

  /** A type's text; `place` and `doc` are for what it declares on the way. */
  function typeOf(schema: z.ZodType, place: string, doc: string): string {
    return nameOf(schema) ?? newTypeOf(schema, place, doc);
  }

  function newTypeOf(schema: z.ZodType, place: string, doc: string): string {
    const definition = definitionOf(schema);
    const inner = definition.innerType ?? definition.element ?? definition.valueType;
    switch (definition.type) {
      case "optional":
      case "default":
      case "prefault":
        return typeOf(inner!, place, doc);
      case "nullable":
        return `${typeOf(inner!, place, doc)} | null`;
      case "array":
        return arrayOf(inner!, typeOf(inner!, singular(place), doc));
      case "record":
        return `Record<${typeOf(definition.keyType!, place, doc)}, ${typeOf(inner!, place, doc)}>`;
      case "tuple":
        return `[${definition.items!.map((item) => typeOf(item, place, doc)).join(", ")}]`;
      case "enum":
        return Object.values(definition.entries!).map(quoted).join(" | ");
      case "literal":
        return definition.values!.map(quoted).join(" | ");
      case "union":
        if (objectsOf(schema).length < 2) return unionOf(schema, place, doc);
        break;
      case "object":
        break;
      default:
        if (simple.has(definition.type)) return definition.type;
        throw new Error(`${place}: a schema of the kind ${definition.type} has no type here`);
    }
    if (inline)
      return definition.type === "union" ? unionOf(schema, place, doc) : objectOf(place, definition);
    names.set(schema, place);
    declare(place, schema, doc);
    return place;
  }

  function unionOf(schema: z.ZodType, place: string, doc: string): string {
    const { options, discriminator } = definitionOf(schema);
    const types = options!.map((option) => {
      const named = nameOfOption(option, discriminator);
      return typeOf(option, `${place}${pascal(named.name)}`, named.doc ?? doc);
    });
    return [...new Set(types)].join(" | ");
  }

  function declare(name: string, schema: z.ZodType, doc: string): void {
    if (declared.has(name)) throw new Error(`two schemas would be named ${name}`);
    // Its place among the others is where it is first met.
    declared.set(name, "");
    const definition = definitionOf(schema);
    const body =
      definition.type === "object"
        ? `interface ${name} ${objectOf(name, definition)}`
        : `type ${name} = ${definition.type === "union" ? unionOf(schema, name, doc) : newTypeOf(schema, name, doc)};`;
    declared.set(name, `${comment(doc)}export ${body}\n`);
  }

  function objectOf(owner: string, { shape = {}, catchall }: Definition): string {
    const fields = Object.entries(shape).map(([key, schema]) => {
      const doc = docOf(schema);
      if (doc === undefined && !inline) bare.push(`${owner}.${key}`);
      const type = typeOf(schema, `${owner}${pascal(key)}`, doc ?? `\`${key}\` of {@link ${owner}}`);
      const optional = isOptional(schema);
      return `${comment(doc)}${/^\w+$/.test(key) ? key : quoted(key)}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};\n`;
    });
    const passing = catchall !== undefined && definitionOf(catchall).type === "unknown";
    if (passing) fields.push("/** Further fields pass through. */\n[field: string]: unknown;\n");
    return fields.length === 0 ? "Record<string, never>" : `{\n${indented(fields.join(""))}}`;
  }

  for (const [name, { schema, doc, inline: isInline = false }] of Object.entries(named)) {
    inline = isInline;
    declare(name, schema, doc);
  }
  return { text: [...declared.values()].join("\n"), bare };
}

const simple = new Set(["string", "number", "boolean", "unknown"]);

const quoted = (value: unknown): string => JSON.stringify(value);

const arrayOf = (element: z.ZodType, type: string): string =>
  definitionOf(element).type !== "object" && type.includes(" | ") ? `(${type})[]` : `${type}[]`;

const singular = (name: string): string => name.replace(/(?<=[a-z])s$/, "");

const pascal = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");

/** The objects among a union's options, those of unions within it too. */
const objectsOf = (schema: z.ZodType): z.ZodType[] => {
  const { type, options = [] } = definitionOf(schema);
  return type === "object" ? [schema] : type === "union" ? options.flatMap(objectsOf) : [];
};

/** What an option is called after: the discriminator's value, else its first field; and what that says of itself. */
function nameOfOption(option: z.ZodType, discriminator: string | undefined) {
  const [first] = objectsOf(option);
  if (first === undefined) return { name: "", doc: undefined };
  const { shape } = definitionOf(first);
  const key = discriminator ?? Object.keys(shape!)[0]!;
  const [value] = definitionOf(shape![key]!).values ?? [];
  return { name: value === undefined ? key : String(value), doc: docOf(shape![key]!) };
}

/** The field's own description, else that of what it wraps. */
function docOf(schema: z.ZodType): string | undefined {
  const { type, innerType } = definitionOf(schema);
  const description = z.globalRegistry.get(schema)?.description;
  return description ?? (transparent.has(type) || type === "nullable" ? docOf(innerType!) : undefined);
}

const isOptional = (schema: z.ZodType): boolean => definitionOf(schema).type === "optional";

const indented = (lines: string): string => lines.replaceAll(/^(?=.)/gm, "  ");

const width = 100;

function comment(doc: string | undefined): string {
  if (doc === undefined) return "";
  const text = doc.replaceAll("*/", "*\\/");
  if (text.length <= width) return `/** ${text} */\n`;
  const lines = [" *"];
  for (const word of text.split(" ")) {
    if (`${lines.at(-1)} ${word}`.length > width) lines.push(" *");
    lines[lines.length - 1] += ` ${word}`;
  }
  return `/**\n${lines.join("\n")}\n */\n`;
}
