# Generated from ts/bridge/protocol.ts by `npm run generate`. Do not edit.
"""The messages between TypeScript and the worker, as msgspec structs."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

PROTOCOL_VERSION = 1
LARGEST = 9007199254740991  # what a number of JavaScript's holds exactly
Whole = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=LARGEST)]


class Message(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Attributes are snake_case, the JSON fields camelCase. A field that is absent is None."""


class Nothing(Message, kw_only=True):
    pass


class DeviceInfo(Message, kw_only=True):
    # cpu, cuda:0, ...
    name: str
    # the processor's or the card's name
    description: str
    # of its memory
    total_bytes: Count
    # of its memory, now
    free_bytes: Count
    # types that it computes in
    dtypes: list[str]


class AdapterInfo(Message, kw_only=True):
    # inner width of its two matrices
    rank: Annotated[int, Meta(ge=1, le=2147483647)]
    # the product of the two matrices counts alpha / rank times
    alpha: float
    # of what goes into the adapter, while training
    dropout: float
    # names of the layers, and of the tensors of experts, that have one
    targets: list[str]
    # of the adapter alone: those that are trained
    parameters: Count
    # digest of the base model's weights
    base: str


class ModelInfo(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]
    # of the whole model
    parameters: Count
    # rows of the output embedding
    vocabulary_size: Annotated[int, Meta(ge=1, le=2147483647)]
    # longest prompt + response; 0 when the model states no limit
    max_positions: Count
    # of the weights in memory
    dtype: str
    # where it lies: cpu, cuda:0, ...
    device: str
    # SHA-256 over the names, shapes, types and bytes of all weights
    digest: str
    # SHA-256 of the tokenizer
    tokenizer_digest: str
    # where one is trained beside the weights
    adapter: AdapterInfo | None = None
    # how and why it is scored otherwise than the fastest way, as exactly
    note: str | None = None


class AdapterSettings(Message, kw_only=True):
    """LoRA, arXiv 2106.09685."""

    rank: Annotated[int, Meta(ge=1, le=2147483647)]
    # the product of the two matrices counts alpha / rank times
    alpha: Annotated[float, Meta(gt=0)]
    # of what goes into the adapter, while training
    dropout: Annotated[float, Meta(ge=0, lt=1)]
    # linear layers or experts' tensors (experts.down_proj) by name; left out: all layers but routers
    targets: Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(min_length=1)] | None = None


class GgufTensors(Message, kw_only=True):
    # GGUF's name: Q4_1, F32, ...
    type: str
    tensors: Annotated[int, Meta(ge=1, le=2147483647)]
    values: Annotated[int, Meta(ge=1, le=2147483647)]
    # that they take in the file, scales and all
    bytes: Annotated[int, Meta(ge=1, le=2147483647)]


class LinearLayer(Message, kw_only=True):
    """So many layers, or experts, of one name and size."""

    name: str
    count: Annotated[int, Meta(ge=1, le=2147483647)]
    inputs: Annotated[int, Meta(ge=1, le=2147483647)]
    outputs: Annotated[int, Meta(ge=1, le=2147483647)]
    # routers, and tensors of experts: in an adapter only where its targets name it
    named_alone: bool | None = None


class ModelShape(Message, kw_only=True):
    parameters: Count
    # of the input embedding, which only looks rows up
    embedding_parameters: Count
    # the head is the input embedding
    tied: bool
    layers: Annotated[int, Meta(ge=1, le=2147483647)]
    hidden_size: Annotated[int, Meta(ge=1, le=2147483647)]
    intermediate_size: Count
    vocabulary_size: Annotated[int, Meta(ge=1, le=2147483647)]
    heads: Annotated[int, Meta(ge=1, le=2147483647)]
    key_value_heads: Annotated[int, Meta(ge=1, le=2147483647)]
    head_size: Annotated[int, Meta(ge=1, le=2147483647)]
    # longest prompt + response; 0 when the model states no limit
    max_positions: Count
    # in which the weights are stored
    dtype: str
    # those of the blocks
    linear_layers: list[LinearLayer]


class ChatMessage(Message, kw_only=True):
    role: Literal["system", "user", "assistant"]
    content: str


class Conversation(Message, kw_only=True):
    messages: Annotated[list[ChatMessage], Meta(min_length=1)]


class GeneratePrompt(Message, kw_only=True):
    id: str
    prompt: str
    indices: Annotated[list[Count], Meta(min_length=1)]


class VllmSettings(Message, kw_only=True):
    # of an environment that has vLLM
    python: Annotated[str, Meta(min_length=1)]
    # devices that a model is split over; 1 when left out
    tensor_parallel: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # processes with a whole model each; 1 when left out
    data_parallel: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # of each device's memory, for vLLM (on a CPU: for its cache); what is free but a reserve when left out
    memory_share: Annotated[float, Meta(gt=0, le=1)] | None = None


class SamplerInfo(Message, kw_only=True):
    name: Literal["transformers", "vllm"]
    # of the library that samples
    version: str
    # samples that are decoded at once
    slots: Count
    # a decode step: replayed as a CUDA graph, or not
    step: Literal["captured", "plain"]
    # why it is slower than this device could
    note: str | None = None


class SampledCandidate(Message, kw_only=True):
    question_id: str
    index: Count
    text: str
    # as sampled, EOS included when it was; none where a stop text cut the response
    token_ids: list[Count] | None = None
    # stop: ended by EOS or by a stop text; length: cut off
    finish: Literal["stop", "length"]
    # sum over tokenIds under the model itself (temperature 1)
    logprob: float | None = None
    # how many were sampled, those of a stop text included
    tokens: Count


class ScoreResponse(Message, kw_only=True):
    text: str
    token_ids: list[Count] | None = None
    # length: the text was cut off, so no EOS is appended
    finish: Literal["stop", "length"] | None = None


class ScoreGroup(Message, kw_only=True):
    id: str
    prompt: str
    responses: Annotated[list[ScoreResponse], Meta(min_length=1)]


class NonFinite(Message, kw_only=True):
    # what tells it from a number
    finite: bool
    # which of them it is
    value: Literal["nan", "inf", "-inf"]


Real = float | NonFinite


class Score(Message, kw_only=True):
    # sum of log P(token | before, prompt) in nats, EOS included
    logprob: Real
    tokens: Count
    token_ids: list[Count] | None = None
    token_logprobs: list[Real] | None = None
    # what each token adds to the text; a special token's name, such as </s>
    token_texts: list[str] | None = None


class ScoredGroup(Message, kw_only=True):
    id: str
    scores: list[Score]


class ProgressCount(Message, kw_only=True):
    done: Count
    total: Count
    tokens: Count
    # what is done otherwise than asked, and why: once
    note: str | None = None


class OptimizerSettings(Message, kw_only=True):
    learning_rate: Annotated[float, Meta(gt=0)]
    betas: tuple[float, float]
    epsilon: Annotated[float, Meta(gt=0)]
    weight_decay: Annotated[float, Meta(ge=0)]
    # global gradient norm; 0: no clipping
    clip_norm: Annotated[float, Meta(ge=0)]


class ScheduleSettings(Message, kw_only=True):
    shape: Literal["cosine", "linear", "constant"]
    total_steps: Annotated[int, Meta(ge=1, le=2147483647)]
    warmup_steps: Count
    # last learning rate over the highest
    minimum_ratio: Annotated[float, Meta(ge=0, le=1)]


class VftLoss(Message, kw_only=True, tag_field="kind", tag="vft"):
    pass


class AlignmentLoss(Message, kw_only=True, tag_field="kind", tag="alignment"):
    """Alignment losses, arXiv 2309.02144."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    detach_boundary: bool
    # left out: mean
    scores: Literal["mean", "sum"] | None = None
    # of every exponent; left out: 1
    scale: Annotated[float, Meta(gt=0)] | None = None


class RrhfLoss(Message, kw_only=True, tag_field="kind", tag="rrhf"):
    """RRHF, arXiv 2304.05302."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None


class ProLoss(Message, kw_only=True, tag_field="kind", tag="pro"):
    """PRO, arXiv 2306.17492."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    # pairs of equal reward; left out: omitted
    ties: Literal["omitted", "counted"] | None = None


class DpoLoss(Message, kw_only=True, tag_field="kind", tag="dpo"):
    """DPO, arXiv 2305.18290."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    # DPO's own beta: the scale of its implicit reward
    dpo_beta: Annotated[float, Meta(gt=0)]


class SimpoLoss(Message, kw_only=True, tag_field="kind", tag="simpo"):
    """SimPO, arXiv 2405.14734."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    # SimPO's own beta: the scale of score differences
    simpo_beta: Annotated[float, Meta(gt=0)]
    # gamma / beta, nats a token
    margin: Annotated[float, Meta(ge=0)]


class IrpoLoss(Message, kw_only=True, tag_field="kind", tag="irpo"):
    """IRPO, arXiv 2404.19733."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    # DPO's own beta: the scale of its implicit reward
    dpo_beta: Annotated[float, Meta(gt=0)]
    # of the winner's negative log-likelihood a token
    alpha: Annotated[float, Meta(ge=0)]


class DpopLoss(Message, kw_only=True, tag_field="kind", tag="dpop"):
    """DPO-Positive, arXiv 2402.13228."""

    constraint: Literal["none", "detached", "boundary"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # boundary only: it lies this far below the lowest better score (nats a token)
    beta: Annotated[float, Meta(ge=0)] | None = None
    # DPO's own beta: the scale of its implicit reward
    dpo_beta: Annotated[float, Meta(gt=0)]
    # lambda: of max(0, log ref - log pi) of the winner
    penalty: Annotated[float, Meta(ge=0)]


class SimperLoss(Message, kw_only=True, tag_field="kind", tag="simper"):
    """SimPER, arXiv 2502.00883."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]


class NcaLoss(Message, kw_only=True, tag_field="kind", tag="nca"):
    """NCA, arXiv 2402.05369."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # NCA's own beta: the scale of its implicit reward
    nca_beta: Annotated[float, Meta(gt=0)]
    # of the softmax over the rewards
    temperature: Annotated[float, Meta(gt=0)]


class InfoncaLoss(Message, kw_only=True, tag_field="kind", tag="infonca"):
    """InfoNCA, arXiv 2402.05369."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # NCA's own beta: the scale of its implicit reward
    nca_beta: Annotated[float, Meta(gt=0)]
    # of the softmax over the rewards
    temperature: Annotated[float, Meta(gt=0)]


class KtoLoss(Message, kw_only=True, tag_field="kind", tag="kto"):
    """KTO, arXiv 2402.01306."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # KTO's own beta: the scale of its implicit reward
    kto_beta: Annotated[float, Meta(gt=0)]
    # lambda_D: of right responses
    desirable_weight: Annotated[float, Meta(ge=0)]
    # lambda_U: of wrong responses
    undesirable_weight: Annotated[float, Meta(ge=0)]


class ReinforceLoss(Message, kw_only=True, tag_field="kind", tag="reinforce"):
    """W-REINFORCE, arXiv 2506.01347."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # lambda: of right responses
    positive_weight: Annotated[float, Meta(ge=0)]


class GrpoLoss(Message, kw_only=True, tag_field="kind", tag="grpo"):
    """GRPO, arXiv 2402.03300."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    divide_by_deviation: bool
    divide_by_length: bool


class NftLoss(Message, kw_only=True, tag_field="kind", tag="nft"):
    """NFT, arXiv 2505.18116."""

    constraint: Literal["none", "detached"]
    # of the group loss
    weight: Annotated[float, Meta(ge=0)]
    # of the VFT loss
    vft_weight: Annotated[float, Meta(ge=0)]
    # of wrong responses
    negative_weight: Annotated[float, Meta(ge=0)]
    # the least that a wrong token's logarithm is taken of
    epsilon: Annotated[float, Meta(gt=0)]
    # of a group with a share p of right ones: 1 - p, sqrt((1 - p) / p), 1
    prompt_weight: Literal["hard", "deviation", "none"]
    # what the loss is averaged over
    per: Literal["token", "response"]


LossSettings = (
    VftLoss
    | AlignmentLoss
    | RrhfLoss
    | ProLoss
    | DpoLoss
    | SimpoLoss
    | IrpoLoss
    | DpopLoss
    | SimperLoss
    | NcaLoss
    | InfoncaLoss
    | KtoLoss
    | ReinforceLoss
    | GrpoLoss
    | NftLoss
)


class TrainResponse(Message, kw_only=True):
    text: str
    token_ids: list[Count] | None = None
    # length: the text was cut off, so no EOS is appended
    finish: Literal["stop", "length"] | None = None
    # part of the maximum-likelihood term
    target: bool
    # true: the reference COT, whose mean score is watched apart
    reference: bool | None = None
    # whether its final answer is right: watched, and what losses of right and wrong go by
    label: Literal["positive", "negative"] | None = None
    # place in its group: 1 the best, equals share one, right 1 and wrong 2; none: no part in the group loss
    rank: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # greater is better; PRO's temperatures are gaps between rewards. -rank when left out
    reward: float | None = None
    # sum of log P(token) under the reference model in nats, EOS included
    reference_logprob: float | None = None


class TrainGroup(Message, kw_only=True):
    id: str
    prompt: str
    responses: Annotated[list[TrainResponse], Meta(min_length=1)]


class LossParts(Message, kw_only=True):
    """Total = vftWeight * vft + weight * alignment."""

    total: Real
    vft: Real
    alignment: Real


class StepMetrics(Message, kw_only=True):
    # steps done, this one included
    step: Annotated[int, Meta(ge=1, le=2147483647)]
    learning_rate: float
    loss: LossParts
    # before clipping
    gradient_norm: float
    groups: Count
    # groups with a better and a worse response
    paired_groups: Count
    # groups with a part in the group loss; left out where it takes those with a pair alone
    taken_groups: Count | None = None
    target_tokens: Count
    # prompt and response tokens that went through the model
    tokens: Count
    seconds: float
    tokens_per_second: float
    # mean score of the targets
    mean_target: float | None = None
    # mean score of the reference COTs
    mean_reference: float | None = None
    mean_positive: float | None = None
    mean_negative: float | None = None
    # mean over groups of (mean score of the positives - mean score of the negatives)
    margin: float | None = None
    # share of the step's pairs whose better response has the higher score, ties 1/2
    assessment_accuracy: float | None = None
    # mean over the worse responses of (lowest better score - beta)
    mean_boundary: float | None = None
    # KTO's z: mean log-ratio to the starting weights (nats) over mismatched pairs, at least 0
    divergence: float | None = None
    # share of the worse responses that lie below their boundary, 0..1
    negatives_below_boundary: float | None = None


class TrackedPoint(Message, kw_only=True):
    step: Count
    values: dict[str, float]


class HelloParams(Message, kw_only=True):
    protocol_version: Annotated[int, Meta(ge=1, le=2147483647)]


class HelloResult(Message, kw_only=True):
    protocol_version: Annotated[int, Meta(ge=1, le=2147483647)]
    # version of aft_worker
    worker: str
    python: str
    pid: Annotated[int, Meta(ge=1, le=2147483647)]


HelloProgress = Nothing
DeviceInfoParams = Nothing


class DeviceInfoResult(Message, kw_only=True):
    # its version
    python: str
    # the interpreter's path
    executable: str
    # operating system and machine
    platform: str
    # name to version, of those installed
    packages: dict[str, str]
    # what models can lie on
    devices: list[DeviceInfo]
    # what auto stands for
    default_device: str
    # that torch computes with
    threads: Annotated[int, Meta(ge=1, le=2147483647)]
    # that this process may use
    cores: Annotated[int, Meta(ge=1, le=2147483647)]
    # main memory
    memory_total_bytes: Count
    # main memory that is free now
    memory_free_bytes: Count
    # what is not as it should be, in words
    warnings: list[str]


DeviceInfoProgress = Nothing


class DeviceSpeedParams(Message, kw_only=True):
    # auto, cpu, cuda, cuda:N or mps
    device: Annotated[str, Meta(min_length=1)]
    dtype: Literal["auto", "float32", "bfloat16", "float16"]


class DeviceSpeedResult(Message, kw_only=True):
    device: str
    dtype: str
    # of a product of large square matrices
    flops_per_second: float
    # read and written by a copy
    bytes_per_second: float
    # of the smallest operation, one after another
    seconds_per_call: float


DeviceSpeedProgress = Nothing


class FolderCheckParams(Message, kw_only=True):
    # one that the caller has written
    file: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    # what is in it
    content: str
    # where to write the same
    answer: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]


class FolderCheckResult(Message, kw_only=True):
    # the machine's name
    host: str
    # why it is not the same folder, in words
    problem: str | None = None


FolderCheckProgress = Nothing
DeviceMemoryParams = Nothing


class DeviceMemoryResult(Message, kw_only=True):
    resident_bytes: Count
    peak_resident_bytes: Count
    accelerator_bytes: Count
    peak_accelerator_bytes: Count


DeviceMemoryProgress = Nothing


class TokenizerTrainParams(Message, kw_only=True):
    # words: each word of the texts; bpe: over bytes, as Qwen's; sentencepiece: as Llama 2's
    kind: Literal["words", "bpe", "sentencepiece"]
    texts: Annotated[list[str], Meta(min_length=1)]
    # not with words
    vocabulary_size: Annotated[int, Meta(ge=1, le=1048576)] | None = None
    # false: a text begins with no <s>, as Qwen's; else it does
    bos: bool | None = None
    # Jinja, as in tokenizer_config.json
    chat_template: str | None = None
    # an absolute path on the worker's machine
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]


class TokenizerTrainResult(Message, kw_only=True):
    vocabulary_size: Annotated[int, Meta(ge=1, le=2147483647)]
    digest: str


TokenizerTrainProgress = Nothing


class ModelCreateParams(Message, kw_only=True):
    # qwen: Qwen 3; gemma: Gemma 2; gemma3: Gemma 3, texts only
    architecture: Literal["llama", "qwen", "mistral", "gemma", "gemma3"]
    hidden_size: Annotated[int, Meta(ge=1, le=2147483647)]
    intermediate_size: Annotated[int, Meta(ge=1, le=2147483647)]
    layers: Annotated[int, Meta(ge=1, le=2147483647)]
    heads: Annotated[int, Meta(ge=1, le=2147483647)]
    key_value_heads: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # width of a head; hiddenSize / heads when left out
    head_dim: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # all architectures but llama: tokens that a layer sees, itself included; left out: no window that binds
    sliding_window: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # gemma only: c * tanh(logits / c); 30 when left out
    logit_softcap: Annotated[float, Meta(gt=0)] | None = None
    # gemma only: the same of attention; 50 when left out
    attention_softcap: Annotated[float, Meta(gt=0)] | None = None
    max_positions: Annotated[int, Meta(ge=1, le=2147483647)]
    tie_embeddings: bool
    init_std: Annotated[float, Meta(gt=0, le=1)]
    # an absolute path on the worker's machine
    tokenizer: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    seed: Whole
    dtype: Literal["auto", "float32", "bfloat16", "float16"]
    # auto, cpu, cuda, cuda:N or mps
    device: Annotated[str, Meta(min_length=1)]
    attention: Literal["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]


ModelCreateResult = ModelInfo
ModelCreateProgress = Nothing


class ModelLoadParams(Message, kw_only=True):
    # a folder in Hugging Face format, or a hub id; a folder that holds an adapter gives its base with it
    source: Annotated[str, Meta(min_length=1)]
    revision: str | None = None
    dtype: Literal["auto", "float32", "bfloat16", "float16"]
    # auto, cpu, cuda, cuda:N or mps
    device: Annotated[str, Meta(min_length=1)]
    attention: Literal["auto", "sdpa", "eager", "flash_attention_2", "flex_attention"]
    # to be trained in place of the weights; fresh, where the source has none
    adapter: AdapterSettings | None = None
    # of a fresh adapter; 0 when left out
    adapter_seed: Whole | None = None
    # compute a block's activations again when they are needed; changes no result
    gradient_checkpointing: bool | None = None
    # of several ranks: fsdp shares out the weights, auto where a device cannot hold them; else none
    sharding: Literal["auto", "none", "fsdp"] | None = None
    # for auto: the device must hold what training takes, too
    trained: bool | None = None
    # to measure with: random weights in so many of its layers; its own are not read
    sketch_layers: Annotated[int, Meta(ge=1, le=2147483647)] | None = None


ModelLoadResult = ModelInfo
ModelLoadProgress = Nothing


class ModelMergeParams(Message, kw_only=True):
    # a folder that holds an adapter
    source: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    # an absolute path on the worker's machine
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]


class ModelMergeResult(Message, kw_only=True):
    files: list[str]
    dtype: str


ModelMergeProgress = Nothing


class ModelConvertParams(Message, kw_only=True):
    # a GGUF file
    source: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    # an absolute path on the worker's machine
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]


class ModelConvertResult(Message, kw_only=True):
    files: list[str]
    architecture: str
    parameters: Count
    vocabulary_size: Annotated[int, Meta(ge=1, le=2147483647)]
    dtype: str
    digest: str
    tokenizer_digest: str
    # what the file holds; that of most values first
    tensors: list[GgufTensors]
    # the file has one; the folder has it too
    chat_template: bool
    # the tokens that end a response
    eos: list[str]


ModelConvertProgress = Nothing


class ModelSaveParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]
    # an absolute path on the worker's machine
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]


class ModelSaveResult(Message, kw_only=True):
    digest: str
    files: list[str]


ModelSaveProgress = Nothing


class ModelInspectParams(Message, kw_only=True):
    # a folder in Hugging Face format, or a hub id
    source: Annotated[str, Meta(min_length=1)]
    revision: str | None = None
    # that the model is to have: refused if it cannot
    adapter: AdapterSettings | None = None


ModelInspectResult = ModelShape
ModelInspectProgress = Nothing


class TokensCountParams(Message, kw_only=True):
    source: Annotated[str, Meta(min_length=1)]
    revision: str | None = None
    texts: list[str]


class TokensCountResult(Message, kw_only=True):
    # tokens of each text, without BOS and EOS
    counts: list[Count]


TokensCountProgress = Nothing


class ModelDigestParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]


class ModelDigestResult(Message, kw_only=True):
    digest: str


ModelDigestProgress = Nothing


class ModelUnloadParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]


ModelUnloadResult = Nothing
ModelUnloadProgress = Nothing


class PromptRenderParams(Message, kw_only=True):
    # a folder with a tokenizer, or a hub id
    source: Annotated[str, Meta(min_length=1)]
    revision: str | None = None
    conversations: Annotated[list[Conversation], Meta(min_length=1)]


class PromptRenderResult(Message, kw_only=True):
    # each conversation in the tokenizer's own chat template, up to the reply
    texts: list[str]


PromptRenderProgress = Nothing


class GenerateParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]
    prompts: list[GeneratePrompt]
    max_new_tokens: Annotated[int, Meta(ge=1, le=2147483647)]
    # 0: greedy
    temperature: Annotated[float, Meta(ge=0)]
    # 1: the model's own distribution
    top_p: Annotated[float, Meta(gt=0, le=1)]
    seed: Whole
    # texts that end a response, which is cut before the first of them that is complete
    stop: list[Annotated[str, Meta(min_length=1)]] | None = None
    # most samples that are decoded at once; sized from free memory when left out
    slots: Annotated[int, Meta(ge=1, le=2147483647)] | None = None
    # samples with vLLM, which reads the folder that the model was loaded from
    vllm: VllmSettings | None = None


class GenerateResult(Message, kw_only=True):
    candidates: Count
    tokens: Count
    seconds: float
    digest: str
    sampler: SamplerInfo


class GenerateProgress(Message, kw_only=True):
    """Candidates come here and only here, as soon as they are finished."""

    candidates: list[SampledCandidate]
    done: Count
    total: Count
    tokens: Count
    # what begins now and takes long, in a line
    note: str | None = None


class ScoreParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]
    groups: Annotated[list[ScoreGroup], Meta(min_length=1)]
    # also return each token's id, text and log-probability
    per_token: bool | None = None
    # tokens (padding included) of one micro-batch; bounds memory, never changes a result
    max_tokens_per_batch: Annotated[int, Meta(ge=1, le=2147483647)]


class ScoreResult(Message, kw_only=True):
    groups: list[ScoredGroup]
    tokens: Count
    seconds: float


ScoreProgress = ProgressCount


class TrainBeginParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    model: Annotated[str, Meta(min_length=1)]
    optimizer: OptimizerSettings
    schedule: ScheduleSettings
    loss: LossSettings
    seed: Whole
    # tokens (padding included) of one micro-batch; bounds memory, never changes a result
    max_tokens_per_batch: Annotated[int, Meta(ge=1, le=2147483647)]
    # a folder that train/save wrote
    resume_from: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")] | None = None
    # what is known of: a state of more steps is refused as damaged (ResumeDamaged)
    recorded_steps: Count | None = None


class TrainBeginResult(Message, kw_only=True):
    # a name the worker gave to something it holds
    run: Annotated[str, Meta(min_length=1)]
    # steps already done: 0, or those resumed
    step: Count


TrainBeginProgress = Nothing


class TrainStepParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    run: Annotated[str, Meta(min_length=1)]
    # must be one more than the steps done: no step is lost or done twice
    step: Annotated[int, Meta(ge=1, le=2147483647)]
    # the global batch of this step
    groups: Annotated[list[TrainGroup], Meta(min_length=1)]


TrainStepResult = StepMetrics
TrainStepProgress = ProgressCount


class TrainSaveParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    run: Annotated[str, Meta(min_length=1)]
    # an absolute path on the worker's machine
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    # while the next steps go on, where main memory has room for a copy; one that fails stops nothing
    background: bool | None = None


class TrainSaveResult(Message, kw_only=True):
    step: Count
    # why an earlier one in the background could not be written
    failed: str | None = None


TrainSaveProgress = Nothing


class TrainEndParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    run: Annotated[str, Meta(min_length=1)]


class TrainEndResult(Message, kw_only=True):
    step: Count
    digest: str
    # how rows lay on a GPU (packed or padded, compiled, captured), with what was measured
    rows: str | None = None


TrainEndProgress = Nothing


class TrackOpenParams(Message, kw_only=True):
    kind: Literal["tensorboard", "wandb", "mlflow", "trackio"]
    # of this run alone; holds what is needed to go on with it
    directory: Annotated[str, Meta(pattern="^[^\\0]{1,4096}$")]
    # what is tracked; a directory of another key begins a new run
    key: Annotated[str, Meta(min_length=1)]
    # new: a run of its own; resume: goes on, what it has been given is left out; add: goes on, and takes all
    mode: Literal["new", "resume", "add"]
    # of the run, for people
    name: Annotated[str, Meta(min_length=1)]
    # JSON text of an object, kept beside the run; no secrets
    config: str
    # wandb: project, entity?, mode?; mlflow: experiment, uri?; trackio: project
    settings: dict[str, str]
    # as long opening and closing are waited for, and no longer
    wait_seconds: Annotated[float, Meta(gt=0)]


class TrackOpenResult(Message, kw_only=True):
    # a name the worker gave to something it holds
    tracker: Annotated[str, Meta(min_length=1)] | None = None
    # why there is no tracker
    unavailable: str | None = None


TrackOpenProgress = Nothing


class TrackLogParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    tracker: Annotated[str, Meta(min_length=1)]
    points: Annotated[list[TrackedPoint], Meta(min_length=1)]


class TrackLogResult(Message, kw_only=True):
    # why the tracker takes nothing any more; told once
    failed: str | None = None


TrackLogProgress = Nothing


class TrackCloseParams(Message, kw_only=True):
    # a name the worker gave to something it holds
    tracker: Annotated[str, Meta(min_length=1)]


class TrackCloseResult(Message, kw_only=True):
    # why the tracker takes nothing any more; told once
    failed: str | None = None


TrackCloseProgress = Nothing
ShutdownParams = Nothing
ShutdownResult = Nothing
ShutdownProgress = Nothing


class ParseErrorData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None


class InvalidRequestData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None


class MethodNotFoundData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    method: str
    nearest: str | None = None


class InvalidParamsData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    found: str | None = None


class InternalErrorData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    traceback: str | None = None


class RequestCancelledData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None


class UnknownHandleData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    handle: str


class ModelNotLoadedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    source: str


class NonFiniteLossData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    step: Count
    groups: list[str]
    loss: LossParts


class OutOfMemoryData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    device: str
    # what may be computed at once (tokens, or samples) once all ranks begin anew
    smaller: Count | None = None


class EmptyResponseData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    id: str


class SequenceTooLongData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    id: str
    tokens: Count
    limit: Count


class StepOutOfOrderData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    expected: Count
    found: Count


class WriteFailedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    path: str
    errno: str


class ResumeRefusedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    path: str


class DeviceUnavailableData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    device: str


class NoChatTemplateData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    source: str


class ChatTemplateRefusedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    source: str
    conversation: Count


class RanksDifferData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    rank: Count
    host: str


class ResumeDamagedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    path: str


class SamplerFailedData(Message, kw_only=True):
    # JSON pointer to the bad value
    pointer: str | None = None
    sampler: str


class Method(NamedTuple):
    params: type[msgspec.Struct]
    result: type[msgspec.Struct]
    progress: type[msgspec.Struct]
    immediate: bool


METHODS: dict[str, Method] = {
    "hello": Method(HelloParams, HelloResult, HelloProgress, True),
    "device/info": Method(DeviceInfoParams, DeviceInfoResult, DeviceInfoProgress, False),
    "device/speed": Method(DeviceSpeedParams, DeviceSpeedResult, DeviceSpeedProgress, False),
    "folder/check": Method(FolderCheckParams, FolderCheckResult, FolderCheckProgress, False),
    "device/memory": Method(DeviceMemoryParams, DeviceMemoryResult, DeviceMemoryProgress, True),
    "tokenizer/train": Method(TokenizerTrainParams, TokenizerTrainResult, TokenizerTrainProgress, False),
    "model/create": Method(ModelCreateParams, ModelCreateResult, ModelCreateProgress, False),
    "model/load": Method(ModelLoadParams, ModelLoadResult, ModelLoadProgress, False),
    "model/merge": Method(ModelMergeParams, ModelMergeResult, ModelMergeProgress, False),
    "model/convert": Method(ModelConvertParams, ModelConvertResult, ModelConvertProgress, False),
    "model/save": Method(ModelSaveParams, ModelSaveResult, ModelSaveProgress, False),
    "model/inspect": Method(ModelInspectParams, ModelInspectResult, ModelInspectProgress, False),
    "tokens/count": Method(TokensCountParams, TokensCountResult, TokensCountProgress, False),
    "model/digest": Method(ModelDigestParams, ModelDigestResult, ModelDigestProgress, False),
    "model/unload": Method(ModelUnloadParams, ModelUnloadResult, ModelUnloadProgress, False),
    "prompt/render": Method(PromptRenderParams, PromptRenderResult, PromptRenderProgress, False),
    "generate": Method(GenerateParams, GenerateResult, GenerateProgress, False),
    "score": Method(ScoreParams, ScoreResult, ScoreProgress, False),
    "train/begin": Method(TrainBeginParams, TrainBeginResult, TrainBeginProgress, False),
    "train/step": Method(TrainStepParams, TrainStepResult, TrainStepProgress, False),
    "train/save": Method(TrainSaveParams, TrainSaveResult, TrainSaveProgress, False),
    "train/end": Method(TrainEndParams, TrainEndResult, TrainEndProgress, False),
    "track/open": Method(TrackOpenParams, TrackOpenResult, TrackOpenProgress, False),
    "track/log": Method(TrackLogParams, TrackLogResult, TrackLogProgress, False),
    "track/close": Method(TrackCloseParams, TrackCloseResult, TrackCloseProgress, False),
    "shutdown": Method(ShutdownParams, ShutdownResult, ShutdownProgress, False),
}
ERRORS: dict[str, int] = {
    "ParseError": -32700,
    "InvalidRequest": -32600,
    "MethodNotFound": -32601,
    "InvalidParams": -32602,
    "InternalError": -32603,
    "RequestCancelled": -32800,
    "UnknownHandle": -32001,
    "ModelNotLoaded": -32002,
    "NonFiniteLoss": -32003,
    "OutOfMemory": -32004,
    "EmptyResponse": -32005,
    "SequenceTooLong": -32006,
    "StepOutOfOrder": -32007,
    "WriteFailed": -32008,
    "ResumeRefused": -32009,
    "DeviceUnavailable": -32010,
    "NoChatTemplate": -32011,
    "ChatTemplateRefused": -32012,
    "RanksDiffer": -32014,
    "ResumeDamaged": -32015,
    "SamplerFailed": -32013,
}
ERROR_DATA: dict[str, type[msgspec.Struct]] = {
    "ParseError": ParseErrorData,
    "InvalidRequest": InvalidRequestData,
    "MethodNotFound": MethodNotFoundData,
    "InvalidParams": InvalidParamsData,
    "InternalError": InternalErrorData,
    "RequestCancelled": RequestCancelledData,
    "UnknownHandle": UnknownHandleData,
    "ModelNotLoaded": ModelNotLoadedData,
    "NonFiniteLoss": NonFiniteLossData,
    "OutOfMemory": OutOfMemoryData,
    "EmptyResponse": EmptyResponseData,
    "SequenceTooLong": SequenceTooLongData,
    "StepOutOfOrder": StepOutOfOrderData,
    "WriteFailed": WriteFailedData,
    "ResumeRefused": ResumeRefusedData,
    "DeviceUnavailable": DeviceUnavailableData,
    "NoChatTemplate": NoChatTemplateData,
    "ChatTemplateRefused": ChatTemplateRefusedData,
    "RanksDiffer": RanksDifferData,
    "ResumeDamaged": ResumeDamagedData,
    "SamplerFailed": SamplerFailedData,
}
