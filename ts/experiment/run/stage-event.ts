import type { Artefact } from "../store/store.ts";

/** What is told of a stage while a run is done. */
export interface StageEvent {
  /** begin: it comes next, and may have to wait for another run; make: it is not there and is being made. */
  kind: "begin" | "make" | "end" | "fail";
  label: string;
  key: string;
  stage: string;
  /** Its place among the run's stages, from 1. */
  at: number;
  total: number;
  /** Of `end`. */
  artefact?: Artefact;
  /** Of `fail`. */
  error?: unknown;
}
