/**
 * Keeps a page as its server has it now: asks again while the page is in sight, and puts the parts that have changed in the place
 * of those that are shown. What the reader has opened stays open.
 */
const usualMs = 4000;
const runningMs = 2000;

const part = "[data-part]";
const state = document.querySelector<HTMLElement>(".live-state");
let tag: string | null = null;

async function look(): Promise<void> {
  try {
    const response = await fetch(location.pathname + location.search, {
      headers: tag === null ? {} : { "if-none-match": tag },
      cache: "no-store",
    });
    if (response.status === 304) return tell("live");
    if (!response.ok) return tell(`not live: ${(await response.text()).split("\n", 1)[0]}`);
    tag = response.headers.get("etag");
    take(new DOMParser().parseFromString(await response.text(), "text/html"));
    tell("live");
  } catch {
    tell("not live: aft view has ended");
  }
}

function tell(text: string): void {
  if (state !== null && state.textContent !== text) state.textContent = text;
}

function take(fresh: Document): void {
  document.body.dataset.running = fresh.body.dataset.running;
  const [old, now] = [document, fresh].map((from) => [...from.querySelectorAll<HTMLElement>(part)]);
  const names = (parts: HTMLElement[] = []): string => parts.map(({ dataset }) => dataset.part).join(" ");
  if (names(old) !== names(now)) {
    const [before, after] = [document.querySelector("main"), fresh.querySelector("main")];
    if (before !== null && after !== null) replace(before, after);
    return;
  }
  for (const [at, element] of (now ?? []).entries()) {
    const shown = old?.[at];
    // As the server wrote it, before anything was opened.
    if (shown !== undefined && sources.get(shown) !== element.innerHTML) replace(shown, element);
  }
}

/** By the element in the page. */
const sources = new WeakMap<HTMLElement, string>();

function replace(shown: HTMLElement, fresh: HTMLElement): void {
  const source = new Map(
    [...fresh.querySelectorAll<HTMLElement>(part), fresh].map((one) => [one, one.innerHTML]),
  );
  const open = new Map(
    [...shown.querySelectorAll("details")].map((details) => [keyOf(details), details.open]),
  );
  const scrolled = [...shown.querySelectorAll(".scroll")].map(({ scrollLeft }) => scrollLeft);
  const focused = document.activeElement?.getAttribute("href") ?? document.activeElement?.id;
  const hadFocus = shown.contains(document.activeElement);
  const placed = document.importNode(fresh, true);
  for (const details of placed.querySelectorAll("details"))
    details.open = open.get(keyOf(details)) ?? details.open;
  const placedParts = [...placed.querySelectorAll<HTMLElement>(part), placed];
  for (const [at, text] of [...source.values()].entries()) sources.set(placedParts[at]!, text);
  shown.replaceWith(placed);
  for (const [at, area] of [...placed.querySelectorAll(".scroll")].entries())
    area.scrollLeft = scrolled[at] ?? 0;
  if (hadFocus && focused)
    placed
      .querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"], [id="${CSS.escape(focused)}"]`)
      ?.focus();
}

const keyOf = (details: HTMLDetailsElement): string =>
  details.dataset.key ?? details.querySelector("summary")?.textContent ?? "";

for (const element of document.querySelectorAll<HTMLElement>(part)) sources.set(element, element.innerHTML);

async function keepLooking(): Promise<void> {
  for (;;) {
    if (document.visibilityState === "visible") await look();
    const pauseMs = document.body.dataset.running === "true" ? runningMs : usualMs;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, pauseMs);
    });
  }
}
keepLooking();
