"""The one layout, counted by hand."""

from __future__ import annotations

import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.protocol import ScoreResponse
from aft_worker.score.batching import Row, encode_group, make_rows
from aft_worker.score.padded import block_mask, collate, pack
from aft_worker.score.transfers import place_lists


def test_two_responses_of_two_and_three_tokens_share_a_row_of_three_prompt_tokens() -> None:
    batch = collate([Row([10, 11, 12], [[20, 21], [30, 31, 32]], [5, 6])], pad_id=2)
    assert batch.input_ids.tolist() == [[10, 11, 12, 20, 21, 30, 31, 32]]
    assert batch.position_ids.tolist() == [[0, 1, 2, 3, 4, 3, 4, 5]]
    assert batch.segments.tolist() == [[0, 0, 0, 1, 1, 2, 2, 2]]
    # the prompt's last token predicts the first token of both
    assert batch.gather.tolist() == [2, 3, 2, 5, 6]
    assert batch.targets.tolist() == [20, 21, 30, 31, 32]
    assert batch.counts == batch.lengths.tolist() == [2, 3]
    assert (batch.numbers, batch.tokens, batch.longest) == ([5, 6], 8, 6)


def test_rows_of_one_response_are_plain_sequences_padded_on_the_right() -> None:
    batch = collate([Row([10, 11], [[20, 21, 22]], [0]), Row([12], [[23]], [1])], pad_id=2)
    assert batch.input_ids.tolist() == [[10, 11, 20, 21, 22], [12, 23, 2, 2, 2]]
    assert batch.position_ids is None
    assert batch.segments is None
    assert batch.gather.tolist() == [1, 2, 3, 5]
    assert batch.targets.tolist() == [20, 21, 22, 23]
    assert (batch.tokens, batch.longest) == (7, 5)


def test_the_mask_shows_a_response_its_prompt_and_itself() -> None:
    segments = torch.tensor([[0, 0, 1, 1, 2, -1]])
    positions = torch.tensor([[0, 1, 2, 3, 2, 0]])
    mask = block_mask(segments, positions, None, torch.float32)
    assert mask.shape == (1, 1, 6, 6)
    assert (mask[0, 0] == 0).int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 0, 0, 1, 0],
        [1, 1, 0, 0, 0, 1],
    ]
    narrow = block_mask(segments, positions, 2, torch.float32)
    # a window of two positions: the second response sees position 1 of the prompt, not what lies before it
    assert (narrow[0, 0, :5] == 0).int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [0, 1, 1, 0, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
    ]


def test_a_row_takes_as_many_responses_as_fit_and_at_least_one() -> None:
    responses = [[1] * 4, [2] * 3, [3] * 20, [4]]
    rows = make_rows([0, 0], responses, [7, 8, 9, 10], limit=9)
    assert [row.numbers for row in rows] == [[7, 8], [9], [10]]
    assert [row.length for row in rows] == [9, 22, 3]
    apart = make_rows([0, 0], responses, [7, 8, 9, 10], limit=100, share=False)
    assert [row.numbers for row in apart] == [[7], [8], [9], [10]]


def test_packing_counts_padding_keeps_units_whole_and_lets_a_large_one_go_alone() -> None:
    def unit(*lengths: int) -> list[Row]:
        return [Row([0] * (length - 1), [[1]], [0]) for length in lengths]

    units = [unit(5), unit(50), unit(10, 3), unit(4), []]
    # 50 alone; 10 + 3 padded to 10 and 5 padded to 10: 30; then 4
    assert pack(units, 30) == [[1], [2, 0], [3]]
    assert pack(units, 40) == [[1], [2, 0, 3]]
    assert pack(units, 250) == [[1, 2, 0, 3]]
    assert pack(units, 1) == [[1], [2], [0], [3]]
    assert pack([], 10) == []


def test_a_group_is_encoded_whole_or_in_the_part_that_is_asked_for() -> None:
    codec = tiny.codec()
    group = tiny.score_group("g", "ab", "c", "dd", "")
    prompt, responses = encode_group(codec, group)
    assert len(prompt) == 3
    assert [len(response) for response in responses] == [2, 3, 1]
    assert encode_group(codec, group, include=[2, 0])[1] == [responses[2], responses[0]]


def test_the_limit_is_on_a_prompt_with_one_response_and_the_error_names_both_lengths() -> None:
    codec = tiny.codec()
    group = tiny.score_group("g9", "ab", "cccc", "cccc", "cccc")
    assert len(encode_group(codec, group, max_positions=8)[1]) == 3
    with pytest.raises(WorkerError) as caught:
        encode_group(codec, group, max_positions=7)
    assert caught.value.name == "SequenceTooLong"
    assert str(caught.value) == "g9: prompt and response are 8 tokens, the model takes at most 7"
    assert (caught.value.data.id, caught.value.data.tokens, caught.value.data.limit) == ("g9", 8, 7)


def test_what_cannot_be_scored_is_an_error_that_names_the_group() -> None:
    group = tiny.score_group("g3", "a", "b")
    group.responses.append(ScoreResponse(text="", finish="length"))
    with pytest.raises(WorkerError, match=r"^g3: a response without a token$") as caught:
        encode_group(tiny.codec(), group, pointer="/groups/4")
    assert caught.value.name == "EmptyResponse"
    assert (caught.value.data.id, caught.value.data.pointer) == ("g3", "/groups/4/responses/1")
    group.responses[1].token_ids, group.responses[1].finish = [], "stop"
    with pytest.raises(WorkerError, match=r"^g3: a response without a token$"):
        encode_group(tiny.codec(), group)
    with pytest.raises(WorkerError, match="g3: an empty prompt, and the tokenizer has no BOS") as caught:
        encode_group(tiny.codec(bos=False), tiny.score_group("g3", "", "b"), pointer="/groups/4")
    assert caught.value.data.pointer == "/groups/4/prompt"


@pytest.mark.parametrize("ids", [[9, 10, 11], [*range(4, 30)], [10**6]])
def test_ids_of_another_tokenizer_are_refused_by_group_response_and_place(ids: list[int]) -> None:
    group = tiny.score_group("q7", "a", "b", "c")
    group.responses.append(ScoreResponse(text="six", token_ids=ids))
    with pytest.raises(WorkerError) as caught:
        encode_group(tiny.codec(), group, include=[2], pointer="/groups/4")
    assert caught.value.name == "InvalidParams"
    reason = "it was edited since they were made, or they are of another tokenizer"
    if len(ids) == 1:
        reason = f"token {10**6} is none of the model's, whose embedding has {4 + len(tiny.CHARACTERS)} rows"
    assert str(caught.value) == (
        f'the token ids of response 2 of "q7" do not spell its text: {reason}; '
        "leave out tokenIds, and the text is tokenised anew"
    )
    assert caught.value.data.pointer == "/groups/4/responses/2/tokenIds"
    shown = {3: "[9, 10, 11]", 26: f"{[*range(4, 24)]} and 6 more", 1: "[1000000]"}
    assert caught.value.data.found == shown[len(ids)]
    # its own, and none at all, are taken
    group.responses[2].token_ids = tiny.codec().encode_response("six")
    own = encode_group(tiny.codec(), group)
    group.responses[2].token_ids = None
    assert encode_group(tiny.codec(), group) == own


def test_lists_that_go_to_the_device_together_begin_where_compiled_code_wants_them() -> None:
    """At multiples of 16 bytes: others it would copy at each call."""
    placed = place_lists(torch.device("cpu"), [1, 2, 3], [], [4], [5, 6, 7, 8, 9])
    assert [tensor.tolist() for tensor in placed] == [[1, 2, 3], [], [4], [5, 6, 7, 8, 9]]
    assert [tensor.storage_offset() * tensor.element_size() % 16 for tensor in placed] == [0, 0, 0, 0]
