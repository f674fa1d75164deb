import type { Inline } from "./model.ts";

/** `2026-11-27 08:39:09 UTC`. */
export const momentText = (iso: string): string => iso.replace("T", " ").replace(/\.\d+Z$/, " UTC");

/** Without any emphasis. */
export const plainText = (content: Inline): string => {
  if (content === null || content === undefined || content === false) return "";
  if (typeof content !== "object") return String(content);
  if ("moment" in content) return momentText(content.moment);
  if ("content" in content) return plainText(content.content);
  return content.map(plainText).join("");
};
