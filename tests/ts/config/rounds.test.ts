import { describe, expect, it } from "vitest";
import { errorOf, folderOf, load, smallest } from "./helpers.ts";

const withRounds = (rounds: string, more = ""): Record<string, string> => ({
  "main.yaml": `${smallest}rounds: ${rounds}\n${more}`,
});
const roundsIn = async (rounds: string, set: readonly string[] = []) =>
  (await load(withRounds(rounds), { set })).experiment.rounds;

const usual = { count: 1, start: "previous", reference: "previous", questions: "fresh" };

describe("rounds", () => {
  it("are one where nothing is said", async () => {
    expect((await load({ "main.yaml": smallest })).experiment.rounds).toEqual(usual);
  });

  it("are a number, or that with more", async () => {
    expect(await roundsIn("3")).toEqual({ ...usual, count: 3 });
    expect(await roundsIn("{count: 3, start: vft, reference: vft, questions: same}")).toEqual({
      count: 3,
      start: "vft",
      reference: "vft",
      questions: "same",
    });
    expect(await roundsIn("{start: vft}", ["rounds=2"])).toEqual({ ...usual, start: "vft", count: 2 });
    expect(await roundsIn("2", ["rounds.questions=same"])).toEqual({ ...usual, count: 2, questions: "same" });
  });

  it("warn of settings of rounds where there is one only", async () => {
    const { warnings } = await load(withRounds("{start: vft, questions: same}"));
    expect(warnings.filter((text) => text.startsWith("rounds."))).toEqual([
      "rounds.start has no effect: rounds.count is 1",
      "rounds.questions has no effect: rounds.count is 1",
    ]);
  });

  it("warn where the questions are not enough for fresh ones", async () => {
    const sampled = (train: number, questions: string) => [
      `tasks.0.train=${train}`,
      `stages.sample.questions=${questions}`,
    ];
    const warnings = async (rounds: string, set: string[]) =>
      (await load(withRounds(rounds), { set })).warnings.filter((text) => text.includes("rounds"));
    expect(await warnings("3", sampled(300, "100"))).toEqual([]);
    expect(await warnings("4", sampled(300, "100"))).toEqual([
      "arithmetic: its 300 training questions are not enough for 4 rounds of 100: later rounds begin again at the first (rounds.questions)",
    ]);
    expect(await warnings("{count: 4, questions: same}", sampled(300, "100"))).toEqual([]);
    expect(await warnings("2", ["tasks.0.train=300"])).toEqual([
      "rounds.questions is fresh, and each round takes all training questions: stages.sample.questions says how many a round gets",
    ]);
    expect(await warnings("1", ["tasks.0.train=300"])).toEqual([]);
  });
});

describe("mistakes", () => {
  it("no rounds at all, or something else", async () => {
    expect(await errorOf(withRounds("0"))).toBe(
      `main.yaml:10:9: bad value for rounds.count
  found: 0
  expected: a whole number from 1 to 1000`,
    );
    for (const rounds of ["-1", "1.5", "three", "true", "1e9"])
      expect(await errorOf(withRounds(rounds))).toContain("expected: a whole number from 1 to 1000");
    expect(await errorOf(withRounds("{count: 2, start: vtf}"))).toBe(
      `main.yaml:10:27: bad value for rounds.start
  found: "vtf"
  expected: one of previous, vft
  did you mean: vft`,
    );
  });

  it("groups of one's own, which nothing is sampled beside", async () => {
    const folder = folderOf({ "groups.jsonl": "" });
    expect(await errorOf(withRounds("2"), [`stages.judge.groupsFile=${folder}/groups.jsonl`])).toBe(
      `main.yaml:10:9: rounds.count: later rounds sample anew, and the groups come from stages.judge.groupsFile
  found: 2
  expected: 1, or no stages.judge.groupsFile`,
    );
  });

  it("a reference model beside the weights that KTO's estimate goes by", async () => {
    const methods = ["methods.kto={method: kto, constraint: none}"];
    expect(await errorOf(withRounds("{count: 2, reference: vft}"), methods)).toBe(
      `main.yaml:10:31: rounds.reference: kto (methods.kto) goes by the weights that a round starts from, which are to be its reference model
  found: "vft"
  expected: previous, as rounds.start`,
    );
    expect(
      (await load(withRounds("{count: 2, start: vft, reference: vft}"), { set: methods })).experiment.rounds,
    ).toMatchObject({ start: "vft" });
  });

  it("rounds of nothing", async () => {
    expect(await errorOf(withRounds("2"), ["methods.more=null"])).toBe(
      `main.yaml:10:9: rounds.count: no method trains: there is nothing to repeat
  found: 2
  expected: 1, or a method that trains`,
    );
  });
});
