import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aft, startAft, until } from "../../../e2e/aft.ts";
import { send, serve } from "../../data/downloads/server.ts";
import { folderOf, jsonLines } from "../../data/files.ts";

/** ECQA in miniature, under the addresses of its publishers. */
const published: Record<string, string> = {
  "/raw.githubusercontent.com/dair-iitd/ECQA-Dataset/main/ecqa.jsonl": jsonLines(
    ["a", "b", "c"].map((id) => ({ id, positives: [], negatives: [], explanation: `Because of ${id}.` })),
  ),
  "/raw.githubusercontent.com/dair-iitd/ECQA-Dataset/main/author_split/train_ids.txt": "b\n",
  "/raw.githubusercontent.com/dair-iitd/ECQA-Dataset/main/author_split/val_ids.txt": "a\n",
  "/raw.githubusercontent.com/dair-iitd/ECQA-Dataset/main/author_split/test_ids.txt": "c\n",
  "/s3.amazonaws.com/commensenseqa/train_rand_split.jsonl": jsonLines(["a", "b"].map((id) => question(id))),
  "/s3.amazonaws.com/commensenseqa/dev_rand_split.jsonl": jsonLines([question("c")]),
};

function question(id: string) {
  const choices = ["red", "blue", "green", "grey", "pink"].map((text, at) => ({ label: "ABCDE"[at], text }));
  return {
    id,
    answerKey: "D",
    question: { stem: `Which colour has ${id}?`, choices, question_concept: "colour" },
  };
}

const mirror = () =>
  serve((answering) => {
    const text = published[answering.request.url!];
    if (text === undefined) answering.response.writeHead(404).end();
    else send(answering, Buffer.from(text));
  });

describe("`aft data get`", () => {
  test("downloads a dataset, says its licence and citation, and the task reads it", async () => {
    const data = folderOf({});
    const { address, asked } = await mirror();
    const env = { AFT_DATA: data, AFT_DATA_MIRROR: address };
    const got = await aft(["data", "get", "ecqa"], { env });
    expect(got).toMatchObject({ exitCode: 0, stderr: "" });
    for (const text of [
      "downloaded: ",
      "kept in aft-data.lock.json",
      "licence: ECQA: CDLA-Sharing-1.0",
      "please cite: Aggarwal",
    ])
      expect(got.stdout).toContain(text);
    expect(JSON.parse(readFileSync(join(data, "ecqa/aft-data.lock.json"), "utf8")).files).toHaveProperty([
      "ecqa.jsonl",
    ]);
    expect(asked).toHaveLength(6);

    const again = await aft(["data", "get", "ecqa"], { env });
    expect(again.stdout.match(/here already/g)).toHaveLength(6);
    expect(asked).toHaveLength(6);

    const shown = await aft(["data", "show", "ecqa", "--split", "test"], { env });
    expect(shown.stdout).toContain(
      "=== ecqa-test-1\n--- prompt\nQuestion: Which colour has c?\nA) red\nB) blue\nC) green\nD) grey\nE) pink\nAnswer:⏎\n▮\n--- reference\nBecause of c.\n#### D▮\n--- answer: D",
    );

    const checked = await aft(["data", "check", "ecqa"], { env });
    expect(checked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("nothing is wrong") });
    expect(checked.stdout.match(/is the file that was downloaded first/g)).toHaveLength(6);
  });

  test("what arrives and is not the published file is an error, and is not kept", async () => {
    const data = folderOf({});
    const server = await serve((answering) => send(answering, Buffer.from("<html>no</html>")));
    const env = { AFT_DATA_MIRROR: server.address };
    const got = await aft(["data", "get", "gsm8k", "--to", data], { env });
    expect(got.exitCode).toBe(1);
    expect(got.stderr).toContain("train.jsonl: what arrived is not the published file (SHA-256)");
    expect(existsSync(join(data, "gsm8k/train.jsonl"))).toBe(false);
  });

  test("Ctrl-C ends with 130, says how to go on, and what has arrived is kept", async () => {
    const data = folderOf({});
    const server = await serve(({ response }) => {
      response.writeHead(200, { etag: '"one"', "content-length": 4_166_206 });
      response.write(Buffer.alloc(1000, "x"));
    });
    const child = startAft(["data", "get", "gsm8k", "--to", data], { AFT_DATA_MIRROR: server.address });
    const partial = join(data, "gsm8k/train.jsonl.partial");
    await until(() => existsSync(partial) && readFileSync(partial).length === 1000);
    child.kill("SIGINT");
    const { exitCode, all } = await child;
    expect(exitCode).toBe(130);
    expect(all).toContain(`the same command goes on from there: aft data get gsm8k --to ${data}`);
    expect(readFileSync(partial).length).toBe(1000);
  });

  test("a task without a dataset says what there is instead", async () => {
    expect(await aft(["data", "get", "gsm8"])).toMatchObject({
      exitCode: 2,
      stderr:
        'no dataset to download\n  found: "gsm8"\n  expected: one of gsm8k, aqua, ecqa, gsm8k-rank, mmlu\n  did you mean: gsm8k',
    });
    expect((await aft(["data", "get", "arithmetic"])).stderr).toContain(
      "aft data make arithmetic makes its questions",
    );
  });
});

test("`aft data list` says which files are here", async () => {
  const data = folderOf({ "gsm8k/train.jsonl": "", "gsm8k/test.jsonl": "", "aqua/dev.json": "" });
  const { stdout } = await aft(["data", "list", "--json"], { env: { AFT_DATA: data } });
  const { folder, tasks } = JSON.parse(stdout);
  expect(folder).toBe(data);
  const files = Object.fromEntries(
    tasks.map((one: { task: string; files?: string }) => [one.task, one.files]),
  );
  expect(files).toMatchObject({
    gsm8k: "here",
    aqua: "1 of 3 here: aft data get aqua",
    mmlu: "not here: aft data get mmlu",
    "gsm8k-rank": `not here: put yours at ${data}/gsm8k-rank/train.jsonl`,
  });
  expect(files.arithmetic).toBeUndefined();
});

test("`aft data show` says in which words the generated questions are put, and how to see the quickstart's", async () => {
  const lines = async (...args: string[]) =>
    (await aft(["data", "show", ...args, "--count", "1"])).stdout.split("\n");
  expect((await lines("arithmetic"))[1]).toBe(
    "wording: terse, as when nothing is set; the quickstart has --set wording=story",
  );
  const quickstart = await lines("experiments/quickstart.yaml");
  expect(quickstart[1]).toBe("wording: story, as experiments/quickstart.yaml has it");
  const story = await lines("arithmetic", "--set", "wording=story");
  expect(story.slice(1)).toEqual(["wording: story", ...quickstart.slice(2)]);
});
