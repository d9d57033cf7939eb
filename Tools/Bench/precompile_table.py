"""Prints the lines of `varve bench precompiles` and of pairing_rivals.py, as `Tools/bench precompiles` shows them."""

import json
import sys

lines = [json.loads(line) for line in sys.stdin]
contracts = [line for line in lines if line["figure"] == "precompile"]
print()
print(f"{'precompile':<76} {'gas':>9} {'µs':>10} {'Mgas/s':>8}   time per gas / ECRECOVER, and with the CALL")
for line in contracts:
    slowness = line.get("slownessToEcRecover")
    print(
        f"{line['precompile']:<76} {line['gas']:>9,} {line['microseconds']:>10.2f} "
        f"{line['gasPerSecond'] / 1e6:>8.1f}   "
        f"{'free' if slowness is None else f'{slowness:.2f}':>6} {line['slownessWithCall']:>6.2f}"
        f"{' ABOVE 5' if slowness and slowness > 5 else ''}")
print()
for line in lines:
    if line["figure"] == "modexp above the bound":
        print(
            f"MODEXP at {line['revision']}'s prices: {line['above']} of {line['cases']} cases above 5"
            + (f", none of which is priced at more than {line['upToGas']} gas" if line["above"] else ""))
for key, name in (("slownessToEcRecover", "slowest for its gas"), ("slownessWithCall", "with the CALL counted")):
    worst = max((line for line in contracts if line.get(key) is not None), key=lambda line: line[key])
    verdict = "ok" if worst[key] <= 5 else "ABOVE"
    print(f"{name}: {worst['precompile']}, {worst[key]:.2f} of ECRECOVER (bound 5: {verdict})")

micros = {line["precompile"]: line["microseconds"] for line in contracts}
for contract, curve, goal in (("ECPAIRING, 2 pairs", "BN254", 3), ("PAIRING_CHECK, 2 pairs", "BLS12-381", 5)):
    ours = micros[contract] / 1e3
    text = f"{curve}, two pairs: {ours:.2f} ms (goal {goal}: {'ok' if ours <= goal else 'ABOVE'})"
    for line in lines:
        if line["figure"] == "pairing" and line["curve"] == curve:
            text += f"; {line['engine']} {line['seconds'] * 1e3:.2f} ms, ours {ours / line['seconds'] / 1e3:.2f} of it"
    print(text)
