"""`python -m training.belief`: fit and print the weights of `engines/link/data/belief.toml`. Needs requirements/model.txt.

The groups that the engine makes before whole groups join, in generated sets (benchmarks/scams), and the few that each is compared
with: which of them, if any, most of its reports are of. Maximum likelihood of a multinomial logit, weights held back a little.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import minimize

from benchmarks.scams.make import Maker
from keng.engines.link import Report, read_batch
from keng.engines.link.believing import COLUMNS, Candidates, believe
from keng.engines.link.deciding import first_groups
from keng.engines.link.profiles import compare_groups, count_hands, listen

SETS = (
    *((20_000, seed, mutation) for seed, mutation in ((7, 0.0), (8, 0.2), (9, 0.5), (21, 0.3), (22, 0.1), (23, 0.5))),
    *((5_000, seed, mutation) for seed, mutation in ((977, 0.2), (41, 0.3), (24, 0.5))),
)
HELD_BACK = 0.1  # a weight's square costs half of it, in nats


def main() -> int:
    gathered = [_gather(*one) for one in SETS]
    for name, is_large in (("small", False), ("large", True)):
        chosen = [(who[large == is_large], found[large == is_large], right[large == is_large])
                  for who, large, found, right in gathered]  # fmt: skip
        shift, whos = 0, []
        for who, _, _ in chosen:
            whos.append(who + shift)
            shift = int(whos[-1].max(initial=shift)) + 1
        found, right = (np.concatenate([one[place] for one in chosen]) for place in (1, 2))
        who = np.concatenate(whos)
        weights = fit(who, found, right)
        print(f"[{name}] # {np.unique(who).size} groups, {who.size} pairs, {int(right.sum())} of them right")
        print("\n".join(f"{column} = {weight:.3f}" for column, weight in zip(COLUMNS, weights, strict=True)))
    return 0


def fit(who: np.ndarray, found: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The likeliest weights. `who`: sorted; `found`: COLUMNS a row; of a group of which no row is right, none is."""
    _, group = np.unique(who, return_inverse=True)
    has_right = np.bincount(group, right) > 0

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        belief = believe(who, found @ weights)
        of_right = np.bincount(group, belief * right)
        likelihood = np.where(has_right, of_right, 1 - np.bincount(group, belief))
        wanted = np.where(has_right[group], belief * right / np.maximum(of_right[group], 1e-300), 0)
        held_back = HELD_BACK / 2 * float(weights @ weights)
        slope = found.T @ (belief - wanted) + HELD_BACK * weights
        return held_back - float(np.log(np.maximum(likelihood, 1e-300)).sum()), slope

    return np.asarray(minimize(cost, np.zeros(found.shape[1]), jac=True, method="L-BFGS-B").x)


def _gather(count: int, seed: int, mutation: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(who, is_large, found, right) of one set."""
    made = Maker(seed, mutation).reports(count)
    reports = [
        Report(f"r{number}", round(one.at.timestamp() * 1_000_000), one.text, one.indicators)
        for number, one in enumerate(made, 1)
    ]
    features = read_batch(reports).features
    order = np.argsort(features.rank)
    features = features.take(order)
    evidence, _, group = first_groups(features)
    speech = listen(features, group)
    candidates: Candidates = compare_groups(speech, count_hands(speech), evidence.moments)
    _, campaign = np.unique([made[row].campaign for row in order], return_inverse=True)
    most = np.zeros(int(group.max()) + 1, np.int64)
    for number in range(most.size):
        most[number] = np.bincount(campaign[group == number]).argmax()
    right = most[candidates.who] == most[candidates.whom]
    return candidates.who, candidates.is_large, candidates.found, right


if __name__ == "__main__":
    sys.exit(main())
