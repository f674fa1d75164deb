/** Where a thread that judges begins. */
import { serve } from "../../core/threads.ts";
import { spendTogether } from "../answers/index.ts";
import { type Block, blockJudge, type JudgedBlock, type JudgedFiles } from "./block.ts";

export interface ThreadStart {
  files: JudgedFiles;
  /** What all threads together may spend on texts that a pattern cannot end. */
  spent: SharedArrayBuffer;
}

serve(({ files, spent }: ThreadStart) => {
  spendTogether(spent);
  const judge = blockJudge(files);
  return (block: Block) => {
    const result: JudgedBlock = judge(block);
    return { result, moved: [result.groups.buffer as ArrayBuffer] };
  };
});
