import { spawn } from "node:child_process";
import { lstat, mkdtemp, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { canonicalJson, digestOf } from "../../../ts/core/digest.ts";
import { AftError, nearestName, show } from "../../../ts/core/errors.ts";
import {
  leftoversIn,
  makeFolder,
  removeLeftovers,
  shownPath,
  writeError,
  writeFileAtomic,
} from "../../../ts/core/files.ts";
import { unlessInterrupted } from "../../../ts/core/interrupt.ts";
import { holderInWords, withLock, withLockOrError } from "../../../ts/core/lock.ts";
import { silent } from "../../../ts/core/progress.ts";
import { randomFrom } from "../../../ts/core/random.ts";

test("an error's text says what, where, found, expected, nearest and fix, each on its line", () => {
  const error = new AftError({
    what: "unknown key",
    where: "a.yaml:3:5",
    found: "bta",
    expected: "one of beta, weight",
    nearest: "beta",
    fix: "rename it",
  });
  expect(error.message).toBe(
    'a.yaml:3:5: unknown key\n  found: "bta"\n  expected: one of beta, weight\n  did you mean: beta\n  fix: rename it',
  );
});

test("the nearest name is offered only when it is near", () => {
  expect(nearestName("bundary", ["none", "detached", "boundary"])).toBe("boundary");
  expect(nearestName("vft", ["VFT", "rft"])).toBe("VFT");
  expect(nearestName("quicksort", ["none", "detached", "boundary"])).toBeUndefined();
});

test("equal values have equal digests whatever the order of their keys", () => {
  expect(canonicalJson({ b: 1, a: { d: [2, { y: 1, x: 2 }], c: null } })).toBe(
    '{"a":{"c":null,"d":[2,{"x":2,"y":1}]},"b":1}',
  );
  expect(digestOf({ b: 1, a: 2 })).toBe(digestOf({ a: 2, b: 1 }));
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: "1" }));
});

test("random streams depend on their parts alone, and differ between parts", () => {
  const draw = (...parts: (string | number)[]) => {
    const random = randomFrom(...parts);
    return Array.from({ length: 5 }, () => random.int(0, 1_000_000));
  };
  expect(draw(1, "data")).toEqual(draw(1, "data"));
  expect(draw(1, "data")).not.toEqual(draw(2, "data"));
  expect(draw(1, "data")).not.toEqual(draw(1, "order"));
});

test("integers are uniform, both ends included", () => {
  const random = randomFrom("uniform");
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[random.int(0, 5)]!++;
  // 10,000 each expected, standard deviation 91: five of them.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
});

test("shuffling keeps every item and leaves its argument alone", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = randomFrom("shuffle").shuffle(items);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled).not.toEqual(items);
  expect([...shuffled].sort()).toEqual(items);
});

test("a file is written whole or not at all, with nothing left beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-files-"));
  const file = join(folder, "deep", "report.html");
  await writeFileAtomic(file, "one");
  await writeFileAtomic(file, "two");
  expect(await readFile(file, "utf8")).toBe("two");
  expect(await readdir(join(folder, "deep"))).toEqual(["report.html"]);
});

test("a link's target is written, the link stays; a device is written to and never replaced", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-files-"));
  const [file, linked] = [join(folder, "file"), join(folder, "link")];
  await writeFile(file, "old");
  await symlink(file, linked);
  await writeFileAtomic(linked, "new");
  expect(await readFile(file, "utf8")).toBe("new");
  expect((await lstat(linked)).isSymbolicLink()).toBe(true);
  await expect(writeFileAtomic("/dev/full", "text")).rejects.toThrow("/dev/full: no space left on the disk");
  expect((await lstat("/dev/full")).isCharacterDevice()).toBe(true);
});

test("what cannot be written to is said in words", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-files-"));
  await expect(writeFileAtomic(folder, "x")).rejects.toThrow(
    `${folder}: a folder or another file is in the way`,
  );
  await writeFile(join(folder, "file"), "");
  await expect(writeFileAtomic(join(folder, "file", "below"), "x")).rejects.toThrow(
    `${join(folder, "file", "below")}: a folder or another file is in the way`,
  );
  expect(await readdir(folder)).toEqual(["file"]);
});

test("a path is shown relative only where it lies below the folder one stands in", () => {
  const here = process.cwd();
  expect(shownPath(join(here, "runs", "x"))).toBe(join("runs", "x"));
  expect(shownPath("runs/x")).toBe(join("runs", "x"));
  expect(shownPath(join(here, "..hidden"))).toBe("..hidden");
  expect(shownPath("/nowhere/x")).toBe("/nowhere/x");
  expect(shownPath("..")).toBe(dirname(here));
});

test("numbers that JSON has no words for are shown as they are", () => {
  expect(show(Number.NaN)).toBe("NaN");
  expect(show(Number.POSITIVE_INFINITY)).toBe("Infinity");
});

test("an error is an interruption only when it is the signal's own reason", () => {
  const controller = new AbortController();
  controller.abort();
  expect(unlessInterrupted(controller.signal.reason, controller.signal, "stopped")).toMatchObject({
    exitCode: 130,
    message: "stopped",
  });
  const full = new Error("disk full");
  expect(unlessInterrupted(full, controller.signal)).toBe(full);
});

test("a lock is held by one at a time, waited for, and taken over from a dead process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-lock-"));
  const path = join(folder, "a.lock");
  const order: string[] = [];
  const hold = (name: string) =>
    withLock(
      path,
      async () => {
        order.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`${name} out`);
      },
      { purpose: "a test", progress: silent },
    );
  await Promise.all([hold("a"), hold("b")]);
  expect(order[0]!.slice(0, 1)).toBe(order[1]!.slice(0, 1));
  expect(order[2]!.slice(0, 1)).toBe(order[3]!.slice(0, 1));
  // No process has the largest id: its lock is stale.
  await writeFile(path, "4194304");
  await hold("c");
  expect(order.at(-1)).toBe("c out");
  // This process's id, but of one that began at another time: ids come again, soonest in containers.
  if (process.platform === "linux") {
    await writeFile(path, `${process.pid} 1`);
    await hold("d");
    expect(order.at(-1)).toBe("d out");
  }
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of another machine's process is held while it gives signs of life, and taken over after two minutes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-lock-"));
  const path = join(folder, "a.lock");
  const take = () => withLockOrError(path, { what: "in use", where: folder }, async () => "taken");
  // This very id, which says nothing of a process elsewhere.
  await writeFile(path, `${process.pid} 1 elsewhere`);
  await expect(take()).rejects.toThrow(
    `${folder}: in use\n  found: "process ${process.pid} on elsewhere, with a sign of life in the last two minutes"`,
  );
  expect(await holderInWords(path)).toBe(`process ${process.pid} on elsewhere`);
  const longAgo = Date.now() / 1000 - 150;
  await utimes(path, longAgo, longAgo);
  expect(await holderInWords(path)).toBeUndefined();
  expect(await take()).toBe("taken");
  expect(await readdir(folder)).toEqual([]);
});

test("a lock that another has taken over meanwhile is left to it", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "aft-lock-")), "a.lock");
  await withLockOrError(path, { what: "in use" }, () => writeFile(path, "7 7 elsewhere"));
  expect(await readFile(path, "utf8")).toBe("7 7 elsewhere");
});

test("what a kill left of files that were being written is told from files, and taken away", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-left-"));
  const whole = ["a.tmp", "a.1.tmp", "a.json", ".hidden", ".writing-1", "a.12.0badcafe.tmp.json"];
  const left = ["a.json.12.0badcafe.tmp", ".checkpoint.writing-12", ".checkpoint.writing-12-old"];
  for (const name of [...whole, ...left]) await makeFolder(join(folder, "below", name));
  expect(await leftoversIn(folder, { shallow: true })).toEqual([]);
  await removeLeftovers(folder);
  expect((await readdir(join(folder, "below"))).sort()).toEqual([...whole].sort());
});

test("what a file system says of a place that cannot be written to is told in words", () => {
  const told = (code: string) => writeError("/x", Object.assign(new Error("mkdir"), { code })).message;
  expect(told("EACCES")).toBe(
    "/x: not allowed to write (EACCES)\n  fix: another folder (of aft run: --runs), or the right to write there",
  );
  expect(told("EROFS")).toMatch(
    /^\/x: the file system is mounted read-only \(EROFS\)\n {2}fix: another folder/,
  );
  expect(told("ENOENT")).toMatch(/^\/x: its folder cannot be made, or was taken away meanwhile \(ENOENT\)\n/);
});

test("a lock where no folder can be says so, and not what could not be taken away", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-lock-"));
  await writeFile(join(folder, "file"), "");
  const path = join(folder, "file", "below", "a.lock");
  await expect(withLock(path, async () => {}, { purpose: "a test", progress: silent })).rejects.toMatchObject(
    {
      problems: [{ what: "a folder or another file is in the way", where: path }],
    },
  );
});

test("a folder is made with all above it, once, and not where it cannot be", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-folder-"));
  const deep = join(folder, "a", "b", "c");
  await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(join(folder, "a", "d"))]);
  await makeFolder(deep);
  expect(await readdir(join(folder, "a"))).toEqual(["b", "d"]);
  await writeFile(join(deep, "file"), "");
  await expect(makeFolder(join(deep, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(deep, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  // The kernel says ENOENT of any new folder there, which is no reason to try again.
  if (process.platform === "linux")
    await expect(makeFolder("/proc/aft-folder/x")).rejects.toMatchObject({ code: "ENOENT" });
});

test.runIf(process.platform === "linux")(
  "a process that has ended holds no lock, also where nobody asks how it ended",
  async () => {
    // The shell becomes a program that knows of no child.
    const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec cat"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    try {
      const pid = await new Promise<string>((resolve) => {
        parent.stdout.once("data", (text) => resolve(String(text).trim()));
      });
      const stateOf = async (): Promise<string | undefined> =>
        (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.[0];
      const program = () => readFile(`/proc/${parent.pid}/comm`, "utf8");
      await expect.poll(program, { timeout: 30_000 }).toBe("cat\n");
      process.kill(Number(pid), "SIGKILL");
      await expect.poll(stateOf, { timeout: 30_000 }).toBe("Z");
      const path = join(await mkdtemp(join(tmpdir(), "aft-test-")), "run.lock");
      await writeFile(path, `${pid}  ${hostname()}`);
      expect(await holderInWords(path)).toBeUndefined();
      await writeFile(path, `${parent.pid}  ${hostname()}`);
      expect(await holderInWords(path)).toBe(`process ${parent.pid}`);
    } finally {
      parent.kill();
    }
  },
);
