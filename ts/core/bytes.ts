/** Numbers of bytes in words: files in powers of ten, as folders and shops have them; memory in powers of two. */

/** 812 B, 1.4 kB, 23.1 MB. */
export function fileSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, at] = [bytes, 0];
  for (; value >= 999.5 && at < units.length - 1; at++) value /= 1000;
  return `${at === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** 512 MiB, 1.4 GiB. */
export const memorySize = (bytes: number): string =>
  bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** How far the reading of files is, for a progress line. */
export const inMegabytes = (done: number, total: number): { done: number; total: number; unit: string } => ({
  done: Math.round(done / 1e6),
  total: Math.round(total / 1e6),
  unit: "MB",
});
