/** How long the rest of a run takes: from what its stages were expected to take, and from how long those so far took. */
import type { Progress } from "../../core/progress.ts";
import { RateMeter, secondsLeft } from "../../core/rate.ts";
import { sumOf } from "../../core/sum.ts";

/** A stage by the key of its artefact. Stages of one kind have the same `stage`. */
export interface ForeseenStage {
  key: string;
  stage: string;
}

/** Seconds by key, of those stages that use a model; undefined where an estimate cannot tell. */
export type ExpectedSeconds = ReadonlyMap<string, number | undefined>;

/** A stage that is being made. */
interface Running {
  label: string;
  stage: string;
  begunAt: number;
  meter: RateMeter;
  /** Of the stage itself, not of a part of it. */
  last?: Progress;
  /** Of the part that is under way, with the part's name. */
  part?: { label: string; meter: RateMeter; last: Progress };
}

/** Of a stage that has ended. */
interface Ended {
  stage: string;
  seconds: number;
  /** What it was expected to take. */
  expected: number | undefined;
}

/** A stage that is not this far tells nothing yet of how long the whole of it takes. */
const tellingShare = 0.05;

/** The rest of a run is told by a longer stretch than a stage's own rate: it is multiplied up. */
const windowMs = 60_000;

/** Seconds of a stage that has been made for a while, and will be for another. */
const longStage = { spent: 10, left: 20 };

export class Forecast {
  private readonly now: () => number;
  private readonly expected = new Map<string, number | undefined>();
  /** The kind of each stage that was ever named. */
  private readonly kinds = new Map<string, string>();
  private readonly running = new Map<string, Running>();
  private readonly ended: Ended[] = [];

  /** @param now in ms; there for tests */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  get knowsExpectations(): boolean {
    return this.expected.size > 0;
  }

  /** What stages take by an estimate; it counts for those that have ended too. */
  expect(seconds: ExpectedSeconds): void {
    for (const [key, value] of seconds) this.expected.set(key, value);
  }

  /** Its work begins now. */
  begin({ key, stage, label }: ForeseenStage & { label: string }): void {
    this.kinds.set(key, stage);
    this.running.set(key, { label, stage, begunAt: this.now(), meter: new RateMeter(windowMs) });
  }

  /** How far it is; a part of a stage has a label that only begins with the stage's. */
  update(key: string, progress: Progress): void {
    const running = this.running.get(key);
    if (running === undefined) return;
    const at = this.now();
    if (progress.label === running.label) {
      running.meter.add(progress, at);
      running.last = progress;
      delete running.part;
      return;
    }
    const meter = running.part?.label === progress.label ? running.part.meter : new RateMeter(windowMs);
    meter.add(progress, at);
    running.part = { label: progress.label, meter, last: progress };
  }

  /** @param seconds that it took; undefined: it was there, or has failed */
  end(key: string, seconds: number | undefined): void {
    const stage = this.running.get(key)?.stage;
    this.running.delete(key);
    if (stage !== undefined && seconds !== undefined)
      this.ended.push({ stage, seconds, expected: this.expected.get(key) });
  }

  /** Whether a stage has been made for a while, and will be for another: then measuring the rest costs nothing that shows. */
  isLong(key: string): boolean {
    const running = this.running.get(key);
    if (running === undefined) return false;
    return this.spent(running) >= longStage.spent && (ownLeft(running) ?? 0) >= longStage.left;
  }

  /**
   * Seconds until these stages are done; undefined while there is one of which nothing is known.
   * @param missing each once; those that are being made among them
   * @param jobs stages that are made at a time
   */
  left(missing: Iterable<ForeseenStage>, jobs = 1): number | undefined {
    const stages = [...missing];
    for (const { key, stage } of stages) this.kinds.set(key, stage);
    const times = stages.map((stage) => this.leftOf(stage));
    if (times.some((seconds) => seconds === undefined)) return undefined;
    const known = times as number[];
    return Math.max(0, ...known, sumOf(known, Number) / Math.max(1, jobs));
  }

  private leftOf(stage: ForeseenStage): number | undefined {
    const running = this.running.get(stage.key);
    if (running === undefined) return this.secondsOf(stage);
    const own = ownLeft(running);
    if (own !== undefined && running.part === undefined) return own;
    const whole = this.secondsOf(stage);
    // The first few of a part are no rate to go by where something better is known.
    if (whole !== undefined && running.part !== undefined && !isTelling(running.part.last))
      return Math.max(whole - this.spent(running), 0);
    if (whole === undefined) return undefined;
    return Math.max(whole - this.spent(running), own ?? 0);
  }

  private spent({ begunAt }: Running): number {
    return (this.now() - begunAt) / 1000;
  }

  /** Of the whole of a stage: as expected, as far as those so far took what was expected of them; or as others of its kind. */
  private secondsOf({ key, stage }: ForeseenStage): number | undefined {
    const expected = this.expected.get(key);
    if (expected !== undefined) return expected * this.correction(stage);
    const made = this.ended.filter((other) => other.stage === stage).map(({ seconds }) => seconds);
    if (made.length > 0) return mean(made);
    const alike = [...this.expected].flatMap(([other, seconds]) =>
      seconds !== undefined && this.kinds.get(other) === stage ? [seconds] : [],
    );
    if (alike.length > 0) return mean(alike) * this.correction(stage);
    const projected = this.projections().filter((other) => other.stage === stage);
    if (projected.length > 0) return mean(projected.map(({ seconds }) => seconds));
    // What an estimate leaves out uses no model.
    return this.knowsExpectations && !this.expected.has(key) ? 0 : undefined;
  }

  /** Taken over expected: of stages of this kind, or else of all; 1 where there is none yet. */
  private correction(stage: string): number {
    const held = [...this.ended, ...this.projections()].filter(({ expected }) => (expected ?? 0) > 0);
    const alike = held.filter((other) => other.stage === stage);
    const taken = alike.length > 0 ? alike : held;
    if (taken.length === 0) return 1;
    return sumOf(taken, ({ seconds }) => seconds) / sumOf(taken, ({ expected }) => expected!);
  }

  /** What the stages that are being made will have taken, where they are far enough to tell. */
  private projections(): Ended[] {
    return [...this.running].flatMap(([key, running]) => {
      const { last, part, stage } = running;
      const left = ownLeft(running);
      if (part !== undefined || last === undefined || left === undefined) return [];
      if (!isTelling(last)) return [];
      const { total, from = 0 } = last;
      // As if all of it were done in this process.
      const seconds = (this.spent(running) + left) * (total / (total - from));
      return [{ stage, seconds, expected: this.expected.get(key) }];
    });
  }
}

const isTelling = ({ done, total, from = 0 }: Progress): boolean =>
  done - from >= tellingShare * (total - from);

/** Of what it reported last: the stage, or a part of it. */
const ownLeft = ({ meter, last, part }: Running): number | undefined =>
  part !== undefined
    ? secondsLeft(part.last, part.meter.rate())
    : last === undefined
      ? undefined
      : secondsLeft(last, meter.rate());

const mean = (values: readonly number[]): number => sumOf(values, Number) / values.length;
