import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aft, firstLine, startAft, temporaryFolder, until } from "../e2e/aft.ts";
import { standing } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";
import { executablePath, launch, without } from "../ts/analysis/report/chromium.ts";
import { warmEnvironment } from "../warm/warm.ts";

let browser: Browser;
beforeAll(async () => {
  if (executablePath !== undefined) browser = await launch();
});
afterAll(() => browser?.close());

const tiny = (runs: string, ...sets: string[]): string[] => [
  ...["run", "tests/e2e/tiny.yaml", "--runs", runs],
  ...setting(...sets),
];

test.skipIf(executablePath === undefined)(
  `a real run is followed from its first stage to its report, killed and gone on with on the way${without}`,
  async () => {
    const runs = await temporaryFolder();
    const environment = await warmEnvironment();
    const longer = tiny(runs, "stages.vft.steps=80");
    const first = await standing(longer, "train/step 41 hangs", environment);
    const view = startAft(["view", "--runs", runs]);
    const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(await firstLine(view))![0];
    const page = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${address}runs/tiny/index.html`);
    await page.getByText(/now vft seed 1: \d+ of 80 steps/).waitFor();
    const steps = async (): Promise<number> =>
      Number(
        /vft seed 1: (\d+) steps/.exec(
          (await page.locator("#curves + *").locator("..").textContent()) ?? "",
        )?.[1],
      );
    await until(async () => (await steps()) === 40);
    await first.kill();
    await page.getByText("Nobody works on it").waitFor();
    expect(await steps()).toBe(40);
    const second = await standing(longer, "train/step 20 waits", environment);
    await page.locator(".badge", { hasText: "running" }).waitFor();
    await second.goOn();
    expect((await second.started).exitCode).toBe(0);
    await page.locator(".badge", { hasText: "done" }).waitFor();
    await page.getByText(/vft seed 1: 80 steps; align/).waitFor();
    await page.getByRole("link", { name: "Questions and COTs" }).click();
    await page.locator(".detail h3").waitFor();
    await page.getByRole("button", { name: "Mark" }).click();
    await page.locator(".own-note [role=status]", { hasText: "kept" }).waitFor();

    expect(
      (await aft(tiny(runs, "name=other", "stages.align.steps=6", "stages.vft.steps=80"))).exitCode,
    ).toBe(0);
    await page.goto(`${address}compare?a=tiny&b=other`);
    expect(page.url()).toBe(`${address}compare/tiny/vs/other.html`);
    expect(await page.locator("main").innerText()).toMatch(/stages\.align\.steps\s+3\s+6/);
    expect(await page.getByText(/The same \d+ questions: differences are paired/).count()).toBe(1);
    expect(await page.locator("#curves ~ .charts svg path").count()).toBeGreaterThan(4);
    const verified = await aft(["runs", "verify", "--runs", runs]);
    expect(verified.exitCode).toBe(0);
    const site = join(runs, "..", `${runs.split("/").at(-1)}-site`);
    const bundled = await aft(["view", "--runs", runs, "--bundle", site]);
    expect(bundled.stdout).toMatch(
      /: 2 runs, 1 pair of runs side by side, \d+ files, [\d.]+ [kM]B; open index\.html/,
    );
    await page.goto(`file://${join(site, "compare", "other", "vs", "tiny.html")}`);
    expect(await page.locator("h1").textContent()).toBe("other and tiny");
    await page.goto(`file://${join(site, "runs", "tiny", "questions.html")}`);
    await page.locator(".own-note", { hasText: "marked" }).waitFor();
    expect(complaints).toEqual([]);
    view.kill("SIGINT");
    expect((await view).exitCode).toBe(130);
  },
);
