import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findGarbage } from "../../../ts/experiment/index.ts";
import { type ServedView, serveView } from "../../../ts/view/index.ts";
import { type Recorded, recordedRuns } from "./recorded.ts";

let recorded: Recorded;
let view: ServedView;
let port: number;
beforeAll(async () => {
  recorded = await recordedRuns();
  view = await serveView({ runsDirectory: recorded.runs });
  port = Number(new URL(view.address).port);
});
afterAll(async () => {
  await view.close();
  await rm(recorded.runs, { recursive: true });
});

/** Sends a path as it stands: a browser's own `fetch` would tidy it up first. */
function ask(
  path: string,
  { method = "GET", headers = {}, body = "" }: { method?: string; headers?: object; body?: string } = {},
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } },
      async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part);
        resolve({
          status: response.statusCode!,
          text: Buffer.concat(parts).toString(),
          headers: response.headers,
        });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

describe("what is shown", () => {
  test("all runs with their state, those of sweeps too; a damaged one says why", async () => {
    const { status, text } = await ask("/");
    expect(status).toBe(200);
    const row = (name: string) =>
      new RegExp(`<tr><th[^>]*><a href="runs/${name}/index.html">.*?</tr>`, "s").exec(text)?.[0] ?? "";
    expect(row("done")).toMatch(/fine">done/);
    expect(row("done")).toContain('href="runs/done/report.html"');
    expect(row("going")).toMatch(/running">running<\/span> 1 of 2 stages/);
    expect(row("killed")).toMatch(/note">not finished<\/span> 1 of 2 stages/);
    expect(row("torn")).toContain("run.json is damaged");
    expect(text).toContain('href="runs/sweep/k%3D2/index.html"');
    expect(text).toContain("sweep.json is damaged");
    expect(text).toMatch(
      /now <b>align aft-bc seed 1<\/b>: 2 of 60 steps, 4\.0 steps a second, 15 s left of this/,
    );
  });

  test("one run: its stages, its curves as far as they are, and what was killed as such", async () => {
    const going = (await ask("/runs/going/index.html")).text;
    expect(going).toMatch(/✓<\/span>vft seed 1 /);
    expect(going).toMatch(/▶<\/span>align aft-bc seed 1 <span class="quiet">under way/);
    expect(going).toContain("vft seed 1: 120 steps; align aft-bc seed 1: 2 steps");
    const killed = (await ask("/runs/killed/index.html")).text;
    expect(killed).toContain("Nobody works on it");
    expect(killed).toMatch(/·<\/span>align aft-bc seed 1 <span class="quiet">waiting/);
    expect((await ask("/runs/torn/index.html")).text).toContain("run.json is damaged");
  });

  test("a page that has not changed is not sent again", async () => {
    const { headers } = await ask("/runs/done/index.html");
    const again = await ask("/runs/done/index.html", { headers: { "if-none-match": headers.etag } });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect((await ask("/", { headers: { "if-none-match": headers.etag } })).status).toBe(200);
  });

  test("steps that are written meanwhile, a torn line left out, and another file in their place", async () => {
    const metrics = join(recorded.runs, "artefacts");
    await recorded.step(4);
    expect((await ask("/runs/going/index.html")).text).toContain("align aft-bc seed 1: 4 steps");
    const { stages } = JSON.parse(await readFile(join(recorded.runs, "going", "started.json"), "utf8"));
    const file = join(recorded.runs, "going", stages[1].artefact, "metrics.jsonl");
    const text = await readFile(file, "utf8");
    await writeFile(file, text + text.slice(0, 50));
    expect((await ask("/runs/going/index.html")).text).toContain("align aft-bc seed 1: 4 steps");
    // A run that goes on from a saved state.
    await rm(file);
    await writeFile(file, text.slice(0, text.indexOf("\n") + 1));
    expect((await ask("/runs/going/index.html")).text).toContain("align aft-bc seed 1: 1 step<");
    await writeFile(file, text);
    expect(metrics).toBeTruthy();
  });

  test("the report as the file that it is, with what it reads", async () => {
    const path = join(recorded.runs, "large", "report.html");
    expect((await ask("/runs/large/report.html")).text).toBe(await readFile(path, "utf8"));
    const script = await ask("/runs/large/report-data/texts-0.js");
    expect([script.status, script.headers["content-type"]]).toEqual([200, "text/javascript; charset=utf-8"]);
    expect((await ask("/runs/sweep/report.html")).text).toContain("the sweep");
    expect((await ask("/runs/done/questions-data/texts-0.js")).text).toMatch(/^aftReportData\("/);
    expect((await ask("/runs/large/questions-data/texts-0.js")).status).toBe(404);
  });
});

describe("what is not given away", () => {
  test.each([
    "/runs/done/run.json",
    "/runs/done/../../artefacts/x",
    "/runs/done/..%2f..%2fetc/passwd",
    "/runs/done/report-data/..%2f..%2fdone%2frun.json",
    "/runs/done/report-data/%2e%2e/run.json",
    "/runs/..%2f..%2f..%2fetc%2fpasswd/report.html",
    "/runs/%00/report.html",
    "//etc/passwd",
    "/runs/artefacts/report.html",
    "/compare/done/vs/none.html",
    "/favicon.ico",
  ])("%s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test("an address that is encoded wrongly", async () => {
    expect((await ask("/runs/%ff%/report.html")).status).toBe(400);
  });

  test("what a link leads to outside of the folder of runs", async () => {
    const outside = `${recorded.runs}-outside`;
    await mkdir(outside);
    await writeFile(join(outside, "report.html"), "secret");
    const folder = join(recorded.runs, "linked");
    await mkdir(folder);
    await writeFile(join(folder, "run.json"), "{}");
    await symlink(join(outside, "report.html"), join(folder, "report.html"));
    await symlink(outside, join(recorded.runs, "folder-link"));
    expect((await ask("/runs/linked/report.html")).status).toBe(404);
    expect((await ask("/runs/linked/questions.html")).text).not.toContain("secret");
    expect((await ask("/runs/folder-link/report.html")).status).toBe(404);
    await rm(folder, { recursive: true });
    await rm(join(recorded.runs, "folder-link"));
    await rm(outside, { recursive: true });
  });

  test.each(["evil.example", "127.0.0.1:1", "localhost.evil.example"])(
    "anything under the name %s, which another site may have made lead here",
    async (name) => {
      expect((await ask("/", { headers: { host: name } })).status).toBe(403);
    },
  );

  test("anything that is not read: it is not taken", async () => {
    expect((await ask("/", { method: "DELETE" })).status).toBe(405);
    const headers = (await ask("/")).headers;
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("marks and notes", () => {
  const note = { task: "arithmetic", id: "test-1", marked: true, text: "odd </script>" };
  const post = (body: unknown, headers: object = {}, path = "/runs/done/notes") =>
    ask(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { origin: `http://127.0.0.1:${port}`, "content-type": "application/json", ...headers },
    });
  const file = () => join(recorded.runs, "done", "notes.jsonl");

  test("are kept beside the run and shown, the last one of a question", async () => {
    expect((await post({ ...note, text: "first" })).status).toBe(204);
    expect((await post(note)).status).toBe(204);
    expect((await post({ ...note, id: "test-2" })).status).toBe(204);
    expect((await post({ ...note, id: "test-2", marked: false, text: "" })).status).toBe(204);
    const lines = (await readFile(file(), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(4);
    expect((await ask("/")).text).toContain("★ 1");
    const page = (await ask("/runs/done/questions.html")).text;
    expect(page).toContain(
      String.raw`id="data-notes">{"address":"notes","notes":[{"task":"arithmetic","id":"test-1","marked":true,"text":"odd \u003c/script>"}]}`,
    );
  });

  test("a torn or damaged line loses no other, and the page says so", async () => {
    await writeFile(file(), `${await readFile(file(), "utf8")}{"task"`);
    expect((await ask("/runs/done/index.html")).text).toContain("1 line of notes.jsonl cannot be read");
    expect((await post({ ...note, id: "test-3" })).status).toBe(204);
    expect((await ask("/runs/done/index.html")).text).toContain("★ 2 questions marked or noted");
    expect(await readFile(file(), "utf8")).toContain('\n{"task"\n{"task":"arithmetic","id":"test-3"');
  });

  test("that come at once are all kept", async () => {
    const ids = Array.from({ length: 8 }, (_, at) => `test-${at + 10}`);
    await Promise.all(ids.map((id) => post({ ...note, id }, {}, "/runs/large/notes")));
    const kept = await readFile(join(recorded.runs, "large", "notes.jsonl"), "utf8");
    expect(ids.filter((id) => !kept.includes(`"${id}"`))).toEqual([]);
  });

  test.each<[number, string, () => Promise<{ status: number }>]>([
    [403, "from another site", () => post(note, { origin: "http://evil.example" })],
    [403, "without an origin", () => post(note, { origin: "" })],
    [403, "from a page of another port", () => post(note, { origin: "http://127.0.0.1:1" })],
    [403, "that the browser calls cross-site", () => post(note, { "sec-fetch-site": "cross-site" })],
    [415, "as a form can send it", () => post(note, { "content-type": "text/plain" })],
    [404, "of no run", () => post(note, {}, "/runs/none/notes")],
    [404, "outside", () => post(note, {}, "/runs/..%2f..%2fx/notes")],
    [400, "that is none", () => post({ ...note, marked: "yes" })],
    [400, "that is no JSON", () => post("{")],
    [400, "too long a text", () => post({ ...note, text: "x".repeat(10_001) })],
    [413, "far too long", () => post("x".repeat(200_000))],
  ])("%i: one %s is refused", async (status, _, send) => {
    const before = await readFile(file(), "utf8");
    expect((await send()).status).toBe(status);
    expect(await readFile(file(), "utf8")).toBe(before);
  });

  test("are no garbage", async () => {
    const torn = join(recorded.runs, "torn");
    await rm(torn, { recursive: true });
    const { unused } = await findGarbage(recorded.runs);
    expect(unused.filter(({ path }) => path.includes("notes"))).toEqual([]);
  });
});

test("a port that is taken and a folder that is not there are told", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = (other.address() as { port: number }).port;
  const serve = serveView({ runsDirectory: recorded.runs, port: taken });
  await expect(serve).rejects.toThrow(`--port: this port is taken\n  found: ${taken}`);
  await new Promise((resolve) => other.close(resolve));
  await expect(serveView({ runsDirectory: "/none/of/these" })).rejects.toThrow(
    "/none/of/these: no such folder",
  );
});
