import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { entryOf, lossOf, methodSchema, recorded, type TrainedMethod } from "../../../ts/config/index.ts";
import { filesWithMethodTable } from "../../../ts/config/methods/table.ts";

const tables = [...filesWithMethodTable()].map(([path, content]) => ({
  file: basename(path),
  path,
  content,
}));

it("the guide has the table of methods", () => {
  expect(tables.map(({ file }) => file)).toContain("methods.md");
});

it.each(tables)("the table in $file is what the catalogue gives (npm run generate)", ({ path, content }) => {
  expect(readFileSync(path, "utf8")).toBe(content);
});

it("a name that is not in the catalogue is an error, and no other method", () => {
  expect(() => entryOf("ppo")).toThrow("unknown method");
  expect(() => entryOf("toString")).toThrow("unknown method");
});

it("AFT under ranked feedback is recorded by its names for ranks, whichever was written", () => {
  const aft = (constraint: string) => methodSchema.parse({ method: "aft", constraint }) as TrainedMethod;
  expect(recorded(aft("detached"), "ranked")).toEqual(aft("ranked-detached"));
  expect(recorded(aft("ranked-detached"), "ranked")).toEqual(aft("ranked-detached"));
  expect(recorded(aft("none"), "ranked")).toMatchObject({ constraint: "ranked-none" });
  expect(recorded(aft("detached"), "binary")).toEqual(aft("detached"));
  const rrhf = methodSchema.parse({ method: "rrhf", constraint: "detached" });
  expect(recorded(rrhf, "ranked")).toEqual(rrhf);
  expect(lossOf(aft("ranked-detached"), undefined)).toEqual(lossOf(aft("detached"), undefined));
});
