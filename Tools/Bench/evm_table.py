"""Reads the lines of all rounds and prints gas per second and ratios, as `Tools/bench evm` shows them.

usage: evm_table.py LEAST_MILLISECONDS MISSED < LINES

Adds a line to the file MISSED for each goal that is missed. Ends with 1, and names the program, where one was not run
on both sides, or used other gas or succeeded otherwise here than in revm: then there is nothing to compare. Where
accounts have storage before the transaction, the gas may differ: pyrevm holds the slots that it is given for read
already, so that reading them costs less. Such a program does not count; what it must use, `varve conformance program`
says.

revm makes itself ready for a contract's code each time that it is called; here that is done once for a machine, and so in
no run that counts. "varve anew" has a machine for each run.
"""

import collections
import json
import math
import statistics
import sys

LEAST, MISSED = float(sys.argv[1]) / 1e3, sys.argv[2]

# Of revm's gas per second: the geometric mean, and each program.
MEAN_GOAL, LEAST_GOAL = 1.3, 0.7

lines = [json.loads(line) for line in sys.stdin]
rates = collections.defaultdict(lambda: collections.defaultdict(list))
gas = collections.defaultdict(dict)
succeeded = collections.defaultdict(dict)
seconds = collections.defaultdict(list)
has_storage = {}
for line in lines:
    key = (line["file"], line["program"])
    rates[key][line["engine"]].append(line["gasPerSecond"])
    gas[key][line["engine"]] = line["gas"]
    succeeded[key][line["engine"]] = line["succeeded"]
    if line["engine"] == "revm":
        seconds[key].append(line["seconds"])
        has_storage[key] = line["hasStorage"]

print(f"{'program':<44} {'gas':>12} {'varve':>9} {'revm':>9} {'py-evm':>9}   {'/revm':>6} {'/py-evm':>8}")
ratios, ratios_anew, python_ratios, wrong = {}, [], [], []
for key in sorted(rates):
    ours, revm = rates[key]["varve"], rates[key]["revm"]
    if not ours or not revm:
        wrong.append(f"{key[1]} of {key[0]} was not run by {'varve' if not ours else 'revm'}")
        continue
    name = f"{key[0].split('/')[-3]}/{key[1]}" if key[0].count("/") > 2 else key[1]
    # Both of the same round; the median over the rounds.
    ratio = statistics.median(a / b for a, b in zip(ours, revm))
    python = max(rates[key]["py-evm"], default=None)
    note = ""
    if len(set(succeeded[key].values())) > 1:
        wrong.append(f"{name} " + ", ".join(
            f"{'succeeds' if value else 'fails'} in {engine}" for engine, value in succeeded[key].items()))
    if gas[key]["varve"] != gas[key]["revm"]:
        note = f"gas differs: revm {gas[key]['revm']:,}"
        if not has_storage[key]:
            wrong.append(f"{name} uses {gas[key]['varve']:,} gas, in revm {gas[key]['revm']:,}")
    elif min(seconds[key]) < LEAST:
        note = "too short to count"
    else:
        ratios[name] = ratio
        if rates[key]["varve anew"]:
            ratios_anew.append(statistics.median(a / b for a, b in zip(rates[key]["varve anew"], revm)))
    if python:
        python_ratios.append(max(ours) / python)
        if gas[key]["py-evm"] != gas[key]["varve"]:
            note += f" gas differs: py-evm {gas[key]['py-evm']:,}"
    print(
        f"{name:<44} {gas[key]['varve']:>12,} {max(ours) / 1e6:>9.0f} {max(revm) / 1e6:>9.0f} "
        f"{'-' if not python else f'{python / 1e6:.1f}':>9}   {ratio:>6.2f} "
        f"{'-' if not python else f'{max(ours) / python:.0f}':>8}   {note}")


def mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def verdict(measured, goal):
    if measured >= goal:
        return "ok"
    with open(MISSED, "a") as file:
        print(f"{measured:.2f} of {goal}", file=file)
    return "BELOW"


if wrong:
    sys.exit("\nerror: " + "\nerror: ".join(wrong))
if not ratios:
    sys.exit("error: no transaction took long enough to be compared")
least = min(ratios, key=ratios.get)
total = mean(ratios.values())
print()
print(
    f"geometric mean over {len(ratios)} that take revm {LEAST * 1e3:g} ms or more: {total:.2f} of revm "
    f"(goal {MEAN_GOAL}: {verdict(total, MEAN_GOAL)}); lowest {ratios[least]:.2f}, {least} "
    f"(goal {LEAST_GOAL}: {verdict(ratios[least], LEAST_GOAL)})")
if len(ratios_anew) == len(ratios):
    print(f"geometric mean with all code prepared in each run, as revm does: {mean(ratios_anew):.2f} of revm")
if python_ratios:
    print(f"geometric mean over {len(python_ratios)}: {mean(python_ratios):.0f} of py-evm")
