import { describe, expect, test } from "vitest";
import { z } from "zod";
import { interfacesOf } from "../../../../ts/notebook/generate/interfaces.ts";

const textOf = (doc: string, schema: z.ZodType, inline = false): string =>
  interfacesOf({ Thing: { schema, doc, inline } }).text;

describe("the interfaces of a schema", () => {
  test("hold its fields with what is said of them, as they are after reading", () => {
    const schema = z.looseObject({
      id: z.string().min(1).meta({ description: "of its own" }),
      k: z.int().default(6).meta({ description: "how many" }),
      kind: z.enum(["a", "b"]).optional().meta({ description: "a: this; b: that" }),
      list: z.array(z.number().nullable()).meta({ description: "null: not known" }),
      by: z
        .record(z.enum(["x", "y"]), z.tuple([z.literal(1), z.boolean()]))
        .meta({ description: "ends: */" }),
    });
    expect(textOf("A thing.", schema)).toBe(
      [
        "/** A thing. */",
        "export interface Thing {",
        "  /** of its own */",
        "  id: string;",
        "  /** how many */",
        "  k: number;",
        "  /** a: this; b: that */",
        '  kind?: "a" | "b" | undefined;',
        "  /** null: not known */",
        "  list: (number | null)[];",
        "  /** ends: *\\/ */",
        '  by: Record<"x" | "y", [1, boolean]>;',
        "  /** Further fields pass through. */",
        "  [field: string]: unknown;",
        "}",
        "",
      ].join("\n"),
    );
  });

  test("name objects within by where they stand, and options by what tells them apart", () => {
    const points = z.array(z.object({ x: z.number().meta({ description: "across" }) }));
    const way = z.discriminatedUnion("go", [
      z.object({ go: z.literal("by-foot").meta({ description: "on foot" }) }),
      z.object({ go: z.literal("fly").meta({ description: "in the air" }) }),
    ]);
    const text = textOf("A thing.", z.object({ points, way: way.meta({ description: "how" }) }));
    expect(text).toContain("  points: ThingPoint[];\n");
    expect(text).toContain("export interface ThingPoint {\n  /** across */\n  x: number;\n}");
    expect(text).toContain("/** how */\nexport type ThingWay = ThingWayByFoot | ThingWayFly;");
    expect(text).toContain(
      '/** on foot */\nexport interface ThingWayByFoot {\n  /** on foot */\n  go: "by-foot";',
    );
  });

  test("refer to a named schema by its name, also where it is described anew", () => {
    const part = z.object({});
    const whole = z.object({
      part: part.nullable().meta({ description: "one" }),
      parts: z.array(part.meta({})),
    });
    const { text, bare } = interfacesOf({
      Whole: { schema: whole, doc: "All." },
      Part: { schema: part, doc: "Some." },
    });
    expect(text).toContain("  part: Part | null;\n  parts: Part[];");
    expect(bare).toEqual(["Whole.parts"]);
  });

  test("stand where they are met when they are wanted without names", () => {
    const schema = z.object({
      "a/b": z.object({ c: z.array(z.object({ d: z.string() })), e: z.object({}) }),
    });
    expect(textOf("A thing.", schema, true)).toBe(
      '/** A thing. */\nexport interface Thing {\n  "a/b": {\n    c: {\n      d: string;\n    }[];\n    e: Record<string, never>;\n  };\n}\n',
    );
  });

  test("are refused for what has no type here, and for two of one name", () => {
    expect(() => textOf("", z.object({ when: z.date() }))).toThrow(
      "ThingWhen: a schema of the kind date has no type here",
    );
    const twice = z.object({ a: z.object({ b: z.object({}) }), aB: z.object({}) });
    expect(() => textOf("", twice)).toThrow("two schemas would be named ThingAB");
  });
});
