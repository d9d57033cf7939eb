"""Prints the lines of `varve bench precompiles` and of pairing_rivals.py, as `Tools/bench precompiles` shows them, and
a verdict on each goal. Ends with 1 where one is missed."""

import json
import sys

# Time per gas over that of ECRECOVER; time over that of the fastest library.
BOUND, RIVAL_BOUND = 5, 4

# What costs less gas than it takes to hand over input and output is held to the bound with the price of a CALL added on
# both sides.
CHEAP = 64

# Milliseconds for two pairs.
PAIRINGS = (("ECPAIRING, 2 pairs", "BN254", 3), ("PAIRING_CHECK, 2 pairs", "BLS12-381", 5))

lines = [json.loads(line) for line in sys.stdin]
contracts = [line for line in lines if line["figure"] == "precompile"]
missed = 0


def verdict(is_met):
    global missed
    missed += not is_met
    return "ok" if is_met else "MISSED"


def alone(line):
    """The price itself; infinite where there is none."""
    return line.get("slownessToEcRecover", float("inf"))


print()
print(f"{'precompile':<84} {'gas':>9} {'µs':>10} {'Mgas/s':>8}   time per gas / ECRECOVER, and with a CALL")
for line in contracts:
    free = alone(line) == float("inf")
    print(
        f"{line['precompile']:<84} {line['gas']:>9,} {line['microseconds']:>10.2f} "
        f"{'-' if free else format(line['gasPerSecond'] / 1e6, '.1f'):>8}   "
        f"{'free' if free else format(alone(line), '.2f'):>6} {line['slownessWithCall']:>6.2f}"
        f"{' above' if alone(line) > BOUND else ''}")
print()
for line in lines:
    if line["figure"] == "modexp above the bound":
        print(
            f"MODEXP at {line['revision']}'s prices: {line['cases']:,} cases, {line['free']} without a price, {line['above']} "
            f"above {BOUND}" + (f", none of which costs more than {line['upToGas']} gas" if line["above"] else ""))

print(f"\ngoal: at most {BOUND} of ECRECOVER's time per gas")
worst = max((line for line in contracts if line["gas"] > CHEAP), key=alone)
print(f"  by its price, above {CHEAP} gas: {worst['precompile']}, {alone(worst):.2f}: {verdict(alone(worst) <= BOUND)}")
worst = max(contracts, key=lambda line: line["slownessWithCall"])
print(
    f"  with a CALL, at any price: {worst['precompile']}, {worst['slownessWithCall']:.2f}: "
    f"{verdict(worst['slownessWithCall'] <= BOUND)}")

micros = {line["precompile"]: line["microseconds"] for line in contracts}
for contract, curve, goal in PAIRINGS:
    ours = micros[contract] / 1e3
    rivals = [line for line in lines if line["figure"] == "pairing" and line["curve"] == curve]
    fastest = min(line["seconds"] for line in rivals) * 1e3
    print(
        f"goal: {curve}, two pairs, in {goal} ms or {RIVAL_BOUND} of the fastest library's time: {ours:.2f} ms, "
        f"{ours / fastest:.2f}: {verdict(ours <= goal or ours <= RIVAL_BOUND * fastest)}")
    for line in rivals:
        print(f"  {line['engine']}: {line['seconds'] * 1e3:.2f} ms; ours is {ours / line['seconds'] / 1e3:.2f} of it")
sys.exit(missed > 0)
