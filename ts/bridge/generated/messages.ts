// Generated from the zod schemas by `npm run generate`. Do not edit.

/** The worker's machine: Python, packages, devices and memory. */
export interface WorkerInfo {
  /** its version */
  python: string;
  /** the interpreter's path */
  executable: string;
  /** operating system and machine */
  platform: string;
  /** name to version, of those installed */
  packages: Record<string, string>;
  /** what models can lie on */
  devices: DeviceInfo[];
  /** what auto stands for */
  defaultDevice: string;
  /** that torch computes with */
  threads: number;
  /** that this process may use */
  cores: number;
  /** main memory */
  memoryTotalBytes: number;
  /** main memory that is free now */
  memoryFreeBytes: number;
  /** what is not as it should be, in words */
  warnings: string[];
}

/** One device of the worker's machine. */
export interface DeviceInfo {
  /** cpu, cuda:0, ... */
  name: string;
  /** the processor's or the card's name */
  description: string;
  /** of its memory */
  totalBytes: number;
  /** of its memory, now */
  freeBytes: number;
  /** types that it computes in */
  dtypes: string[];
}

/** A model in the worker's memory. */
export interface ModelInfo {
  /** a name the worker gave to something it holds */
  model: string;
  /** of the whole model */
  parameters: number;
  /** rows of the output embedding */
  vocabularySize: number;
  /** longest prompt + response; 0 when the model states no limit */
  maxPositions: number;
  /** of the weights in memory */
  dtype: string;
  /** where it lies: cpu, cuda:0, ... */
  device: string;
  /** SHA-256 over the names, shapes, types and bytes of all weights */
  digest: string;
  /** SHA-256 of the tokenizer */
  tokenizerDigest: string;
  /** where one is trained beside the weights */
  adapter?: ModelInfoAdapter | undefined;
  /** how and why it is scored otherwise than the fastest way, as exactly */
  note?: string | undefined;
}

/** where one is trained beside the weights */
export interface ModelInfoAdapter {
  /** inner width of its two matrices */
  rank: number;
  /** the product of the two matrices counts alpha / rank times */
  alpha: number;
  /** of what goes into the adapter, while training */
  dropout: number;
  /** names of the layers, and of the tensors of experts, that have one */
  targets: string[];
  /** of the adapter alone: those that are trained */
  parameters: number;
  /** digest of the base model's weights */
  base: string;
}

/** A number that is not finite, which JSON has no word for. */
export interface NonFinite {
  /** what tells it from a number */
  finite: false;
  /** which of them it is */
  value: "nan" | "inf" | "-inf";
}

/** What can be asked of a worker: the parameters, the result and the progress of every method. */
export interface WorkerMethods {
  /** greets: both sides must speak the same version of the protocol */
  hello: {
    params: {
      protocolVersion: number;
    };
    result: {
      protocolVersion: number;
      /** version of aft_worker */
      worker: string;
      python: string;
      pid: number;
    };
    progress: Record<string, never>;
  };
  /** Python, packages, devices and memory */
  "device/info": {
    params: Record<string, never>;
    result: WorkerInfo;
    progress: Record<string, never>;
  };
  /** measures how fast a device computes and copies */
  "device/speed": {
    params: {
      /** auto, cpu, cuda, cuda:N or mps */
      device: string;
      dtype: "auto" | "float32" | "bfloat16" | "float16";
    };
    result: {
      device: string;
      dtype: string;
      /** of a product of large square matrices */
      flopsPerSecond: number;
      /** read and written by a copy */
      bytesPerSecond: number;
      /** of the smallest operation, one after another */
      secondsPerCall: number;
    };
    progress: Record<string, never>;
  };
  /** whether a folder of the caller's is one of the worker's too: reads a file, writes one beside it */
  "folder/check": {
    params: {
      /** one that the caller has written */
      file: string;
      /** what is in it */
      content: string;
      /** where to write the same */
      answer: string;
    };
    result: {
      /** the machine's name */
      host: string;
      /** why it is not the same folder, in words */
      problem?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** memory in use now, and at most so far */
  "device/memory": {
    params: Record<string, never>;
    result: {
      residentBytes: number;
      peakResidentBytes: number;
      acceleratorBytes: number;
      peakAcceleratorBytes: number;
    };
    progress: Record<string, never>;
  };
  /** trains a tokenizer on texts and writes it to a folder */
  "tokenizer/train": {
    params: {
      /** words: each word of the texts; bpe: over bytes, as Qwen's; sentencepiece: as Llama 2's */
      kind: "words" | "bpe" | "sentencepiece";
      texts: string[];
      /** not with words */
      vocabularySize?: number | undefined;
      /** false: a text begins with no <s>, as Qwen's; else it does */
      bos?: boolean | undefined;
      /** Jinja, as in tokenizer_config.json */
      chatTemplate?: string | undefined;
      /** an absolute path on the worker's machine */
      directory: string;
    };
    result: {
      vocabularySize: number;
      digest: string;
    };
    progress: Record<string, never>;
  };
  /** makes a model from scratch, with random weights */
  "model/create": {
    params: {
      /** qwen: Qwen 3; gemma: Gemma 2; gemma3: Gemma 3, texts only */
      architecture: "llama" | "qwen" | "mistral" | "gemma" | "gemma3";
      hiddenSize: number;
      intermediateSize: number;
      layers: number;
      heads: number;
      keyValueHeads?: number | undefined;
      /** width of a head; hiddenSize / heads when left out */
      headDim?: number | undefined;
      /**
       * all architectures but llama: tokens that a layer sees, itself included; left out: no window that
       * binds
       */
      slidingWindow?: number | undefined;
      /** gemma only: c * tanh(logits / c); 30 when left out */
      logitSoftcap?: number | undefined;
      /** gemma only: the same of attention; 50 when left out */
      attentionSoftcap?: number | undefined;
      maxPositions: number;
      tieEmbeddings: boolean;
      initStd: number;
      /** an absolute path on the worker's machine */
      tokenizer: string;
      seed: number;
      dtype: "auto" | "float32" | "bfloat16" | "float16";
      /** auto, cpu, cuda, cuda:N or mps */
      device: string;
      attention: "auto" | "sdpa" | "eager" | "flash_attention_2" | "flex_attention";
    };
    result: ModelInfo;
    progress: Record<string, never>;
  };
  /** loads a model from a folder or the hub */
  "model/load": {
    params: {
      /** a folder in Hugging Face format, or a hub id; a folder that holds an adapter gives its base with it */
      source: string;
      revision?: string | undefined;
      dtype: "auto" | "float32" | "bfloat16" | "float16";
      /** auto, cpu, cuda, cuda:N or mps */
      device: string;
      attention: "auto" | "sdpa" | "eager" | "flash_attention_2" | "flex_attention";
      /** to be trained in place of the weights; fresh, where the source has none */
      adapter?: {
        rank: number;
        /** the product of the two matrices counts alpha / rank times */
        alpha: number;
        /** of what goes into the adapter, while training */
        dropout: number;
        /** linear layers or experts' tensors (experts.down_proj) by name; left out: all layers but routers */
        targets?: string[] | undefined;
      } | undefined;
      /** of a fresh adapter; 0 when left out */
      adapterSeed?: number | undefined;
      /** compute a block's activations again when they are needed; changes no result */
      gradientCheckpointing?: boolean | undefined;
      /** of several ranks: fsdp shares out the weights, auto where a device cannot hold them; else none */
      sharding?: "auto" | "none" | "fsdp" | undefined;
      /** for auto: the device must hold what training takes, too */
      trained?: boolean | undefined;
      /** to measure with: random weights in so many of its layers; its own are not read */
      sketchLayers?: number | undefined;
    };
    result: ModelInfo;
    progress: Record<string, never>;
  };
  /** writes a model with its adapter merged into the weights */
  "model/merge": {
    params: {
      /** a folder that holds an adapter */
      source: string;
      /** an absolute path on the worker's machine */
      directory: string;
    };
    result: {
      files: string[];
      dtype: string;
    };
    progress: Record<string, never>;
  };
  /** writes the model of a GGUF file in Hugging Face format, every weight as float32 */
  "model/convert": {
    params: {
      /** a GGUF file */
      source: string;
      /** an absolute path on the worker's machine */
      directory: string;
    };
    result: {
      files: string[];
      architecture: string;
      parameters: number;
      vocabularySize: number;
      dtype: string;
      digest: string;
      tokenizerDigest: string;
      /** what the file holds; that of most values first */
      tensors: {
        /** GGUF's name: Q4_1, F32, ... */
        type: string;
        tensors: number;
        values: number;
        /** that they take in the file, scales and all */
        bytes: number;
      }[];
      /** the file has one; the folder has it too */
      chatTemplate: boolean;
      /** the tokens that end a response */
      eos: string[];
    };
    progress: Record<string, never>;
  };
  /** writes a model to a folder in Hugging Face format */
  "model/save": {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
      /** an absolute path on the worker's machine */
      directory: string;
    };
    result: {
      digest: string;
      files: string[];
    };
    progress: Record<string, never>;
  };
  /** sizes of a model whose weights are not read */
  "model/inspect": {
    params: {
      /** a folder in Hugging Face format, or a hub id */
      source: string;
      revision?: string | undefined;
      /** that the model is to have: refused if it cannot */
      adapter?: {
        rank: number;
        /** the product of the two matrices counts alpha / rank times */
        alpha: number;
        /** of what goes into the adapter, while training */
        dropout: number;
        /** linear layers or experts' tensors (experts.down_proj) by name; left out: all layers but routers */
        targets?: string[] | undefined;
      } | undefined;
    };
    result: {
      parameters: number;
      /** of the input embedding, which only looks rows up */
      embeddingParameters: number;
      /** the head is the input embedding */
      tied: boolean;
      layers: number;
      hiddenSize: number;
      intermediateSize: number;
      vocabularySize: number;
      heads: number;
      keyValueHeads: number;
      headSize: number;
      /** longest prompt + response; 0 when the model states no limit */
      maxPositions: number;
      /** in which the weights are stored */
      dtype: string;
      /** those of the blocks */
      linearLayers: {
        name: string;
        count: number;
        inputs: number;
        outputs: number;
        /** routers, and tensors of experts: in an adapter only where its targets name it */
        namedAlone?: boolean | undefined;
      }[];
    };
    progress: Record<string, never>;
  };
  /** counts the tokens of texts */
  "tokens/count": {
    params: {
      source: string;
      revision?: string | undefined;
      texts: string[];
    };
    result: {
      /** tokens of each text, without BOS and EOS */
      counts: number[];
    };
    progress: Record<string, never>;
  };
  /** works out the digest of a model's weights as they are now */
  "model/digest": {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
    };
    result: {
      digest: string;
    };
    progress: Record<string, never>;
  };
  /** frees the memory of a model */
  "model/unload": {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
    };
    result: Record<string, never>;
    progress: Record<string, never>;
  };
  /** puts conversations into a tokenizer's own chat template */
  "prompt/render": {
    params: {
      /** a folder with a tokenizer, or a hub id */
      source: string;
      revision?: string | undefined;
      conversations: {
        messages: {
          role: "system" | "user" | "assistant";
          content: string;
        }[];
      }[];
    };
    result: {
      /** each conversation in the tokenizer's own chat template, up to the reply */
      texts: string[];
    };
    progress: Record<string, never>;
  };
  /** samples responses; they come as progress */
  generate: {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
      prompts: {
        id: string;
        prompt: string;
        indices: number[];
      }[];
      maxNewTokens: number;
      /** 0: greedy */
      temperature: number;
      /** 1: the model's own distribution */
      topP: number;
      seed: number;
      /** texts that end a response, which is cut before the first of them that is complete */
      stop?: string[] | undefined;
      /** most samples that are decoded at once; sized from free memory when left out */
      slots?: number | undefined;
      /** samples with vLLM, which reads the folder that the model was loaded from */
      vllm?: {
        /** of an environment that has vLLM */
        python: string;
        /** devices that a model is split over; 1 when left out */
        tensorParallel?: number | undefined;
        /** processes with a whole model each; 1 when left out */
        dataParallel?: number | undefined;
        /**
         * of each device's memory, for vLLM (on a CPU: for its cache); what is free but a reserve when left
         * out
         */
        memoryShare?: number | undefined;
      } | undefined;
    };
    result: {
      candidates: number;
      tokens: number;
      seconds: number;
      digest: string;
      sampler: {
        name: "transformers" | "vllm";
        /** of the library that samples */
        version: string;
        /** samples that are decoded at once */
        slots: number;
        /** a decode step: replayed as a CUDA graph, or not */
        step: "captured" | "plain";
        /** why it is slower than this device could */
        note?: string | undefined;
      };
    };
    /** candidates come here and only here, as soon as they are finished */
    progress: {
      candidates: {
        questionId: string;
        index: number;
        text: string;
        /** as sampled, EOS included when it was; none where a stop text cut the response */
        tokenIds?: number[] | undefined;
        /** stop: ended by EOS or by a stop text; length: cut off */
        finish: "stop" | "length";
        /** sum over tokenIds under the model itself (temperature 1) */
        logprob?: number | undefined;
        /** how many were sampled, those of a stop text included */
        tokens: number;
      }[];
      done: number;
      total: number;
      tokens: number;
      /** what begins now and takes long, in a line */
      note?: string | undefined;
    };
  };
  /** scores responses to prompts */
  score: {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
      groups: {
        id: string;
        prompt: string;
        responses: {
          text: string;
          tokenIds?: number[] | undefined;
          /** length: the text was cut off, so no EOS is appended */
          finish?: "stop" | "length" | undefined;
        }[];
      }[];
      /** also return each token's id, text and log-probability */
      perToken?: boolean | undefined;
      /** tokens (padding included) of one micro-batch; bounds memory, never changes a result */
      maxTokensPerBatch: number;
    };
    result: {
      groups: {
        id: string;
        scores: {
          /** sum of log P(token | before, prompt) in nats, EOS included */
          logprob: number | NonFinite;
          tokens: number;
          tokenIds?: number[] | undefined;
          tokenLogprobs?: (number | NonFinite)[] | undefined;
          /** what each token adds to the text; a special token's name, such as </s> */
          tokenTexts?: string[] | undefined;
        }[];
      }[];
      tokens: number;
      seconds: number;
    };
    progress: {
      done: number;
      total: number;
      tokens: number;
      /** what is done otherwise than asked, and why: once */
      note?: string | undefined;
    };
  };
  /** begins a training, or goes on with one that was saved */
  "train/begin": {
    params: {
      /** a name the worker gave to something it holds */
      model: string;
      optimizer: {
        learningRate: number;
        betas: [number, number];
        epsilon: number;
        weightDecay: number;
        /** global gradient norm; 0: no clipping */
        clipNorm: number;
      };
      schedule: {
        shape: "cosine" | "linear" | "constant";
        totalSteps: number;
        warmupSteps: number;
        /** last learning rate over the highest */
        minimumRatio: number;
      };
      loss: {
        kind: "vft";
      } | {
        kind: "alignment";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        detachBoundary: boolean;
        /** left out: mean */
        scores?: "mean" | "sum" | undefined;
        /** of every exponent; left out: 1 */
        scale?: number | undefined;
      } | {
        kind: "rrhf";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
      } | {
        kind: "pro";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        /** pairs of equal reward; left out: omitted */
        ties?: "omitted" | "counted" | undefined;
      } | {
        kind: "dpo";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        /** DPO's own beta: the scale of its implicit reward */
        dpoBeta: number;
      } | {
        kind: "simpo";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        /** SimPO's own beta: the scale of score differences */
        simpoBeta: number;
        /** gamma / beta, nats a token */
        margin: number;
      } | {
        kind: "irpo";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        /** DPO's own beta: the scale of its implicit reward */
        dpoBeta: number;
        /** of the winner's negative log-likelihood a token */
        alpha: number;
      } | {
        kind: "dpop";
        constraint: "none" | "detached" | "boundary";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** boundary only: it lies this far below the lowest better score (nats a token) */
        beta?: number | undefined;
        /** DPO's own beta: the scale of its implicit reward */
        dpoBeta: number;
        /** lambda: of max(0, log ref - log pi) of the winner */
        penalty: number;
      } | {
        kind: "simper";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
      } | {
        kind: "nca";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** NCA's own beta: the scale of its implicit reward */
        ncaBeta: number;
        /** of the softmax over the rewards */
        temperature: number;
      } | {
        kind: "infonca";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** NCA's own beta: the scale of its implicit reward */
        ncaBeta: number;
        /** of the softmax over the rewards */
        temperature: number;
      } | {
        kind: "kto";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** KTO's own beta: the scale of its implicit reward */
        ktoBeta: number;
        /** lambda_D: of right responses */
        desirableWeight: number;
        /** lambda_U: of wrong responses */
        undesirableWeight: number;
      } | {
        kind: "reinforce";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** lambda: of right responses */
        positiveWeight: number;
      } | {
        kind: "grpo";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        divideByDeviation: boolean;
        divideByLength: boolean;
      } | {
        kind: "nft";
        constraint: "none" | "detached";
        /** of the group loss */
        weight: number;
        /** of the VFT loss */
        vftWeight: number;
        /** of wrong responses */
        negativeWeight: number;
        /** the least that a wrong token's logarithm is taken of */
        epsilon: number;
        /** of a group with a share p of right ones: 1 - p, sqrt((1 - p) / p), 1 */
        promptWeight: "hard" | "deviation" | "none";
        /** what the loss is averaged over */
        per: "token" | "response";
      };
      seed: number;
      /** tokens (padding included) of one micro-batch; bounds memory, never changes a result */
      maxTokensPerBatch: number;
      /** a folder that train/save wrote */
      resumeFrom?: string | undefined;
      /** what is known of: a state of more steps is refused as damaged (ResumeDamaged) */
      recordedSteps?: number | undefined;
    };
    result: {
      /** a name the worker gave to something it holds */
      run: string;
      /** steps already done: 0, or those resumed */
      step: number;
    };
    progress: Record<string, never>;
  };
  /** one optimizer step */
  "train/step": {
    params: {
      /** a name the worker gave to something it holds */
      run: string;
      /** must be one more than the steps done: no step is lost or done twice */
      step: number;
      /** the global batch of this step */
      groups: {
        id: string;
        prompt: string;
        responses: {
          text: string;
          tokenIds?: number[] | undefined;
          /** length: the text was cut off, so no EOS is appended */
          finish?: "stop" | "length" | undefined;
          /** part of the maximum-likelihood term */
          target: boolean;
          /** true: the reference COT, whose mean score is watched apart */
          reference?: boolean | undefined;
          /** whether its final answer is right: watched, and what losses of right and wrong go by */
          label?: "positive" | "negative" | undefined;
          /**
           * place in its group: 1 the best, equals share one, right 1 and wrong 2; none: no part in the group
           * loss
           */
          rank?: number | undefined;
          /** greater is better; PRO's temperatures are gaps between rewards. -rank when left out */
          reward?: number | undefined;
          /** sum of log P(token) under the reference model in nats, EOS included */
          referenceLogprob?: number | undefined;
        }[];
      }[];
    };
    result: {
      /** steps done, this one included */
      step: number;
      learningRate: number;
      /** total = vftWeight * vft + weight * alignment */
      loss: {
        total: number | NonFinite;
        vft: number | NonFinite;
        alignment: number | NonFinite;
      };
      /** before clipping */
      gradientNorm: number;
      groups: number;
      /** groups with a better and a worse response */
      pairedGroups: number;
      /** groups with a part in the group loss; left out where it takes those with a pair alone */
      takenGroups?: number | undefined;
      targetTokens: number;
      /** prompt and response tokens that went through the model */
      tokens: number;
      seconds: number;
      tokensPerSecond: number;
      /** mean score of the targets */
      meanTarget?: number | undefined;
      /** mean score of the reference COTs */
      meanReference?: number | undefined;
      meanPositive?: number | undefined;
      meanNegative?: number | undefined;
      /** mean over groups of (mean score of the positives - mean score of the negatives) */
      margin?: number | undefined;
      /** share of the step's pairs whose better response has the higher score, ties 1/2 */
      assessmentAccuracy?: number | undefined;
      /** mean over the worse responses of (lowest better score - beta) */
      meanBoundary?: number | undefined;
      /** KTO's z: mean log-ratio to the starting weights (nats) over mismatched pairs, at least 0 */
      divergence?: number | undefined;
      /** share of the worse responses that lie below their boundary, 0..1 */
      negativesBelowBoundary?: number | undefined;
    };
    progress: {
      done: number;
      total: number;
      tokens: number;
      /** what is done otherwise than asked, and why: once */
      note?: string | undefined;
    };
  };
  /** writes the state of a training, from which it can go on */
  "train/save": {
    params: {
      /** a name the worker gave to something it holds */
      run: string;
      /** an absolute path on the worker's machine */
      directory: string;
      /** while the next steps go on, where main memory has room for a copy; one that fails stops nothing */
      background?: boolean | undefined;
    };
    result: {
      step: number;
      /** why an earlier one in the background could not be written */
      failed?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** ends a training and gives the digest of the weights */
  "train/end": {
    params: {
      /** a name the worker gave to something it holds */
      run: string;
    };
    result: {
      step: number;
      digest: string;
      /** how rows lay on a GPU (packed or padded, compiled, captured), with what was measured */
      rows?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** opens a run of an experiment tracker */
  "track/open": {
    params: {
      kind: "tensorboard" | "wandb" | "mlflow" | "trackio";
      /** of this run alone; holds what is needed to go on with it */
      directory: string;
      /** what is tracked; a directory of another key begins a new run */
      key: string;
      /**
       * new: a run of its own; resume: goes on, what it has been given is left out; add: goes on, and
       * takes all
       */
      mode: "new" | "resume" | "add";
      /** of the run, for people */
      name: string;
      /** JSON text of an object, kept beside the run; no secrets */
      config: string;
      /** wandb: project, entity?, mode?; mlflow: experiment, uri?; trackio: project */
      settings: Record<string, string>;
      /** as long opening and closing are waited for, and no longer */
      waitSeconds: number;
    };
    result: {
      /** a name the worker gave to something it holds */
      tracker?: string | undefined;
      /** why there is no tracker */
      unavailable?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** sends numbers to a tracker */
  "track/log": {
    params: {
      /** a name the worker gave to something it holds */
      tracker: string;
      points: {
        step: number;
        values: Record<string, number>;
      }[];
    };
    result: {
      /** why the tracker takes nothing any more; told once */
      failed?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** closes a tracker once it has sent everything */
  "track/close": {
    params: {
      /** a name the worker gave to something it holds */
      tracker: string;
    };
    result: {
      /** why the tracker takes nothing any more; told once */
      failed?: string | undefined;
    };
    progress: Record<string, never>;
  };
  /** ends the process */
  shutdown: {
    params: Record<string, never>;
    result: Record<string, never>;
    progress: Record<string, never>;
  };
}
