import { defineConfig } from "vitest/config";
import { pathWithAft } from "./warm/shell.ts";

/** These change nothing outside themselves, so that their files may share what they import. */
const pure = ["analysis", "config", "core", "data"].map((room) => `tests/ts/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    globalSetup: "tests/warm/setup.ts",
    env: { PATH: pathWithAft },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The worker's tests run torch: two at a time on two cores would make each many times slower.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "whole", include: ["tests/ts/**/*.test.ts", "tests/e2e/**/*.test.ts"], exclude: pure },
      },
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
    ],
  },
});
