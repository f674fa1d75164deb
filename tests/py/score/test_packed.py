"""Packed rows: which blocks are computed, what is seen in them, and that scores and gradients are as ever."""

from __future__ import annotations

import random

import numpy as np
import pytest
import tiny
import torch
from aft_worker.score import Way, flex, packed, score_groups
from aft_worker.score.batching import Row
from aft_worker.score.packed import BLOCK, block_kinds, collate, narrowed, pack, recurring_size, seen
from graded import GROUPS, LOSSES, differentiated, distance, large
from packed_rows import allow_backward
from packed_rows import packed as go_packed


@pytest.fixture(autouse=True)
def _on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_backward(monkeypatch)


def rows_of(*sizes: tuple[int, ...]) -> list[Row]:
    """Of each the prompt's tokens, then its responses'."""
    return [
        Row([7] * prompt, [[8] * size for size in responses], list(range(len(responses))))
        for prompt, *responses in sizes
    ]


def by_definition(rows: list[Row], padding: int, window: int | None) -> np.ndarray:
    """[L, L] what a token sees, token by token: (row, response, position)."""
    tokens = []
    for number, row in enumerate(rows):
        tokens += [(number, 0, at) for at in range(len(row.prompt))]
        for response, ids in enumerate(row.responses, 1):
            tokens += [(number, response, len(row.prompt) + at) for at in range(len(ids))]
    tokens += [(-1, 0, at) for at in range(padding)]
    size = len(tokens)
    found = np.zeros((size, size), dtype=bool)
    for query, (row, response, position) in enumerate(tokens):
        for key in range(query + 1):
            other, own, place = tokens[key]
            near = window is None or position - place < window
            found[query, key] = row == other and own in (0, response) and near
    return found


def shown(stretches: np.ndarray) -> np.ndarray:
    first, end, own = stretches[:, :, None]
    query, key = np.ogrid[: stretches.shape[1], : stretches.shape[1]]
    return (key <= query) & (key >= first) & ((key < end) | (key >= own))


def positions_of(rows: list[Row], padding: int) -> list[int]:
    found: list[int] = []
    for row in rows:
        found += range(len(row.prompt))
        for response in row.responses:
            found += range(len(row.prompt), len(row.prompt) + len(response))
    return found + [0] * padding


@pytest.mark.parametrize("window", [None, 1, 3, 40, 1000])
def test_a_token_sees_its_rows_prompt_and_its_own_response_and_nothing_else(window: int | None) -> None:
    draw = random.Random(3)
    for _ in range(6):
        rows = rows_of(
            *(
                (draw.randint(1, 30), *(draw.randint(1, 40) for _ in range(draw.randint(1, 4))))
                for _ in range(4)
            )
        )
        padding = draw.randint(0, 20)
        stretches = seen(rows, padding)
        if window is not None:
            stretches = narrowed(stretches, positions_of(rows, padding), window)
        expected = by_definition(rows, padding, window)
        size = sum(row.length for row in rows)
        np.testing.assert_array_equal(shown(stretches)[:size], expected[:size])
        # a padding token sees some padding, itself at least, and no more
        below = shown(stretches)[size:]
        assert below[:, :size].sum() == 0
        assert below[:, size:].diagonal().all()


@pytest.mark.parametrize("window", [None, 50, 400])
def test_a_block_is_left_out_where_nothing_is_seen_and_full_where_all_is(window: int | None) -> None:
    draw = random.Random(5)
    kinds = set()
    for responses in ([150, 90], [700], [20] * 12, [1, 300, 128, 128]):
        rows = rows_of((draw.randint(1, 400), *responses), (128, 128, 256))
        padding = -sum(row.length for row in rows) % BLOCK
        stretches = seen(rows, padding)
        if window is not None:
            stretches = narrowed(stretches, positions_of(rows, padding), window)
        partial, full = block_kinds(stretches)
        count = len(partial)
        blocks = shown(stretches).reshape(count, BLOCK, count, BLOCK).swapaxes(1, 2).reshape(count, count, -1)
        np.testing.assert_array_equal(full, blocks.all(2))
        np.testing.assert_array_equal(partial, blocks.any(2) & ~blocks.all(2))
        kinds |= {(bool(a), bool(b)) for a, b in zip(partial.flat, full.flat, strict=True)}
    # none, in part, and all: each was met
    assert len(kinds) == (3 if window != 50 else 2)


def test_the_tensors_of_two_rows_counted_by_hand() -> None:
    rows = [Row([10, 11, 12], [[20, 21], [30]], [5, 6]), Row([40], [[50, 51]], [7])]
    batch = collate(rows, 2, lambda make: make(None))
    assert batch.input_ids.shape == (1, 256)
    assert batch.input_ids[0, :10].tolist() == [10, 11, 12, 20, 21, 30, 40, 50, 51, 2]
    assert batch.position_ids[0, :10].tolist() == [0, 1, 2, 3, 4, 3, 0, 1, 2, 0]
    assert batch.gather.tolist() == [2, 3, 2, 6, 7]
    assert batch.firsts.tolist() == [0, 2, 3]
    assert (batch.prompts.tolist(), batch.shares.tolist()) == ([2, 6], [2, 1])
    assert batch.targets.tolist() == [20, 21, 30, 50, 51]
    assert batch.counts == batch.lengths.tolist() == [2, 1, 2]
    assert (batch.numbers, batch.tokens, batch.longest) == ([5, 6, 7], 9, 5)


def test_recurring_sizes_end_in_a_response_of_nothing_that_takes_up_the_rest() -> None:
    rows = [Row([10, 11, 12], [[20, 21], [30]], [5, 6]), Row([40], [[50, 51]], [7])]
    batch = collate(rows, 2, lambda make: make(None), recurring=True)
    assert (batch.counts, batch.numbers, batch.tokens) == ([2, 1, 2], [5, 6, 7], 9)
    assert batch.lengths[:5].tolist() == [2, 1, 2, 123, 0]
    assert len(batch.lengths) == len(batch.firsts) == len(batch.prompts) == len(batch.shares) == 64
    assert batch.lengths.sum() == len(batch.gather) == len(batch.targets) == 128
    # predicted from a place of padding, where no gradient matters
    assert set(batch.gather[5:].tolist()) == set(batch.prompts[2:].tolist()) == {255}
    assert batch.shares.sum() == 3
    other = collate(rows[:1], 2, lambda make: make(None), recurring=True)
    assert other.size_key == batch.size_key


def test_a_recurring_size_is_at_most_a_sixteenth_too_large_or_less_than_a_block() -> None:
    sizes = [recurring_size(count) for count in range(1, 40_000)]
    assert all(size >= count for count, size in enumerate(sizes, 1))
    assert all(size - count < max(BLOCK, count / 15.9) for count, size in enumerate(sizes, 1))
    assert len({size for size in sizes if 8192 < size <= 16_384}) == 16


def test_packing_counts_tokens_alone_and_makes_few_micro_batches_of_about_one_size() -> None:
    def unit(*lengths: int) -> list[Row]:
        return [Row([0] * (length - 1), [[1]], [0]) for length in lengths]

    units = [unit(5), unit(50), unit(10, 3), unit(4), []]
    # 50 alone; 13; 5 + 4, not 13 + 5 and a small last one
    assert pack(units, 20) == [[1], [2], [0, 3]]
    assert pack(units, 22) == [[1], [2, 0, 3]]
    assert pack(units, 60) == [[1], [2, 0, 3]]
    assert pack(units, 100) == [[1, 2, 0, 3]]
    # 8 + 7, 6 + 5 + 4: spread evenly, 8 + 5 + 4 would not fit
    assert pack([unit(8), unit(7), unit(6), unit(5), unit(4)], 15) == [[0, 1], [2, 3, 4]]
    assert pack([], 10) == []


ASKED = [
    tiny.score_group("a", "2 boxes of 3?", "2 * 3 = 6", "6", "2 + 3 = 5. a longer one"),
    tiny.score_group("b", "how many are left, if any?", "none at all", "4 4 4"),
    tiny.score_group("c", "A", "b"),
] * 2


@pytest.mark.parametrize("limit", [40, 4096])
@pytest.mark.parametrize("name", tiny.MODELS)
def test_scores_of_packed_rows_are_those_of_padded_ones(name: str, limit: int) -> None:
    model = tiny.MODELS[name]()
    expected, tokens = score_groups(model, ASKED, limit)
    found, again = score_groups(go_packed(model), ASKED, limit)
    assert again == tokens
    for group, own in zip(expected, found, strict=True):
        for score, other in zip(group, own, strict=True):
            assert other.token_ids == score.token_ids
            assert other.token_logprobs == pytest.approx(score.token_logprobs, abs=2e-5)


@pytest.mark.parametrize("name", [name for name in tiny.MODELS if name != "llama-eager"])
def test_gradients_of_packed_rows_are_those_of_padded_ones(name: str) -> None:
    model, groups = tiny.MODELS[name](), [*GROUPS, large(7)]
    expected = differentiated(model, LOSSES["boundary"], groups)
    go_packed(model)
    for limit, in_pieces in ((100_000, 0), (40, 3)):
        found = differentiated(model, LOSSES["boundary"], groups, limit)
        assert distance(found.gradient, expected.gradient) < 5e-6
        assert found.loss == pytest.approx(expected.loss, rel=1e-6)
        assert found.two_pass_groups == in_pieces


def test_the_blocks_of_a_model_are_compiled_once_for_all_layers_and_sizes(monkeypatch) -> None:
    compilations = []

    def backend(graph, _inputs):
        compilations.append(graph)
        return graph.forward

    def compiled(function):
        return torch.compile(function, dynamic=True, fullgraph=True, backend=backend)

    kept = {}
    monkeypatch.setattr(flex, "compiled", lambda function: kept.setdefault(function, compiled(function)))
    torch._dynamo.reset()
    model = tiny.llama(num_hidden_layers=4)
    steps = (GROUPS, [*GROUPS, large(64)])
    expected = [differentiated(model, LOSSES["boundary"], groups) for groups in steps]
    go_packed(model, Way(packed=True, compiled=True))
    for groups, other in zip(steps, expected, strict=True):
        found = differentiated(model, LOSSES["boundary"], groups)
        assert distance(found.gradient, other.gradient) < 5e-6
    assert len(compilations) == 1
    torch._dynamo.reset()


def test_what_packed_attention_does_not_compute_is_refused() -> None:
    query = torch.zeros(1, 2, BLOCK, 16)
    mask, _ = packed.block_mask(seen(rows_of((100, 28)), 0), torch.device("cpu"))
    module = torch.nn.Identity()
    with pytest.raises(ValueError, match="packed rows cannot be had with dropout"):
        flex.packed_attention(module, query, query, query, mask, dropout=0.1)
    with pytest.raises(ValueError, match="packed rows cannot be had with s_aux"):
        flex.packed_attention(module, query, query, query, mask, s_aux=torch.zeros(2))
    with pytest.raises(ValueError, match="packed rows cannot be had with another mask"):
        flex.packed_attention(module, query, query, query, None)


def test_outside_of_its_passes_a_model_attends_as_before() -> None:
    model = go_packed(tiny.llama())
    before = model.module.config._attn_implementation
    score_groups(model, ASKED, 4096)
    assert model.module.config._attn_implementation == before == "sdpa"
