import { describe, expect, it } from "vitest";
import { runSummarySchema, summarise } from "../../../../ts/analysis/index.ts";
import { features } from "../../../../ts/analysis/report/features.ts";
import { inOrder, parts } from "../../../../ts/analysis/report/schema.ts";
import { syntheticRun } from "../synthetic.ts";

const keys = parts.flatMap(({ schema }) => Object.keys(schema));

describe("the list of features", () => {
  it("gives every key of report.json once, and every section of the page an id of its own", () => {
    expect(new Set(keys).size).toBe(keys.length);
    const ids = features.flatMap(({ section }) => section?.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(features[0]!.section).toBeDefined();
  });

  it("needs only what is worked out without needs of its own", () => {
    const first = parts.filter(({ needs = [] }) => needs.length === 0);
    const given = first.flatMap(({ schema }) => Object.keys(schema));
    for (const { needs = [] } of parts) for (const key of needs) expect(given).toContain(key);
  });

  it("gives report.json's keys in their order, and those of a new feature last", () => {
    const written = Object.keys(summarise(syntheticRun({ questions: 6, trainingSteps: 1 }), 10));
    const read = Object.keys((runSummarySchema as unknown as { shape: object }).shape);
    expect(read.toSorted()).toEqual(keys.toSorted());
    expect(written).toEqual(read.filter((key) => written.includes(key)));
    expect(Object.keys(inOrder({ somethingNew: 1, versions: 2, name: 3 }))).toEqual([
      "name",
      "versions",
      "somethingNew",
    ]);
  });
});
