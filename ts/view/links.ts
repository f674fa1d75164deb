/** The addresses of pages, the same for the server and for a static site: relative, so that both can lie anywhere. */

/** A page's path within the site, not encoded: `runs/quickstart/index.html`. */
export type Path = string;

export const home: Path = "index.html";
export const pageOfRun = (name: string, file = "index.html"): Path => `runs/${name}/${file}`;

const between = "/vs/";
export const pageOfPair = (a: string, b: string): Path => `compare/${a}${between}${b}.html`;

/** The runs that a page compares; undefined for another page. */
export function pairIn(path: Path, names: readonly string[]): [a: string, b: string] | undefined {
  const pair = /^compare\/(.+)\.html$/.exec(path)?.[1] ?? "";
  for (let at = pair.indexOf(between); at >= 0; at = pair.indexOf(between, at + 1)) {
    const [a, b] = [pair.slice(0, at), pair.slice(at + between.length)];
    if (names.includes(a) && names.includes(b)) return [a, b];
  }
  return undefined;
}

/** As an address in the page at `from`. */
export function linkTo(to: Path, from: Path): string {
  const up = "../".repeat(from.split("/").length - 1);
  return up + to.split("/").map(encodeURIComponent).join("/");
}
