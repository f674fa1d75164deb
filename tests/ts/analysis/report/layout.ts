/** What a page's layout is held to: nothing sticks out of the screen, no text lies over another. */
import type { Page } from "playwright-core";

/** Runs in the page, of which this project's types know nothing. */
const inPage = `(() => {
  const clipOf = (element) => {
    let clip = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };
    for (let at = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (at !== document.documentElement && at !== document.body && /auto|scroll|hidden|clip/.test(style.overflowX + style.overflowY)) {
        const box = at.getBoundingClientRect();
        clip = { left: Math.max(clip.left, box.left), top: Math.max(clip.top, box.top), right: Math.min(clip.right, box.right), bottom: Math.min(clip.bottom, box.bottom) };
      }
    }
    return clip;
  };
  /** Stays in place while others pass under it. */
  const isAbove = (element) => {
    for (let at = element; at !== null; at = at.parentElement) if (/sticky|fixed/.test(getComputedStyle(at).position) && !at.matches(".list-side")) return true;
    return false;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === "" || !element.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true })) continue;
    if (element.closest("script,style,title,desc,option,.unseen") !== null || isAbove(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const clip = clipOf(element);
    for (const box of range.getClientRects()) {
      const seen = { left: Math.max(box.left, clip.left), top: Math.max(box.top, clip.top), right: Math.min(box.right, clip.right), bottom: Math.min(box.bottom, clip.bottom) };
      if (seen.right - seen.left > 1 && seen.bottom - seen.top > 1) texts.push({ ...seen, text: node.data.trim().slice(0, 40), element });
    }
  }
  texts.sort((a, b) => a.top - b.top);
  const overlaps = [];
  for (let i = 0; i < texts.length; i++)
    for (let j = i + 1; j < texts.length && texts[j].top < texts[i].bottom - 3; j++) {
      const [a, b] = [texts[i], texts[j]];
      // Two lines of one text, of which one may be cut off.
      if (a.element === b.element) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > Math.min(4, 0.35 * Math.min(a.bottom - a.top, b.bottom - b.top))) overlaps.push(a.text + " | " + b.text);
    }
  const width = document.documentElement.clientWidth;
  const outside = texts.filter(({ left, right }) => left < -1 || right > width + 1).map(({ text }) => text);
  return { overlaps: [...new Set(overlaps)], outside: [...new Set(outside)], width: document.documentElement.scrollWidth };
})()`;

export interface Layout {
  /** Texts that lie over each other. */
  overlaps: string[];
  /** Texts that stick out of the screen and cannot be scrolled to by themselves. */
  outside: string[];
  /** Of the page with all that sticks out of it. */
  width: number;
}

export const layoutOf = (page: Page): Promise<Layout> => page.evaluate(inPage) as Promise<Layout>;
