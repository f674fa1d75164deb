/** Inputs that are wrong, by what they are of. What each is told stands in errors.txt beside this file. */
import { smallest as small } from "../../config/smallest.ts";

export { small };

export interface Case {
  /** Unique; its heading in errors.txt. */
  name: string;
  /** Written into a new folder; `DIR` in their texts is that folder. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  /** `DIR` is the folder. */
  argv: readonly string[];
}

/** The experiment with one text in the place of another, and what `command` says of it. */
export const ofYaml = (name: string, from: string, to: string, ...more: string[]): Case => {
  if (!small.includes(from)) throw new Error(`${name}: the experiment has no ${JSON.stringify(from)}`);
  return {
    name,
    files: { "x.yaml": small.replace(from, () => to) },
    argv: ["validate", "DIR/x.yaml", ...more],
  };
};

/** The experiment as it is, with settings. */
export const ofSet = (name: string, ...settings: string[]): Case => ({
  name,
  files: { "x.yaml": small },
  argv: ["validate", "DIR/x.yaml", ...settings.flatMap((one) => ["--set", one])],
});

export const ofText = (name: string, text: string | Uint8Array): Case => ({
  name,
  files: { "x.yaml": text },
  argv: ["validate", "DIR/x.yaml"],
});
