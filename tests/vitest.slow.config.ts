import { defineConfig } from "vitest/config";
import { pathWithAft } from "./warm/shell.ts";

/** What is slow by nature: the guide's commands, notebooks, kills, an installed package. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    globalSetup: "tests/warm/setup.ts",
    env: { PATH: pathWithAft },
    include: ["tests/slow/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
