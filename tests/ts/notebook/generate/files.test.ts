import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { runSummarySchema } from "../../../../ts/analysis/index.ts";
import type { methods } from "../../../../ts/bridge/protocol.ts";
import type { experimentSchema } from "../../../../ts/config/index.ts";
import { projectRoot } from "../../../../ts/core/project.ts";
import {
  type candidateSchema,
  type groupSchema,
  predictionSchema,
  type questionSchema,
} from "../../../../ts/core/records.ts";
import type { preferenceRowSchema, rrhfRowSchema, unpairedRowSchema } from "../../../../ts/data/index.ts";
import { generatedTypes } from "../../../../ts/notebook/generate/files.ts";
import type * as library from "../../../../ts/notebook/index.ts";

const files = [...generatedTypes()].map(([path, types]) => ({
  file: relative(projectRoot, path),
  path,
  ...types,
}));

test.each(files)("$file is what the schemas give (npm run generate)", async ({ path, text }) => {
  expect(await readFile(path, "utf8")).toBe(text);
});

test.each(files)("every field of $file says what it is", ({ bare }) => {
  expect(bare).toEqual([]);
});

type Methods = typeof methods;
type Message = {
  -readonly [M in keyof Methods]: { [P in "params" | "result" | "progress"]: z.output<Methods[M][P]> };
};
type Asked = { -readonly [M in keyof Methods]: z.input<Methods[M]["params"]> };

// Checked by the compiler (npm run types): a type that differs in one field is an error here.
test("the types are those that zod infers", () => {
  expectTypeOf<library.Question>().toEqualTypeOf<z.output<typeof questionSchema>>();
  expectTypeOf<library.Candidate>().toEqualTypeOf<z.output<typeof candidateSchema>>();
  expectTypeOf<library.Group>().toEqualTypeOf<z.output<typeof groupSchema>>();
  expectTypeOf<library.Prediction>().toEqualTypeOf<z.output<typeof predictionSchema>>();
  expectTypeOf<library.PreferenceRow>().toEqualTypeOf<z.output<typeof preferenceRowSchema>>();
  expectTypeOf<library.UnpairedRow>().toEqualTypeOf<z.output<typeof unpairedRowSchema>>();
  expectTypeOf<library.RrhfRow>().toEqualTypeOf<z.output<typeof rrhfRowSchema>>();
  expectTypeOf<library.Experiment>().toEqualTypeOf<z.output<typeof experimentSchema>>();
  expectTypeOf<library.RunSummary>().toEqualTypeOf<z.output<typeof runSummarySchema>>();
  expectTypeOf<Pick<library.WorkerMethods, keyof Message>>().toEqualTypeOf<Message>();
  expectTypeOf<{ [M in keyof Message]: library.WorkerMethods[M]["params"] }>().toEqualTypeOf<Asked>();
  expect(predictionSchema.shape.questionId).toBeDefined();
});
