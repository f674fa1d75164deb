import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  dataFolder,
  plural,
  type RunData,
  renderReport,
  summarise,
} from "../../../../../ts/analysis/index.ts";
import { executablePath, launch, openPage, widthOf, without } from "../../report/chromium.ts";
import { syntheticRun } from "../../synthetic.ts";
import { judgedByBoth, runOfTasks } from "../../tasks.ts";

const evil = `</script><script>globalThis.hurt = 1</script><img src=x onerror="globalThis.hurt = 1">`;

/** Two tasks, two seeds, both rules; the third question is hostile, and AFT-BC's first answer is known to the word. */
function invented(): RunData {
  const run = judgedByBoth(
    runOfTasks(
      [
        { name: "sums", use: "train", questions: 40 },
        { name: "facts", use: "evaluate", questions: 10 },
      ],
      { seeds: [1, 2] },
    ),
  );
  for (const { method, predictions, heldOut } of run.arms) {
    predictions[2]!.question = evil;
    predictions[2]!.text = `${evil}\nthe zebra`;
    if (method === "continued")
      for (const [at, one] of predictions.entries())
        if (at % 5 === 1)
          Object.assign(
            one,
            one.correct ? { correct: false, extracted: at % 2 === 0 ? "7" : null } : { correct: true },
          );
    const [first] = predictions;
    first!.text = method === "bc" ? "4 + 5 = 9 ;\n9 - 1 = 8 ; #### 8" : "4 + 5 = 9 ;\n9 - 2 = 7 ; #### 7";
    Object.assign(first!, { logprob: -5, tokens: 10, stepsValid: false });
    Object.assign(first!, { firstWrongStep: { line: 2, reason: "the equation is not true" } });
    heldOut[5]!.candidates[0]!.text = "a giraffe that was only sampled";
  }
  return run;
}

const run = invented();
const arm = (method: string, seed = 1) => run.arms.find((one) => one.method === method && one.seed === seed)!;
/** What the page ought to count, worked out from the run itself. */
const count = (matches: (bc: boolean, continued: boolean) => boolean, seed = 1): string => {
  const continued = arm("continued", seed).predictions;
  const found = arm("bc", seed).predictions.filter(({ correct }, at) =>
    matches(correct, continued[at]!.correct),
  );
  return `${plural(found.length, "question")} of 50`;
};

describe.skipIf(executablePath === undefined)(`the examples browser in Chromium${without}`, () => {
  let browser: Browser;
  let folder: string;
  const summary = summarise(run, 20);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aft-browser-"));
    await writeFile(join(folder, "report.html"), renderReport(run, summary).html);
    const large = renderReport(run, summary, { inPage: 100_000 });
    await mkdir(join(folder, "large", dataFolder), { recursive: true });
    await writeFile(join(folder, "large", "report.html"), large.html);
    for (const { name, content } of large.files)
      await writeFile(join(folder, "large", dataFolder, name), content);
    await mkdir(join(folder, "lonely"));
    await writeFile(join(folder, "lonely", "report.html"), large.html);
    await mkdir(join(folder, "mixed", dataFolder), { recursive: true });
    await writeFile(join(folder, "mixed", "report.html"), large.html);
    const other = syntheticRun({ questions: 50 });
    for (const { name, content } of renderReport(other, summarise(other, 5), { inPage: 0 }).files)
      await writeFile(join(folder, "mixed", dataFolder, name), content);
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (file = "report.html", scheme: "light" | "dark" = "light", width = 1280) =>
    openPage(browser, join(folder, file), scheme, width);
  const choice = (page: Page, name: string) => page.getByRole("combobox", { name, exact: true });
  const status = (page: Page) => page.locator(".status").textContent();
  /** The list has taken up what was asked of it. */
  const settled = (page: Page) => page.locator("[role=listbox]:not([aria-busy])").waitFor();
  async function found(page: Page): Promise<string | null> {
    await settled(page);
    return status(page);
  }
  const active = (page: Page) => page.locator("[role=option][aria-selected=true]");

  it("lists all questions of all tasks and shows the first beside them", async () => {
    const { page, complaints, close } = await open();
    expect(await status(page)).toBe("50 questions of 50");
    expect(await page.getByRole("listbox", { name: "Questions" }).isVisible()).toBe(true);
    expect(await active(page).getAttribute("aria-setsize")).toBe("50");
    expect(await page.locator(".detail h3").textContent()).toBe(arm("bc").predictions[0]!.question);
    // Only what is in sight is made.
    expect(await page.locator(".question-row").count()).toBeLessThan(40);
    expect(complaints).toEqual([]);
    await close();
  });

  it("filters by what one method answers and by what two answer differently, for each seed", async () => {
    const { page, close } = await open();
    const show = async (value: string) => {
      await choice(page, "Show").selectOption(value);
      return found(page);
    };
    expect(await choice(page, "Show").locator("option").allTextContents()).toContain(
      "flipped: AFT-BC right, continued VFT not",
    );
    expect(await show("right")).toBe(count((bc) => bc));
    expect(await show("flipped")).toBe(count((bc, vft) => bc !== vft));
    expect(await show("gained")).toBe(count((bc, vft) => bc && !vft));
    expect(await page.locator(".question-row").first().locator(".mark").allTextContents()).toEqual([
      "✓right AFT-BC",
      expect.stringMatching(/^(✗wrong|∅no answer) continued VFT$/),
    ]);
    expect(await show("lost")).toBe(count((bc, vft) => !bc && vft));
    expect(await show("neither")).toBe(count((bc, vft) => !bc && !vft));
    await choice(page, "Seed").selectOption({ label: "2" });
    expect(await found(page)).toBe(count((bc, vft) => !bc && !vft, 2));
    await choice(page, "Show").selectOption("all");
    await choice(page, "Task").selectOption({ label: "facts" });
    expect(await found(page)).toBe("10 questions of 50");
    expect(await page.locator(".detail").textContent()).toContain("task facts; seed 2");
    await close();
  });

  it("names the methods that are compared in its filters", async () => {
    const { page, close } = await open();
    await choice(page, "Method").selectOption({ label: "RFT" });
    await choice(page, "Show").selectOption("gained");
    const right = (method: string) => arm(method).predictions.map(({ correct }) => correct);
    const gained = right("rft").filter((correct, at) => correct && !right("continued")[at]).length;
    expect(await found(page)).toBe(`${plural(gained, "question")} of 50`);
    expect(await choice(page, "Show").locator("option:checked").textContent()).toBe(
      "flipped: RFT right, continued VFT not",
    );
    await close();
  });

  it("searches questions and COTs, samples where asked to", async () => {
    const { page, close } = await open();
    const search = async (text: string) => {
      await page.getByRole("searchbox").fill(text);
      return found(page);
    };
    expect(await search("ZEBRA")).toBe("1 question of 50");
    expect(await page.locator(".detail h3").textContent()).toBe(evil);
    expect(await search("giraffe")).toBe("0 questions of 50");
    expect(await page.locator(".detail").textContent()).toContain("No question is like that");
    await page.getByLabel("in sampled COTs too").check();
    expect(await found(page)).toBe("1 question of 50");
    await page.locator(".detail", { hasText: "a giraffe that was only sampled" }).waitFor();
    expect(await search("")).toBe("50 questions of 50");
    await close();
  });

  it("searches by regular expressions, and says what is none and what takes too long", async () => {
    const { page, complaints, close } = await open();
    const search = async (text: string) => {
      await page.getByRole("searchbox").fill(text);
      return found(page);
    };
    await page.getByLabel("regular expression").check();
    expect(await search("the (zebra|lion)$")).toBe("1 question of 50");
    expect(await search("the (zebra|lion")).toMatch(/^Cannot search: this is no regular expression: /);
    // Each letter more doubles what is tried.
    const slow = search("^(([^q])+)+q$");
    expect(await page.evaluate("1 + 1")).toBe(2);
    expect(await slow).toBe("Cannot search: this expression takes more than 2 s: make it simpler");
    expect(await search("ZEBRA")).toBe("1 question of 50");
    expect(complaints).toEqual([]);
    await close();
  });

  it("has a link to each state, which leads back to it", async () => {
    const { page, complaints, close } = await open();
    expect(new URL(page.url()).hash).toBe("");
    await choice(page, "Show").selectOption("flipped");
    await choice(page, "Method").selectOption({ label: "RFT" });
    const flipped = await found(page);
    const before = new URL(page.url()).hash;
    expect(before).toMatch(/^#questions\?method=RFT&show=flipped&question=/);
    await page.getByRole("listbox").press("Home");
    await page.getByRole("listbox").press("ArrowDown");
    await page.waitForFunction(
      (hash) => (globalThis as { location?: { hash: string } }).location?.hash !== hash,
      before,
    );
    await page.waitForFunction("document.querySelector('.steps')?.textContent.includes('2 of')");
    const heading = await page.locator(".detail h3").textContent();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator(".steps", { hasText: "2 of" }).waitFor();
    expect(await found(other)).toBe(flipped);
    expect(await other.locator(".detail h3").textContent()).toBe(heading);
    expect(await choice(other, "Method").locator("option:checked").textContent()).toBe("RFT");
    await other.evaluate("location.hash = '#questions?text=zebra'");
    await other.locator(".status", { hasText: "1 question of 50" }).waitFor();
    expect(await other.getByRole("searchbox").inputValue()).toBe("zebra");
    expect(complaints).toEqual([]);
    await close();
  });

  it("sorts the hardest first", async () => {
    const { page, close } = await open();
    await choice(page, "Sort by").selectOption("hard");
    await settled(page);
    const shares: number[] = [];
    for (let at = 0; at < 6; at++) {
      await page.locator(`#question-${at}`).click();
      await page.locator(".steps", { hasText: `${at + 1} of 50` }).waitFor();
      shares.push(Number(/(\d+) % of all COTs/.exec((await page.locator(".detail").textContent())!)![1]));
    }
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    await close();
  });

  it("shows the prompt, the reference, every method's COT with score, both rules and its first wrong step", async () => {
    const { page, close } = await open();
    const detail = page.locator(".detail");
    await detail.locator("summary", { hasText: "The exact prompt" }).click();
    expect(await detail.locator("details[open] pre").last().textContent()).toBe(
      arm("bc").predictions[0]!.prompt,
    );
    const cards = detail.locator(".cot-card");
    // Five methods wrote the same; AFT-BC another.
    expect(await cards.count()).toBe(2);
    expect(await cards.last().locator(".by").textContent()).toContain("AFT-BC −0.500");
    expect(await cards.first().locator(".method").count()).toBe(5);
    expect(await cards.last().locator("mark.wrong-step").textContent()).toBe("9 - 1 = 8 ; #### 8");
    expect(await cards.last().locator(".facts-line").textContent()).toContain(
      "first wrong step: line 2, the equation is not true",
    );
    expect(await cards.last().locator(".facts-line").textContent()).toMatch(/strict (and flexible )?rule/);
    const samples = detail.locator("table").first();
    expect(await samples.locator("thead th").allTextContents()).toEqual([
      "answer",
      "AFT-BC",
      "continued VFT",
      "VFT, kept as it is",
      "RFT",
      "AFT, no constraint",
      "AFT-DC",
    ]);
    const scores = (await samples.locator("tbody tr.numbers td:nth-child(2)").allTextContents()).map((text) =>
      Number(text.replace("−", "-")),
    );
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    await close();
  });

  it("keeps how often a COT was sampled beside its scores, not over them", async () => {
    const { page, close } = await open();
    const rows = page.locator(".detail tr.numbers");
    await rows.first().waitFor();
    await rows
      .first()
      .locator("th .mark")
      .evaluate((mark) => {
        (mark as unknown as { textContent: string }).textContent = "✗ wrong, 1234567890123";
      });
    const room = await rows.first().evaluate((row) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's globals are not those of Node
      const { document } = globalThis as any;
      // biome-ignore lint/suspicious/noExplicitAny: an element
      const [name, score] = (row as any).children;
      const text = document.createRange();
      text.selectNodeContents(name);
      return score.getBoundingClientRect().left - text.getBoundingClientRect().right;
    });
    expect(room).toBeGreaterThanOrEqual(0);
    await close();
  });

  it("marks what differs between two COTs by words and lines, not by colour alone", async () => {
    const { page, close } = await open();
    const diff = page.locator(".diff");
    expect(await diff.locator("del").allTextContents()).toEqual(
      ["2", "7", "7"].map((word) => `removed: ${word} end of removed `),
    );
    expect(await diff.locator("ins").allTextContents()).toEqual(
      ["1", "8", "8"].map((word) => `added: ${word} end of added `),
    );
    const line = (tag: string) =>
      diff
        .locator(tag)
        .first()
        .evaluate(
          (element) =>
            (
              globalThis as unknown as { getComputedStyle(of: unknown): { textDecorationLine: string } }
            ).getComputedStyle(element).textDecorationLine,
        );
    expect([await line("del"), await line("ins")]).toEqual(["line-through", "underline"]);
    await choice(page, "Compare from").selectOption({ label: "greedy: AFT-BC" });
    expect(await diff.textContent()).toContain("Word for word the same text");
    await close();
  });

  it("is used by keyboard alone", async () => {
    const { page, complaints, close } = await open();
    await page.getByRole("searchbox").focus();
    for (let tab = 0; tab < 3; tab++) await page.keyboard.press("Tab");
    const list = page.getByRole("listbox");
    expect(await list.evaluate((element) => element.matches(":focus-visible"))).toBe(true);
    const at = async () => Number(await active(page).getAttribute("aria-posinset"));
    for (const [key, expected] of [
      ["ArrowDown", 2],
      ["ArrowDown", 3],
      ["ArrowUp", 2],
      ["End", 50],
      ["ArrowDown", 50],
      ["Home", 1],
      ["ArrowUp", 1],
    ] as const) {
      await page.keyboard.press(key);
      expect([key, await at()]).toEqual([key, expected]);
      expect(await list.getAttribute("aria-activedescendant")).toBe(await active(page).getAttribute("id"));
    }
    await page.keyboard.press("PageDown");
    expect(await at()).toBeGreaterThan(5);
    const box = (await list.boundingBox())!;
    const row = (await active(page).boundingBox())!;
    expect(row.y).toBeGreaterThanOrEqual(box.y - 1);
    expect(row.y + row.height).toBeLessThanOrEqual(box.y + box.height + 1);
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    const heading = page.locator(".detail h3:focus");
    await heading.waitFor();
    expect(await heading.textContent()).toBe(arm("bc").predictions[1]!.question);
    await page.keyboard.press("Escape");
    expect(await list.evaluate((element) => element.matches(":focus"))).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  it("shows texts as texts, whatever they hold", async () => {
    const { page, complaints, close } = await open();
    await page.locator("#question-2").click();
    await page.locator(".detail h3", { hasText: evil }).waitFor();
    expect(await page.evaluate("globalThis.hurt")).toBeUndefined();
    expect(await page.locator("img").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each(["light", "dark"] as const)(
    "gives a telephone the list, then the question, nothing sticking out, %s",
    async (scheme) => {
      const { page, complaints, close } = await open("report.html", scheme, 400);
      const [list, detail] = [page.getByRole("listbox"), page.locator(".detail")];
      expect([await list.isVisible(), await detail.isVisible(), await widthOf(page)]).toEqual([
        true,
        false,
        400,
      ]);
      await page.locator("#question-1").click();
      await detail.locator("h3").waitFor();
      expect([await list.isVisible(), await widthOf(page)]).toEqual([false, 400]);
      await detail.locator("details").evaluateAll((all) => {
        for (const one of all) (one as unknown as { open: boolean }).open = true;
      });
      expect(await widthOf(page)).toBe(400);
      await page.getByRole("button", { name: "Next" }).click();
      await page.locator(".steps", { hasText: "3 of 50" }).waitFor();
      expect(await widthOf(page)).toBe(400);
      await page.getByRole("button", { name: "Back to the list" }).click();
      expect([await list.isVisible(), await detail.isVisible()]).toEqual([true, false]);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  it("can be read where it is dark", async () => {
    const { page, close } = await open("report.html", "dark");
    const contrasts = await page.evaluate(
      contrastsIn,
      ".question-row .mark, .question-row .preview, .detail p, .detail pre, .detail del, .detail ins, .controls span, .status",
    );
    expect(contrasts.length).toBeGreaterThan(20);
    for (const { text, ratio } of contrasts) expect([text, ratio >= 4.5]).toEqual([text, true]);
    await close();
  });

  describe("of a large run", () => {
    it("reads its texts from the folder beside the page when they are looked at, and says so", async () => {
      const { page, complaints, close } = await open(join("large", "report.html"));
      expect(await page.locator("#browser > p").first().textContent()).toContain(
        "The texts lie in the folder report-data beside this page",
      );
      await page.locator(".detail h3", { hasText: arm("bc").predictions[0]!.question }).waitFor();
      expect(await page.locator(".detail tbody tr").count()).toBeGreaterThan(3);
      await page.getByRole("searchbox").fill("zebra");
      expect(await found(page)).toBe("1 question of 50");
      expect(complaints).toEqual([]);
      await close();
    });

    it("says what is missing where the folder is, and still filters", async () => {
      const { page, close } = await open(join("lonely", "report.html"));
      expect(await page.getByRole("alert").textContent()).toBe(
        "report-data/texts-0.js cannot be read: the folder report-data must lie beside this page",
      );
      await choice(page, "Show").selectOption("right");
      expect(await found(page)).toBe(count((bc) => bc));
      await page.getByRole("searchbox").fill("zebra");
      expect(await found(page)).toContain("Cannot search: report-data/texts-0.js cannot be read");
      await close();
    });

    it("refuses the folder of another report", async () => {
      const { page, close } = await open(join("mixed", "report.html"));
      expect(await page.getByRole("alert").textContent()).toContain("belongs to another report");
      await close();
    });
  });
});

/** In the page: the contrast of each text with what lies behind it, as WCAG 2 has it. */
function contrastsIn(selector: string): { text: string; ratio: number }[] {
  // biome-ignore lint/suspicious/noExplicitAny: the page's globals are not those of Node
  const { document, getComputedStyle } = globalThis as any;
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [r, g, b] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  // biome-ignore lint/suspicious/noExplicitAny: an element
  const behind = (element: any): string => {
    const colour = getComputedStyle(element).backgroundColor;
    return channels(colour)[3] === 0 ? behind(element.parentElement) : colour;
  };
  // biome-ignore lint/suspicious/noExplicitAny: an element
  return [...document.querySelectorAll(selector)].map((element: any) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    return {
      text: element.textContent.slice(0, 30),
      ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
    };
  });
}
