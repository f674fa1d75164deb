import { defineConfig, mergeConfig } from "vitest/config";
import fast from "./vitest.config.ts";

/** What is slow by nature: the guide's commands, notebooks, kills, an installed package. */
const { test, ...rest } = fast;
export default mergeConfig(
  { ...rest, test: { ...test, include: [] } },
  defineConfig({ test: { include: ["tests/slow/**/*.test.ts"] } }),
);
