"""The group losses once more, from their papers' equations: loops over pairs, gradients derived by hand.

Shares nothing with aft_worker.losses. Every function takes float64 vectors over the R responses of a group
and returns (value, gradient by the scores s [R]; for DPO by the summed log-probabilities [R]).
"""

from __future__ import annotations

import math

import numpy as np

Found = tuple[float, np.ndarray]


def log_one_plus(exponents: list[float]) -> tuple[float, list[float]]:
    """x -> (log(1 + sum exp(x)), [exp(x_m) / (1 + sum exp(x))])."""
    top = max([0.0, *exponents])
    terms = [math.exp(x - top) for x in exponents]
    z = math.exp(-top) + math.fsum(terms)
    value = math.log1p(math.fsum(terms)) if top == 0 else top + math.log(z)
    return value, [term / z for term in terms]


def binary(kind: str, positive, negative, beta: float, detach: bool) -> tuple[float, np.ndarray, np.ndarray]:
    """arXiv 2309.02144 as printed, for positives [P] and negatives [N] -> (value, by s_p [P], by s_n [N])."""
    on_p, on_n = np.zeros(len(positive)), np.zeros(len(negative))
    lowest = min(positive, default=math.nan)
    thresholds = [2 * lowest - 2 * beta - s_p for s_p in positive]
    where, exponents = [], []
    for p, s_p in enumerate(positive):
        for n, s_n in enumerate(negative):
            where.append((p, n, "spread"))
            exponents.append(s_n - s_p)
            if kind == "boundary":
                where.append((p, n, "boundary"))
                exponents.append(thresholds[p] - s_n)
    value, shares = log_one_plus(exponents)
    for (p, n, term), share in zip(where, shares, strict=True):
        if term == "spread":
            on_p[p] -= share
            on_n[n] += 0 if kind == "detached" else share
            continue
        on_n[n] -= share
        if not detach:
            # dT / ds_p = -1, and 2 for the lowest; several lowest share the derivative of the minimum
            on_p[p] -= share
            for q in range(len(positive)):
                if positive[q] == lowest:
                    on_p[q] += 2 * share / list(positive).count(lowest)
    return value, on_p, on_n


def above(ranks, j: int) -> list[int]:
    return [i for i in range(len(ranks)) if ranks[i] < ranks[j]]


def lowest_above(scores, ranks, j: int) -> float:
    return min(scores[i] for i in above(ranks, j))


def alignment(kind: str, scores, ranks, beta: float, detach: bool) -> Found:
    """log(1 + sum_{i > j} [exp(s_j - s_i) + exp(2 s_j* - 2 beta - s_i - s_j)])."""
    gradient = np.zeros(len(scores))
    where, exponents = [], []
    for j in range(len(scores)):
        for i in above(ranks, j):
            where.append((i, j, "spread"))
            exponents.append(scores[j] - scores[i])
            if kind == "boundary":
                where.append((i, j, "boundary"))
                exponents.append(2 * lowest_above(scores, ranks, j) - 2 * beta - scores[i] - scores[j])
    value, shares = log_one_plus(exponents)
    for (i, j, term), share in zip(where, shares, strict=True):
        if term == "spread":
            gradient[i] -= share
            gradient[j] += 0 if kind == "detached" else share
            continue
        gradient[j] -= share
        if not detach:
            gradient[i] -= share
            least = lowest_above(scores, ranks, j)
            lowest = [q for q in above(ranks, j) if scores[q] == least]
            for q in lowest:
                gradient[q] += 2 * share / len(lowest)
    return value, gradient


def rrhf(kind: str, scores, ranks, beta: float) -> Found:
    """arXiv 2304.05302: sum_{r_i < r_j} max(0, s_i - s_j), r the rewards: here ranks, reversed."""
    value, gradient = 0.0, np.zeros(len(scores))
    for j in range(len(scores)):
        for i in above(ranks, j):
            gap = scores[j] - scores[i]
            if gap > 0:
                value += gap
                gradient[i] -= 1
                gradient[j] += 0 if kind == "detached" else 1
            if kind == "boundary":
                mirrored = 2 * (lowest_above(scores, ranks, j) - beta) - scores[j]
                if mirrored > scores[i]:
                    value += mirrored - scores[i]
                    gradient[j] -= 1
    return value, gradient


def pro(kind: str, scores, rewards, beta: float) -> Found:
    """arXiv 2306.17492, -sum_k log(exp(s_k / T_kk) / (exp(s_k / T_kk) + sum_{i > k} exp(s_i / T_ki))).

    k and i go from the best response to the worst; T_ki = 1 / (r_k - r_i), T_kk = min_i T_ki; no
    pair of equal rewards.
    """
    value, gradient = 0.0, np.zeros(len(scores))
    order = sorted(range(len(scores)), key=lambda i: -rewards[i])
    for place, k in enumerate(order):
        after = [i for i in order[place + 1 :] if rewards[i] != rewards[k]]
        if not after:
            continue
        temperature = {i: 1 / (rewards[k] - rewards[i]) for i in after}
        own = min(temperature.values())
        where, exponents = [], []
        for i in after:
            where.append((i, "spread"))
            exponents.append(scores[i] / temperature[i] - scores[k] / own)
            if kind == "boundary":
                bound = min(scores[q] for q in order if rewards[q] > rewards[i]) - beta
                where.append((i, "boundary"))
                exponents.append((2 * bound - scores[i]) / temperature[i] - scores[k] / own)
        added, shares = log_one_plus(exponents)
        value += added
        for (i, term), share in zip(where, shares, strict=True):
            if term == "spread":
                gradient[k] -= share / own
                gradient[i] += 0 if kind == "detached" else share / temperature[i]
            else:
                gradient[i] -= share / temperature[i]
    return value, gradient


def dpo(kind: str, sums, counts, references, ranks, beta: float, dpo_beta: float) -> Found:
    """arXiv 2305.18290, equation 7, averaged over the group's pairs; the gradient is by the sums."""
    value, gradient, found = 0.0, np.zeros(len(sums)), 0
    scores = [total / count for total, count in zip(sums, counts, strict=True)]
    for loser in range(len(sums)):
        for winner in above(ranks, loser):
            found += 1
            of_winner = dpo_beta * (sums[winner] - references[winner])
            # -log sigmoid(x) = log(1 + exp(-x)); its derivative by x is -sigmoid(-x)
            loss, (share,) = log_one_plus([dpo_beta * (sums[loser] - references[loser]) - of_winner])
            value += loss
            gradient[winner] -= dpo_beta * share
            gradient[loser] += 0 if kind == "detached" else dpo_beta * share
            if kind == "boundary":
                mirrored = counts[loser] * (2 * (lowest_above(scores, ranks, loser) - beta) - scores[loser])
                loss, (share,) = log_one_plus([dpo_beta * (mirrored - references[loser]) - of_winner])
                value += loss
                gradient[loser] -= dpo_beta * share
    return (value / found, gradient / found) if found else (0.0, gradient)
