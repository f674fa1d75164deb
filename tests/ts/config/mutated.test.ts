import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { loadFile } from "../../../ts/config/index.ts";
import { AftError } from "../../../ts/core/errors.ts";
import { projectRoot } from "../../../ts/core/project.ts";
import { randomFrom } from "../../../ts/core/random.ts";
import { mutatedText, mutatedValue } from "../../faults/mutate.ts";
import { folderOf, smallest } from "./helpers.ts";

const count = Number(process.env.AFT_MUTATED_YAML ?? "50");

test(`of ${count} experiments that are nearly right each is read, or refused in words`, {
  timeout: 600_000,
}, async () => {
  const random = randomFrom("mutated experiments", 15);
  const own = ["quickstart", "miniature", "paper/methods", "paper/beta"].map((name) => {
    const at = join(projectRoot, "experiments", `${name}.yaml`);
    return readFileSync(at, "utf8").replaceAll(/(?<=[\s[])[\w./-]+\.yaml/g, (file) =>
      resolve(dirname(at), file),
    );
  });
  const folder = folderOf({ "main.yaml": "" });
  const file = join(folder, "main.yaml");
  let read = 0;
  for (let trial = 0; trial < count; trial++) {
    const text = random.pick([smallest, ...own]);
    const mutated =
      random.next() < 0.5 ? mutatedText(text, random) : stringify(mutatedValue(parse(text), random));
    writeFileSync(file, mutated);
    const error = await loadFile(file, {}).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) read++;
    else if (!(error instanceof AftError)) throw new Error(`trial ${trial}:\n${mutated}`, { cause: error });
    else expect(error.exitCode).toBe(2);
  }
  // Neither all of them, nor none.
  expect(read).toBeGreaterThan(count / 20);
  expect(read).toBeLessThan(count * 0.8);
});
