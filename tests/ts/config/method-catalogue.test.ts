import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import type { z } from "zod";
import {
  entryOf,
  type GroupLoss,
  groupMethodKinds,
  lossOf,
  methodSchema,
  methods,
  recorded,
  type TrainedMethod,
} from "../../../ts/config/index.ts";
import { pageWithMethodTable } from "../../../ts/config/methods/table.ts";
import { projectRoot } from "../../../ts/core/project.ts";

it("the guide has the table of methods, as the catalogue gives it (npm run generate)", () => {
  const { path, content } = pageWithMethodTable();
  expect(basename(path)).toBe("methods.md");
  expect(content).toContain("| `method`, `constraint` |");
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
  const rrhf = methodSchema.parse({ method: "rrhf", constraint: "detached", target: "best" });
  expect(recorded(rrhf, "ranked")).toEqual(rrhf);
  expect(lossOf(aft("ranked-detached"), undefined)).toEqual(lossOf(aft("detached"), undefined));
});

it("a setting that came later is not in the key at the value that older runs had", () => {
  const aft = (settings: object) =>
    methodSchema.parse({ method: "aft", constraint: "none", ...settings }) as TrainedMethod;
  for (const feedback of ["binary", "ranked"]) {
    expect(recorded(aft({ scores: "mean", scale: 1 }), feedback)).toEqual(recorded(aft({}), feedback));
    expect(recorded(aft({ scores: "sum", scale: 2 }), feedback)).toMatchObject({ scores: "sum", scale: 2 });
    for (const name of ["rrhf", "pro"]) {
      const plain = methodSchema.parse({ method: name, constraint: "none" }) as TrainedMethod;
      const key = recorded(plain, feedback);
      expect(Object.keys(key)).not.toContain("target");
      expect(Object.keys(key)).not.toContain("ties");
      expect(lossOf(plain, undefined)).toEqual({ kind: name, constraint: "none", weight: 1, vftWeight: 1 });
    }
    const pro = methodSchema.parse({ method: "pro", constraint: "none", target: "best", ties: "counted" });
    expect(recorded(pro, feedback)).toMatchObject({ target: "best", ties: "counted" });
    expect(lossOf(pro as TrainedMethod, undefined)).toMatchObject({ ties: "counted" });
  }
});

it("the worker's losses take and need what the catalogue says", () => {
  // As registered in the worker: a name, a title, and what differs from a loss of pairs that needs nothing.
  const folder = join(projectRoot, "py/aft_worker/losses");
  const sources = readdirSync(folder).map((file) =>
    file.endsWith(".py") ? readFileSync(join(folder, file), "utf8") : "",
  );
  const registered = sources.flatMap((source) => [
    ...source.matchAll(/@register(_by_token)?\(\s*"(\w+)",\s*"[^"]*"([^)]*)\)/g),
  ]);
  const says = new Map(
    registered.map(([, byToken, kind, needs]) => [
      kind!,
      byToken === undefined ? needs! : `${needs}, needs_labels=True, by_token`,
    ]),
  );
  expect([...says.keys()].sort()).toEqual(
    groupMethodKinds.map((kind) => methods[kind].loss.shape.kind.value).sort(),
  );
  for (const kind of groupMethodKinds) {
    const { needs, loss } = entryOf(kind) as GroupLoss<z.ZodType, (typeof methods)[typeof kind]["loss"]>;
    const worker = says.get(loss.shape.kind.value)!;
    expect([kind, !worker.includes("needs_pair=False")]).toEqual([kind, needs.pair]);
    expect([kind, worker.includes("needs_reference=True")]).toEqual([kind, needs.referenceModel]);
    expect([kind, worker.includes("needs_labels=True")]).toEqual([kind, needs.labels !== undefined]);
    const anew = worker.includes("by_token")
      ? "all"
      : worker.includes("needs_divergence=True")
        ? "mismatched"
        : undefined;
    expect([kind, anew]).toEqual([kind, needs.startWeights]);
  }
});
