/** Opens pages in Debian's Chromium and listens to what they say; tests are left out, and say so, where it is not installed. */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

export const executablePath = [
  process.env.AFT_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
].find((path) => path !== undefined && existsSync(path));

const reason =
  "browser tests left out: no Chromium found (apt-get install chromium, or set AFT_CHROMIUM to its path)";
if (executablePath === undefined) console.warn(reason);

/** For the title of what is left out. */
export const without = executablePath === undefined ? ` (${reason})` : "";

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath!,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });

export interface Opened {
  page: Page;
  /** What the console says, and what is asked of the network. */
  complaints: string[];
  close: () => Promise<void>;
}

/** @param isFolded as it is opened; else all of its parts are unfolded */
export async function openPage(
  browser: Browser,
  file: string,
  colorScheme: "light" | "dark" = "light",
  width = 1280,
  { isFolded = false } = {},
): Promise<Opened> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const complaints = complaintsOf(page, (url) => url.startsWith("file:"));
  await page.goto(pathToFileURL(file).href);
  if (!isFolded) await openAllParts(page);
  return { page, complaints, close: () => context.close() };
}

/** What its console says from now on, and what it asks for that is neither its own nor within it. */
export function complaintsOf(page: Page, isOwn: (url: string) => boolean): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!isOwn(request.url()) && !/^(data|blob):/.test(request.url()))
      complaints.push(`asked for ${request.url()}`);
  });
  return complaints;
}

/** As a reader who wants to see everything. */
export const openAllParts = (page: Page): Promise<void> =>
  page.locator("details.part").evaluateAll((parts) => {
    for (const part of parts as unknown as { open: boolean }[]) part.open = true;
  });

/** How wide the page is with what sticks out of it. */
export const widthOf = (page: Page): Promise<number> =>
  page.locator("html").evaluate((element) => (element as unknown as { scrollWidth: number }).scrollWidth);
