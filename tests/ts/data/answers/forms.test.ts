/** Forms in which answers are written, each at every place where an answer stands: read right, or no answer; never another number. */
import { describe, expect, it } from "vitest";
import { anyNumber, normalRational } from "../../../../ts/data/answers/index.ts";
import { golden } from "../golden.ts";

interface Form {
  form: string;
  /** Null: no answer. */
  number: string | null;
}

const after = "\nI checked this 3 times.";
const places: Record<string, (form: string) => string> = {
  "after the mark": (form) => `6 * 7 is 42.\n#### ${form}${after}`,
  "in a box": (form) => `6 * 7 is 42.\nSo \\boxed{${form}}.${after}`,
  "in a small box": (form) => `It is $\\fbox{${form}}$. I checked 3 times.`,
  "in a sentence": (form) => `6 * 7 is 42.\nThe answer is ${form.replace(/\.$/, "")}.${after}`,
  "after a label": (form) => `**Answer:** ${form}${after}`,
  "between tags": (form) => `<answer>${form}</answer>\nConfidence: 0.9`,
  "under a heading": (form) => `**Answer:**\n\n${form}\n\nThis took 3 steps.`,
};

/** A sign and a space at a line's beginning may be an item of a list. */
const isItem = ({ form }: Form): boolean => /^[-–] \S/.test(form);

describe("forms of numbers", () => {
  const forms = golden<Form>("numbers/forms.jsonl");

  it("are many", () => expect(forms.length).toBeGreaterThanOrEqual(238));

  it.each(Object.entries(places))("%s", (place, put) => {
    const read = forms.map((one) => {
      const number = place === "under a heading" && isItem(one) ? null : one.number;
      return { form: one.form, expected: number, found: anyNumber.extract(put(one.form), "flexible") };
    });
    expect(read.filter(({ expected, found }) => expected !== found)).toEqual([]);
  });

  it("on the line of the mark, by the strict rule", () => {
    const read = forms.map(({ form, number }) => ({
      ...{ form, number },
      found: anyNumber.extract(`#### ${form}${after}`, "strict"),
    }));
    expect(read.filter(({ number, found }) => number !== found)).toEqual([]);
  });

  it("in a cell of an answer column", () => {
    const read = forms.map(({ form, number }) => ({ form, number, found: normalRational(form) }));
    expect(read.filter(({ number, found }) => number !== found)).toEqual([]);
  });

  it("say why they are none", () => {
    const why = (form: string) => {
      const { answer, noAnswer, unread } = anyNumber.read(`#### ${form}`, "flexible");
      return [answer, noAnswer, unread];
    };
    expect(why("2√3")).toEqual([null, "unparsed", "2√3"]);
    expect(why("5 or 6")).toEqual([null, "ambiguous", "5 or 6"]);
    expect(why("")).toEqual([null, "not found", undefined]);
  });
});
