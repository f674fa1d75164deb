import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../ts/core/project.ts";

/** From the ground up: a room imports those before it alone. */
const rooms = [
  ...[
    "step-record.ts",
    "store",
    "worker",
    "models",
    "tracking",
    "warnings",
    "validation",
    "train",
    "stages",
    "plan",
  ],
  ...["run", "finished-runs", "export", "sweep", "estimate", "index.ts"],
];

const source = join(projectRoot, "ts", "experiment");
const roomOf = (file: string): string => relative(source, file).split(sep)[0]!;

test("every import of a room of the experiment points to a room below it", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const wrong = files.flatMap((name) => {
    const file = join(source, name);
    const level = rooms.indexOf(roomOf(file));
    return [...readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g)]
      .map(([, target]) => resolve(dirname(file), target!))
      .filter((target) => target.startsWith(source + sep) && roomOf(target) !== roomOf(file))
      .filter((target) => level < 0 || rooms.indexOf(roomOf(target)) >= level)
      .map((target) => `${name} imports ${relative(source, target)}`);
  });
  expect(wrong).toEqual([]);
});
