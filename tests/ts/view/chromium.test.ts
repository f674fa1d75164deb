import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../../ts/core/progress.ts";
import { type ServedView, serveView, writeBundle } from "../../../ts/view/index.ts";
import {
  complaintsOf,
  executablePath,
  launch,
  openPage,
  widthOf,
  without,
} from "../analysis/report/chromium.ts";
import { type Recorded, recordedRuns } from "./recorded.ts";

describe.skipIf(executablePath === undefined)(`aft view in Chromium${without}`, () => {
  let browser: Browser;
  let recorded: Recorded;
  let view: ServedView;
  beforeAll(async () => {
    recorded = await recordedRuns();
    view = await serveView({ runsDirectory: recorded.runs });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await view?.close();
    await rm(recorded.runs, { recursive: true, force: true });
  });

  const open = async (path: string, width = 1280, colorScheme: "light" | "dark" = "light") => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page, (url) => url.startsWith(view.address));
    await page.goto(view.address + path);
    return { page, complaints, close: () => context.close() };
  };
  const saved = (page: Page) => page.locator(".own-note [role=status]", { hasText: "kept" }).waitFor();

  test("a run that goes on is followed to its end: progress, warnings, curves, then its report", async () => {
    const { page, complaints, close } = await open("");
    await page.getByText("2 of 60 steps").waitFor();
    await page.locator(".card a").click();
    const details = page.locator("details[data-key=settings]");
    expect(await details.count()).toBe(0);
    await page.locator("summary", { hasText: "1 of 2 stages done" }).click();
    expect(await page.locator(".stages").isVisible()).toBe(false);
    await recorded.step(30);
    await page.getByText("30 of 60 steps").waitFor();
    await page.getByText("the gradient was clipped").waitFor();
    await page.getByText("align aft-bc seed 1: 30 steps").waitFor();
    // What the reader has folded stays so.
    expect(await page.locator(".stages").isVisible()).toBe(false);
    await recorded.end();
    await page.locator(".badge", { hasText: "done" }).waitFor();
    await page.getByRole("link", { name: "Report" }).click();
    expect(await page.title()).toContain("quickstart: alignment fine-tuning");
    expect(complaints).toEqual([]);
    await close();
  });

  test("marks and notes of one's own, by keys and by hand; the filter lists them; they are there the next time", async () => {
    const first = await open("runs/large/questions.html");
    const { page } = first;
    await page.locator(".status", { hasText: "40 questions of 40" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("m");
    await page.locator(".question-row[aria-selected=true] .star").waitFor();
    await page.locator(".mark-button[aria-pressed=true]").waitFor();
    await page.locator("#question-4").click();
    await page.getByRole("textbox", { name: "Note" }).fill("the answer key is wrong: 3 < 4");
    await saved(page);
    await page.getByRole("combobox", { name: "Show", exact: true }).selectOption("noted");
    await page.locator(".status", { hasText: "2 questions of 40" }).waitFor();
    const link = page.url();
    expect(link).toContain("#questions?show=noted&question=");
    expect(first.complaints).toEqual([]);
    await first.close();
    const again = await open(link.slice(view.address.length));
    await again.page.locator(".status", { hasText: "2 questions of 40" }).waitFor();
    await again.page.locator("#question-1").click();
    expect(await again.page.getByRole("textbox", { name: "Note" }).inputValue()).toBe(
      "the answer key is wrong: 3 < 4",
    );
    expect(await readFile(join(recorded.runs, "large", "notes.jsonl"), "utf8")).toContain('"test-5"');
    await again.close();
  });

  test("nothing sticks out on a telephone, in the dark, and keys reach everything", async () => {
    for (const path of ["", "runs/going/index.html", "runs/large/questions.html"]) {
      const { page, complaints, close } = await open(path, 390, "dark");
      await page.waitForTimeout(100);
      expect([path, await widthOf(page)]).toEqual([path, 390]);
      expect(complaints).toEqual([]);
      await close();
    }
    const { page, close } = await open("", 390);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.matches('a, [tabindex]')")).toBe(true);
    await close();
  });

  test("a page says when aft view has ended, and shows what it has", async () => {
    const other = await serveView({ runsDirectory: recorded.runs });
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${other.address}runs/done/index.html`);
    await page.locator(".live-state", { hasText: /^live$/ }).waitFor();
    await other.close();
    await page.locator(".live-state", { hasText: "aft view has ended" }).waitFor();
    expect(await page.locator("h1").textContent()).toBe("done");
    await context.close();
  });

  test("the bundle opens from a disk: runs, report, questions with their texts and the notes, read only", async () => {
    const directory = join(tmpdir(), `aft-bundle-${process.pid}`);
    const options = { runsDirectory: recorded.runs, progress: silent, signal: new AbortController().signal };
    await writeBundle(directory, options);
    const { page, complaints, close } = await openPage(browser, join(directory, "index.html"), "light", 1280);
    await page.getByRole("link", { name: "k=2", exact: true }).click();
    expect(await page.locator("h1").textContent()).toBe("sweep/k=2");
    await page.getByRole("link", { name: "Questions and COTs" }).click();
    await page.locator(".detail h3").waitFor();
    await page.getByRole("link", { name: "All runs" }).click();
    await page.getByRole("link", { name: "large", exact: true }).click();
    await page.getByRole("link", { name: "Questions and COTs" }).click();
    await page.getByRole("combobox", { name: "Show", exact: true }).selectOption("noted");
    await page.locator("#question-1").click();
    await page.locator(".note-text", { hasText: "the answer key is wrong: 3 < 4" }).waitFor();
    expect(await page.locator("textarea, .mark-button").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
    await rm(directory, { recursive: true });
  });
});
