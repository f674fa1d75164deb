import { execa } from "execa";
import { expect, test } from "vitest";
import { findDeno } from "../../../ts/bridge/index.ts";
import { projectRoot } from "../../../ts/core/project.ts";

interface Documented {
  name: string;
  declarations?: { jsDoc?: { doc?: string } }[];
}

test("every public export is documented", async () => {
  const { stdout } = await execa(findDeno(), ["doc", "-q", "--json", "ts/notebook/index.ts"], {
    cwd: projectRoot,
  });
  const { nodes } = JSON.parse(stdout) as { nodes: Record<string, { symbols: Documented[] }> };
  const symbols = Object.values(nodes).flatMap((module) => module.symbols);
  const bare = symbols.filter(
    ({ declarations }) => !declarations?.some(({ jsDoc }) => (jsDoc?.doc ?? "") !== ""),
  );
  expect(symbols.length).toBeGreaterThan(40);
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test("the sources are right by Deno's types too", async () => {
  const { exitCode, stderr } = await execa(findDeno(), ["check", "-q", "ts/notebook/index.ts"], {
    cwd: projectRoot,
    reject: false,
    env: { NO_COLOR: "1" },
  });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});
