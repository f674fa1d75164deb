import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type RunData,
  renderPage,
  renderSweep,
  summarise,
  verdictOf,
} from "../../../../ts/analysis/index.ts";
import { runWithRounds } from "../rounds.ts";
import { inventedSweep } from "../sweeps.ts";
import { allMethods, methods, syntheticRun } from "../synthetic.ts";
import { executablePath, launch, openPage, without } from "./chromium.ts";
import { layoutOf } from "./layout.ts";

const run = syntheticRun({ questions: 200, trainingSteps: 10 });
const summary = summarise(run, 100);

/** Several samples of a question are word for word the same. */
function withTwins(): RunData {
  const twins = syntheticRun({ questions: 12, trainingSteps: 3 });
  for (const { heldOut, samples } of twins.arms)
    for (const { candidates } of [...heldOut, ...samples])
      for (const at of [1, 2]) candidates[at] = { ...candidates[0]!, index: at };
  return twins;
}

const pages: Record<string, () => string> = {
  six: () => renderPage(run, summary, { examples: 2 }),
  many: () => {
    const many = syntheticRun({ questions: 20, methods: allMethods, seeds: [1, 2], trainingSteps: 3 });
    return renderPage(many, summarise(many, 20), { examples: 1 });
  },
  alone: () => {
    const alone = syntheticRun({ questions: 4, methods: methods.slice(5), trainingSteps: 3 });
    return renderPage(alone, summarise(alone, 20), { examples: 1 });
  },
  rounds: () => {
    const rounds = runWithRounds(3, { questions: 12, trainingSteps: 2 });
    return renderPage(rounds, summarise(rounds, 20), { examples: 1 });
  },
  long: () => {
    const labels = ["aft_detached_weight_3_learning_rate_5e-5_seed_variation_long", "AFT, ".repeat(20)];
    const long = syntheticRun({ questions: 60, trainingSteps: 2 });
    long.methods = long.methods.map((method, at) => ({ ...method, label: labels[at - 4] ?? method.label }));
    return renderPage(long, summarise(long, 20), { examples: 0 });
  },
  twins: () => {
    const twins = withTwins();
    return renderPage(twins, summarise(twins, 20), { examples: 3 });
  },
  sweep: () => renderSweep(inventedSweep({ questions: 20 })).page,
};

describe.skipIf(executablePath === undefined)(`the first screen in Chromium${without}`, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aft-first-"));
    for (const [name, page] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), page());
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (name: string, width: number, options = {}) =>
    openPage(browser, join(folder, `${name}.html`), "light", width, options);
  const bottomOf = async (page: Page, selector: string): Promise<number> => {
    const boxes = await Promise.all((await page.locator(selector).all()).map((one) => one.boundingBox()));
    expect(boxes.length).toBeGreaterThan(0);
    return Math.max(...boxes.map((box) => box!.y + box!.height));
  };

  it.each(["six", "many"])(
    "has the verdict, what was compared and all charts above the fold: %s",
    async (name) => {
      const { page, close } = await open(name, 1300, { isFolded: true });
      if (name === "six") {
        expect(await page.locator(".verdict").textContent()).toBe(verdictOf(summary).sentence);
        expect(await page.locator(".basis").textContent()).toContain(
          "on 200 test questions of arithmetic, one seed",
        );
      }
      expect(await bottomOf(page, ".verdict")).toBeLessThan(260);
      expect(await page.locator(".tiles svg").count()).toBe(3);
      expect(await bottomOf(page, ".tiles svg")).toBeLessThanOrEqual(900);
      // Nothing else is open.
      expect(await page.locator("details.part[open]").count()).toBe(0);
      await close();
    },
  );

  it.each(Object.keys(pages))(
    "nothing sticks out, and no text lies over another, on a telephone and on a desk, folded and open: %s",
    async (name) => {
      const { page, close } = await open(name, 390, { isFolded: true });
      for (const isOpen of [false, true]) {
        await page.locator("details").evaluateAll((all, open) => {
          for (const details of all as unknown as { open: boolean }[]) details.open = open;
        }, isOpen);
        for (const width of [390, 1300]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await layoutOf(page)).toEqual({ overlaps: [], outside: [], width });
        }
      }
      await close();
    },
  );

  it("shows every method's verdict whole on a telephone", async () => {
    const { page, close } = await open("six", 390, { isFolded: true });
    const cells = await page.locator(".glance td.text").all();
    for (const cell of cells) {
      const box = await cell.boundingBox();
      if (box === null || box.width === 0) continue;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(390);
    }
    const marks = page.locator(".tiles svg").first().locator("g.row .aft-greedy-dot");
    for (const mark of await marks.all()) expect((await mark.boundingBox())!.x).toBeGreaterThan(0);
    expect(await marks.count()).toBe(6);
    await close();
  });

  it("tells what its abbreviations mean under the pointer, and in a line for those without one", async () => {
    for (const width of [390, 1300]) {
      const { page, close } = await open("six", width, { isFolded: true });
      const told = (await page.locator(".words").textContent())!;
      for (const term of ["VFT", "RFT", "AFT", "DC", "BC", "COT", "significant", "greedy", "points"])
        expect(told).toContain(term);
      expect(await page.locator(".words").isVisible()).toBe(true);
      expect(
        await page.locator(".glance th[scope=row] abbr", { hasText: "AFT-BC" }).getAttribute("title"),
      ).toContain("boundary constraint");
      await close();
    }
  });

  it("answers the pointer and switches methods off without a script", async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 1300, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, "six.html")).href);
    const gains = page.locator(".tiles svg").nth(1);
    const row = gains.locator("g.row.m5");
    expect(await row.locator(".tip").isVisible()).toBe(false);
    // Where no script runs nothing can be waited for.
    const isForced = { force: true };
    await row.locator(".hit").hover(isForced);
    expect(await row.locator(".tip").isVisible()).toBe(true);
    expect(await gains.locator(".legend").isVisible()).toBe(false);
    expect(await row.locator(".tip").textContent()).toMatch(
      /^[+−]\d+\.\d points \[.*\], (better|worse|unclear), n 200$/,
    );
    await page.getByRole("checkbox", { name: "AFT-DC" }).uncheck(isForced);
    for (const svg of await page.locator(".tiles svg").all()) {
      expect(await svg.locator("g.row.m5").isVisible()).toBe(false);
      expect(await svg.locator("g.row.m6").isVisible()).toBe(true);
    }
    // A link of the navigation unfolds what it leads to.
    await page.locator("nav").getByRole("link", { name: "What it cost" }).click(isForced);
    expect(await page.locator("#cost").isVisible()).toBe(true);
    const [bar, heading] = [
      await page.locator("nav").boundingBox(),
      await page.locator("#cost").boundingBox(),
    ];
    expect(bar!.y).toBe(0);
    expect(heading!.y).toBeGreaterThanOrEqual(bar!.height);
    await context.close();
  });

  it("shows on paper what is folded on the screen, and not what only a pointer can use", async () => {
    const { page, close } = await open("six", 1300, { isFolded: true });
    expect(await page.locator("#record").isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(
      await page
        .locator("#results table")
        .first()
        .evaluate((table) =>
          (table as unknown as { checkVisibility(options: object): boolean }).checkVisibility({
            contentVisibilityAuto: true,
          }),
        ),
    ).toBe(true);
    expect((await page.locator("#record").boundingBox())!.height).toBeGreaterThan(300);
    expect([await page.locator("nav").isVisible(), await page.locator(".switches").isVisible()]).toEqual([
      false,
      false,
    ]);
    expect((await page.pdf()).byteLength).toBeGreaterThan(50_000);
    await close();
  });
});
