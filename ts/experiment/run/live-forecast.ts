/** A forecast that follows what is run, and is shown with each stage's own progress. */
import type { Progress, ProgressSink } from "../../core/progress.ts";
import { type ExpectedSeconds, Forecast, type ForeseenStage } from "./forecast.ts";
import type { StageEvent } from "./stage-event.ts";

interface Followed {
  /** What all of it is called: run, sweep. */
  name: string;
  /** The stages that are not done, those that are being made among them. */
  missing(): Iterable<ForeseenStage>;
  /** Stages that are made at a time. */
  jobs(): number;
  expected?: ExpectedSeconds | undefined;
  /** In ms; there for tests. */
  now?: () => number;
}

/** Progress comes hundreds of times a second, and the forecast goes through all stages. */
const refreshMs = 200;

export class LiveForecast {
  private readonly forecast: Forecast;
  private readonly followed: Followed;
  private readonly now: () => number;
  private measuring: Promise<void> | undefined;
  private left: { at: number; seconds: number | undefined } | undefined;

  constructor(followed: Followed) {
    const { expected, now = () => performance.now() } = followed;
    this.followed = followed;
    this.now = now;
    this.forecast = new Forecast(now);
    if (expected !== undefined) this.forecast.expect(expected);
  }

  stage({ kind, key, label, stage, artefact }: StageEvent): void {
    if (kind === "make") this.forecast.begin({ key, stage, label });
    if (kind === "end")
      this.forecast.end(
        key,
        artefact === undefined || artefact.reused ? undefined : artefact.manifest.seconds,
      );
    if (kind === "fail") this.forecast.end(key, undefined);
    this.left = undefined;
  }

  /** Seconds until all of it is done; undefined while that is not known. */
  secondsLeft(): number | undefined {
    const at = this.now();
    if (this.left === undefined || at - this.left.at >= refreshMs) {
      const { missing, jobs } = this.followed;
      this.left = { at, seconds: this.forecast.left(missing(), jobs()) };
    }
    return this.left.seconds;
  }

  /**
   * The sink for a stage's progress, to which what is left of the whole is added.
   * @param measure called once, where nothing is expected and the stage turns out to be long. What fails in it is no
   * reason to stop: then nothing is known
   */
  sinkOf(key: string, progress: ProgressSink, measure?: () => Promise<ExpectedSeconds>): ProgressSink {
    const withWhole = (update: Progress): Progress => {
      this.forecast.update(key, update);
      if (measure !== undefined && !this.forecast.knowsExpectations && this.forecast.isLong(key))
        this.measuring ??= measure()
          .then((seconds) => this.forecast.expect(seconds))
          .catch(() => {});
      const secondsLeft = this.secondsLeft();
      return secondsLeft === undefined
        ? update
        : { ...update, whole: { name: this.followed.name, secondsLeft } };
    };
    return {
      note: (text) => progress.note(text),
      update: (update) => progress.update(withWhole(update)),
      end: (label) => progress.end(label),
    };
  }
}
