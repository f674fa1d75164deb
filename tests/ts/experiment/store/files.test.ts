import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { RowsFile } from "../../../../ts/experiment/store/files.ts";

test("rows that are read and written again are byte for byte as they were, in whatever order their fields came", async () => {
  const inner = z.looseObject({ right: z.int(), gained: z.int().optional() });
  const file = new RowsFile("rows.jsonl", z.looseObject({ step: z.int(), heldOut: inner.optional() }));
  const place = { directory: await mkdtemp(join(tmpdir(), "aft-rows-")) };
  const written = () => readFile(file.pathIn(place), "utf8");
  const rows = await file.append(place, () => {});
  await rows.append([{ own: "kept", heldOut: { gained: 2, right: 1, more: [3] }, step: 1 }, { step: 2 }]);
  const first = await written();
  expect(first).toBe('{"step":1,"heldOut":{"right":1,"gained":2,"more":[3]},"own":"kept"}\n{"step":2}\n');
  await rows.replace(await file.read(place));
  await rows.close();
  expect(await written()).toBe(first);
});
