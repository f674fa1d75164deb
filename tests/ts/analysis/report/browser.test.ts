import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage, renderPicture, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";
import { type InventedTask, judgedByBoth, runOfTasks } from "../tasks.ts";
import { executablePath, launch, openPage, widthOf, without } from "./chromium.ts";

const eightTasks = Array.from(
  { length: 8 },
  (_, at): InventedTask => ({ name: `task-${at + 1}`, use: at < 4 ? "train" : "evaluate", questions: 10 }),
);

describe.skipIf(executablePath === undefined)(`report.html in Chromium${without}`, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    const run = syntheticRun();
    const summary = summarise(run, 200);
    folder = await mkdtemp(join(tmpdir(), "aft-report-"));
    await writeFile(join(folder, "report.html"), renderPage(run, summary));
    const several = judgedByBoth(runOfTasks(eightTasks));
    await writeFile(join(folder, "tasks.html"), renderPage(several, summarise(several, 50)));
    await writeFile(join(folder, "picture.svg"), renderPicture(summary, run));
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (file: string, colorScheme: "light" | "dark", width?: number) =>
    openPage(browser, join(folder, file), colorScheme, width);

  const styleOf = (page: Page, selector: string, property: string): Promise<string> =>
    page
      .locator(selector)
      .first()
      .evaluate((element, name) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(of: unknown): { getPropertyValue(name: string): string };
        };
        return getComputedStyle(element).getPropertyValue(name);
      }, property);

  it.each(["light", "dark"] as const)("opens from file:// without a complaint, %s", async (scheme) => {
    const { page, complaints, close } = await open("report.html", scheme);
    expect(await page.title()).toBe("quickstart: alignment fine-tuning, a report");
    const charts = page.locator("figure svg");
    // Three of the first screen, six of the folded parts.
    expect(await charts.count()).toBe(9);
    for (const chart of await charts.all()) {
      const box = await chart.boundingBox();
      expect(box!.width).toBeGreaterThan(350);
      expect(box!.height).toBeGreaterThan(200);
      expect(await chart.locator("path, circle, line").count()).toBeGreaterThan(2);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it("is dark where the reader wants it dark, charts included", async () => {
    const light = await open("report.html", "light");
    const dark = await open("report.html", "dark");
    expect(await styleOf(light.page, "body", "background-color")).toBe("rgb(255, 255, 255)");
    expect(await styleOf(dark.page, "body", "background-color")).toBe("rgb(13, 17, 23)");
    expect(await styleOf(light.page, "figure svg .aft-positive-line", "stroke")).toBe("rgb(0, 114, 178)");
    expect(await styleOf(dark.page, "figure svg .aft-positive-line", "stroke")).toBe("rgb(86, 180, 233)");
    await light.close();
    await dark.close();
  });

  it("prints its examples, all of them open, in place of the browser", async () => {
    const { page, close } = await open("report.html", "light");
    const printed = page.locator(".printed-examples");
    expect(await printed.isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect([await printed.isVisible(), await page.locator("#browser").isVisible()]).toEqual([true, false]);
    const opened = page.locator("details.example[open]");
    expect(await opened.count()).toBe(1);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await opened.count()).toBe(10);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await opened.count()).toBe(1);
    await close();
  });

  it("shows its examples where no script runs", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    await page.goto(`${pathToFileURL(join(folder, "report.html")).href}#examples`);
    // The link alone opens the part.
    expect(await page.locator("details.example").first().isVisible()).toBe(true);
    expect(await page.locator("#browser").isVisible()).toBe(false);
    await context.close();
  });

  it("shows eight tasks without a complaint, the methods' names in sight while the tasks are scrolled", async () => {
    const { page, complaints, close } = await open("tasks.html", "dark", 700);
    const table = page.locator(".by-task");
    expect(await table.locator("th[scope=col]").count()).toBe(11);
    const last = table.locator("tbody tr").first().locator("td").last();
    await last.scrollIntoViewIfNeeded();
    const [name, cell] = [await table.locator("tbody th").first().boundingBox(), await last.boundingBox()];
    expect(name!.x).toBeGreaterThanOrEqual(0);
    expect(cell!.x).toBeGreaterThan(name!.x + name!.width);
    expect(cell!.x + cell!.width).toBeLessThanOrEqual(700);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each(["report.html", "tasks.html"])("does not scroll sideways on a telephone: %s", async (file) => {
    const { page, close } = await open(file, "light", 400);
    expect(await widthOf(page)).toBeLessThanOrEqual(400);
    await close();
  });

  it("shows the picture as a file of its own", async () => {
    const { page, complaints, close } = await open("picture.svg", "dark");
    const box = await page.locator("svg").first().boundingBox();
    expect([box!.width, box!.height > 300]).toEqual([1000, true]);
    expect(await styleOf(page, ".aft-negative-line", "stroke")).toBe("rgb(240, 146, 59)");
    expect(complaints).toEqual([]);
    await close();
  });
});
