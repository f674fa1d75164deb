import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    globalSetup: "tests/warm/setup.ts",
    include: ["tests/ts/**/*.test.ts", "tests/e2e/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The worker's tests run torch: two at a time on two cores would make each many times slower.
    maxWorkers: 2,
  },
});
