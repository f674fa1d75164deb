"""A model of LLaMA-2 7B's shape: steps on all weights and on an adapter, export, loading again.

The weights are random and made on the device: nothing is downloaded. All weights are trained only where
memory allows; else it says so.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from aft_worker.model.adapter import adapter_weights, add_adapter
from aft_worker.model.loading import LoadedModel, checkpoint_gradients, load_model, wrap
from aft_worker.model.merging import merge_adapter
from aft_worker.model.saving import save_model
from aft_worker.protocol import (
    AdapterSettings,
    LossSettings,
    ScoreGroup,
    ScoreResponse,
    TrainGroup,
)
from aft_worker.score.scoring import score_groups
from aft_worker.train.trainer import Trainer
from clock import peak_bytes, timed
from numerics import LOSSES
from random_models import EOS, FIRST_WORD, Shape, group, made_on, prompt
from shapes import GSM8K, SEVEN_B, named
from sitting import Sitting
from training_speed import ADAMW, SCHEDULE, matmul_rate

K = 6
LORA = AdapterSettings(rank=16, alpha=32, dropout=0.05)
# a merged weight is rounded to bfloat16 (2^-9 of it), and a sum over layers of such differences remains
MERGED = 1e-2
# of a trained bfloat16 weight: itself, its float32 master, the master's gradient and two moments
BYTES_A_WEIGHT = 2 + 4 + 4 + 8


@dataclass(frozen=True)
class Plan:
    shape: Shape
    questions: int  # a step
    lengths: tuple[range, range]  # tokens of a prompt and of a response; about GSM8K's, by Llama's tokenizer
    max_tokens: int
    least_tokens: int
    repeats: int
    matrix: int


FULL = Plan(
    SEVEN_B,
    questions=32,
    lengths=GSM8K.ranges,
    max_tokens=16_384,
    least_tokens=2048,
    repeats=3,
    matrix=8192,
)
SMALL = Plan(
    Shape(64, 176, 2, 4, 4, 512, positions=512, tied=False),
    questions=2,
    lengths=(range(20, 31), range(20, 41)),
    max_tokens=1024,
    least_tokens=512,
    repeats=1,
    matrix=256,
)


class SevenB:
    """`all_weights` and `adapter` each make their model: whoever has little time runs one."""

    def __init__(self, sitting: Sitting) -> None:
        self._results = sitting.results
        self._device = sitting.device
        self._plan = SMALL if sitting.small else FULL
        self._folder = sitting.folder
        self._write = sitting.write
        self._title = named("LLaMA-2", self._plan.shape)
        self._ceiling = matmul_rate(self._device, self._plan.matrix)
        side = self._plan.matrix
        self._results.measure(
            f"product of random matrices, {side} a side, bfloat16", self._ceiling / 1e12, "TFLOP/s"
        )
        self._model: LoadedModel | None = self._made()

    def all_weights(self) -> None:
        weights = list(self._loaded().module.parameters())
        count = sum(weight.numel() for weight in weights)
        self._results.measure(f"{self._title}: parameters", count)
        self._results.holds(
            "all weights are made in bfloat16 on the device", all(map(self._is_home, weights))
        )
        needed, there = count * BYTES_A_WEIGHT / 2**30, self._capacity()
        if self._device.type == "cuda" and needed > there:
            why = f"{needed:.0f} GiB for weights, gradients and optimizer, and the device has {there:.0f}"
            self._results.skip(f"training all weights takes at least {why}")
            return
        checkpoint_gradients(self._loaded().module, "random")
        for name, loss in (("VFT", "VFT"), ("AFT-BC", "boundary")):
            if not self._steps(f"{name}, {self._title}, all weights", LOSSES[loss], per_weight=6):
                break

    def adapter(self) -> None:
        """On the base that lies in a folder, as an experiment has it."""
        model = self._loaded()
        checkpoint_gradients(model.module, "random")
        base = str(self._folder / "base")
        save_model(model, base)
        module, own = add_adapter(model.module, LORA, seed=1, source=base, revision=None)
        module.train()
        self._model = wrap(module, model.tokenizer.tokenizer, base)
        self._model.adapter = own
        trained = adapter_weights(module)
        self._results.measure(
            f"{self._title}: parameters of the adapter", sum(w.numel() for w in trained.values())
        )
        self._results.holds(
            "the adapter is in float32", {w.dtype for w in trained.values()} == {torch.float32}
        )
        before = module.get_submodule("base_model.model.model.layers.0.mlp.up_proj.base_layer").weight.clone()
        fits = [
            self._steps(f"{name}, {self._title}, adapter", LOSSES[loss], per_weight=4)
            for name, loss in (("VFT", "VFT"), ("AFT-BC", "boundary"))
        ]
        self._results.equal("steps of the adapter fit", fits, [True, True])
        after = module.get_submodule("base_model.model.model.layers.0.mlp.up_proj.base_layer").weight
        self._results.holds("the base's weights stay as they are", torch.equal(before, after))
        self._write()
        self._export()

    def _export(self) -> None:
        model = self._loaded()
        model.weights_changed()
        model.module.eval()
        scores = self._scores(model)
        adapter = str(self._folder / "adapter")
        save_model(model, adapter)
        digest = model.digest()
        del model
        self._model = None
        self._forget()
        again = load_model(adapter, dtype="bfloat16", device=str(self._device))
        self._results.equal("base and adapter load with the same digest", again.digest() == digest, True)
        self._results.equal("and give the same scores", self._scores(again), scores)
        del again
        self._forget()
        merge_adapter(adapter, str(self._folder / "merged"))
        merged = load_model(str(self._folder / "merged"), dtype="bfloat16", device=str(self._device))
        self._results.equal("the merged model has no adapter", merged.adapter, None)
        found = self._scores(merged)
        worst = max(abs(a - b) / abs(b) for a, b in zip(found, scores, strict=True))
        self._results.at_most("scores of the merged model, relative", worst, MERGED)

    def _loaded(self) -> LoadedModel:
        if self._model is None:
            raise RuntimeError("an earlier check left no model")
        return self._model

    def _made(self) -> LoadedModel:
        torch.manual_seed(11)
        return made_on(self._device, self._plan.shape, torch.bfloat16)

    def _is_home(self, weight: torch.Tensor) -> bool:
        return weight.device.type == self._device.type and weight.dtype == torch.bfloat16

    def _steps(self, name: str, loss: LossSettings, per_weight: int) -> bool:
        """Measures steps of one loss; False where they do not fit even in the smallest micro-batches."""
        groups = self._groups(aligned=loss is not LOSSES["VFT"])
        max_tokens = self._plan.max_tokens
        while True:
            try:
                self._measure_step(name, loss, groups, max_tokens, per_weight)
                return True
            except torch.OutOfMemoryError:
                if max_tokens // 2 < self._plan.least_tokens:
                    break
            # only here, where the exception no longer holds the failed step's tensors
            self._forget()
            max_tokens //= 2
        self._forget()
        self._results.measure(name, f"does not fit in {self._capacity()} GiB, {max_tokens} tokens at a time")
        return False

    def _measure_step(
        self, name: str, loss: LossSettings, groups: Sequence[TrainGroup], max_tokens: int, per_weight: int
    ) -> None:
        """A step that makes the optimizer's moments, one whose peak is measured, and those that are timed."""
        run = Trainer(
            self._loaded(),
            optimizer=ADAMW,
            schedule=SCHEDULE,
            loss=loss,
            seed=0,
            max_tokens_per_batch=max_tokens,
            halves=False,
        )
        tokens = 0

        def step() -> None:
            nonlocal tokens
            metrics = run.step(run.steps_done + 1, groups)
            tokens = metrics.tokens

        step()
        above = peak_bytes(self._device, step)
        timing = timed(self._device, step, warmup=0, repeats=self._plan.repeats)
        weights = sum(w.numel() for n, w in self._loaded().module.named_parameters() if "lora_" not in n)
        multiplied = weights - self._plan.shape.vocabulary * self._plan.shape.hidden
        rate = per_weight * multiplied * tokens / timing.median
        measure = self._results.measure
        measure(f"{name}: tokens a micro-batch", max_tokens)
        measure(f"{name}: tokens a step (each prompt once)", tokens)
        measure(f"{name}: step time, median of {self._plan.repeats}", timing.median, "s")
        measure(f"{name}: rate", tokens / timing.median, "tokens/s")
        measure(f"{name}: share of the matrix product's rate", 100 * rate / self._ceiling, "%")
        measure(f"{name}: peak memory above weights and optimizer", above / 2**30, "GiB")
        self._measure_peak(name)
        expected = sum(
            len(one.prompt.split()) + 1 + sum(len(response.token_ids or ()) for response in one.responses)
            for one in groups
        )
        self._results.equal(f"{name}: every token of the batch went through the model", tokens, expected)

    def _measure_peak(self, name: str) -> None:
        if self._device.type == "cuda":
            whole = torch.cuda.max_memory_allocated(self._device) / 2**30
            self._results.measure(f"{name}: peak memory in all", whole, "GiB")

    def _groups(self, aligned: bool) -> list[TrainGroup]:
        draw = random.Random(1)
        size, lengths = self._plan.shape.vocabulary, self._plan.lengths
        return [group(draw, f"q{n}", size, K, lengths, aligned) for n in range(self._plan.questions)]

    def _scores(self, model: LoadedModel) -> list[float]:
        draw = random.Random(9)
        vocabulary, (prompts, responses) = self._plan.shape.vocabulary, self._plan.lengths
        groups = []
        for number in range(4):
            ids = [draw.randrange(FIRST_WORD, vocabulary) for _ in range(responses[0])]
            response = ScoreResponse(text="", token_ids=[*ids, EOS])
            text = prompt(draw, vocabulary, prompts[0])
            groups.append(ScoreGroup(id=f"s{number}", prompt=text, responses=[response]))
        scored, _ = score_groups(model, groups, self._plan.max_tokens)
        return [one.logprob for (one,) in scored]

    def _capacity(self) -> float:
        if self._device.type != "cuda":
            return 0.0
        return round(torch.cuda.get_device_properties(self._device).total_memory / 2**30, 1)

    def _forget(self) -> None:
        gc.collect()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
