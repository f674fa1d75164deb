/** How long something took, for people: 950 ms, 12.3 s, 4 min 5 s, 3 h 0 min 32 s. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : wholeDuration(Math.round(seconds));
}

/** The same where parts of a second tell nothing: they are rounded up. 12 s, 4 min 5 s, 1 h 10 min. */
export function wholeDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const counts = parts.map(([count]) => count > 0);
  const first = counts.indexOf(true);
  if (first === -1) return "0 s";
  return parts
    .slice(first, counts.lastIndexOf(true) + 1)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
