import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderSweep } from "../../../../ts/analysis/index.ts";
import { executablePath, launch, openPage, widthOf, without } from "../report/chromium.ts";
import { inventedSweep } from "../sweeps.ts";

describe.skipIf(executablePath === undefined)(`a sweep's page in Chromium${without}`, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aft-sweep-"));
    await writeFile(join(folder, "report.html"), renderSweep(inventedSweep({ questions: 30 })).page);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
  ] as const)("opens without a complaint, %s, %d wide, and scrolls within", async (scheme, width) => {
    const { page, complaints, close } = await openPage(browser, join(folder, "report.html"), scheme, width);
    expect(await page.title()).toBe("grid: alignment fine-tuning, a sweep");
    expect(await page.locator("figure .scroll > svg").count()).toBe(2);
    expect(await widthOf(page)).toBeLessThanOrEqual(width);
    expect(complaints).toEqual([]);
    await close();
  });

  it("keeps the names and the ticks of a measure apart", async () => {
    const { page, close } = await openPage(browser, join(folder, "report.html"));
    const apart = await page
      .locator("figure .scroll > svg svg svg, figure .scroll > svg > svg")
      .evaluateAll((charts) =>
        (
          charts as unknown as {
            querySelectorAll(
              s: string,
            ): ArrayLike<{ getBoundingClientRect(): { left: number; right: number } }>;
          }[]
        ).map((chart) => {
          const [label] = Array.from(chart.querySelectorAll('[aria-label="y-axis label"] text'));
          const ticks = Array.from(chart.querySelectorAll('[aria-label="y-axis tick label"] text'));
          const right = label?.getBoundingClientRect().right ?? 0;
          return Math.min(...ticks.map((tick) => tick.getBoundingClientRect().left - right), 1e6);
        }),
      );
    expect(apart.filter((room) => room < 1e6).length).toBe(24);
    for (const room of apart) expect(room).toBeGreaterThan(0);
    await close();
  });
});
