import { describe, expect, it } from "vitest";
import { equations } from "../../../../ts/data/index.ts";

describe("equations in a text", () => {
  it.each([
    // as written, as read, whether true
    ["7 * 4 = 28", "7*4=28", true],
    ["7 * 4 = 27", "7*4=27", false],
    ["She pays $5 x 1,200 = $6,000.", "5*1200=6000", true],
    ["<<48/2=24>>24", "48/2=24", true],
    ["48 / 2 = $<<48/2=24>>24 each", "48/2=24", true],
    ["(5 + 3) * 2 = 16", "(5+3)*2=16", true],
    ["2 * (5 + 3) - 1 = 15", "2*(5+3)-1=15", true],
    ["5 + 3 * 2 = 16", "5+3*2=16", false],
    ["20 - 5 - 3 = 12", "20-5-3=12", true],
    ["24 / 4 / 2 = 3", "24/4/2=3", true],
    ["20% * 50 = 10", "20%*50=10", true],
    ["0.1 + 0.2 = 0.3", "0.1+0.2=0.3", true],
    ["5 × .5 = 2.50", "5*0.5=2.5", true],
    ["10 / 3 = 3.33", "10/3=3.33", true],
    ["10 / 3 = 3.34", "10/3=3.34", false],
    ["10 / 3 = 3", "10/3=3", false],
    ["3 - 5 = -2", "3-5=-2", true],
    ["-3 + 5 = 2", "-3+5=2", true],
    ["3 * -2 = -6", "3*-2=-6", true],
    ["- 3 + 4 = 7", "3+4=7", true],
    ["5/5 – 1/5 = 4/5", "5/5-1/5=4/5", true],
    ["7 + 1 = 8 boxes, then", "7+1=8", true],
    ["6 / (3 - 3) = 2", "6/(3-3)=2", false],
    [
      "99999999999999999999 + 1 = 100000000000000000000",
      "99999999999999999999+1=100000000000000000000",
      true,
    ],
  ])("%s is %s, %s", (written, text, valid) => {
    expect(equations(written)).toEqual([{ text, valid }]);
  });

  it("come in their order, a chain link by link", () => {
    expect(equations("4 + 4 = 2 * 4 = 8\nand 8 - 1 = 6.")).toEqual([
      { text: "4+4=2*4", valid: true },
      { text: "2*4=8", valid: true },
      { text: "8-1=6", valid: false },
    ]);
  });

  it.each([
    ["a value", "x = 5"],
    ["a unit between", "5 apples * 3 = 15"],
    ["a variable", "3x - 5 = 16"],
    ["a variable before a sign", "y + 4 = 10"],
    ["a variable and a sign that could be a number's", "3x -5 + 2 = 16"],
    ["a power", "2^3 = 8"],
    ["no right side", "3 + 4 = seven"],
    ["numbers side by side", "2 3 * 4 = 24"],
    ["an open bracket after a number", "3 + 4) = 7"],
    ["only signs", "= = + = *"],
  ])("are not read where there is %s", (_name, text) => {
    expect(equations(text)).toEqual([]);
  });

  it.each([
    ["equals signs", "=".repeat(1_000_000), 0],
    ["a sum without end", `${"1+".repeat(500_000)}1=2`, 0],
    ["brackets", `${"(".repeat(1_000_000)}=1`, 0],
    ["short equations", "1+1=2 ".repeat(150_000), 0],
    ["lines", "1+1=2\n".repeat(50_000), 50_000],
  ])("are found in a megabyte of %s", (_name, text, count) => {
    expect(equations(text).length).toBeGreaterThanOrEqual(count);
  });
});
