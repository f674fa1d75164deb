/** Where a thread that compares two runs begins. */
import { serve } from "../../core/threads.ts";
import { compareFinishedRuns } from "./compare.ts";

serve(() => async ([a, b]: readonly [string, string]) => ({ result: await compareFinishedRuns(a, b) }));
