"""Carries out the transactions of state tests with another virtual machine, as `varve bench evm` does.

usage: evm_rivals.py revm|py-evm FORK SECONDS FILE...

Prints one line of JSON for each transaction: the processor's time of the fastest run. A new state for every run, made
before the clock starts. py-evm takes minutes for what takes others a second: it carries out each transaction once, and
with no more gas than GREATEST, so that longer ones are left out.
"""

import json
import sys
import time


# How much gas py-evm is given.
GREATEST = 5_000_000


def number(text):
    return int(text, 0) if text not in ("", "0x") else 0


def first(value):
    return value[0] if isinstance(value, list) else value


def transactions(path):
    """Name, state before, and transaction with one value of its data."""
    with open(path) as file:
        fixtures = json.load(file)
    for name, fixture in fixtures.items():
        written = fixture["transaction"]
        cases = []
        for fields in written if isinstance(written, list) else [written]:
            for data in fields["data"] if isinstance(fields["data"], list) else [fields["data"]]:
                cases.append((fields, data))
        for index, (fields, data) in enumerate(cases):
            yield (name if len(cases) == 1 else f"{name}/{index}"), fixture, fields, bytes.fromhex(data[2:])


def environment(fixture):
    env = fixture["env"]
    return {key: number(env[key]) if key in env else 0 for key in (
        "currentNumber", "currentTimestamp", "currentGasLimit")}


def revm_run(fork, fixture, fields, data):
    from pyrevm import AccountInfo, BlockEnv, CfgEnv, Env, EVM

    block = environment(fixture)
    evm = EVM(
        env=Env(cfg=CfgEnv(chain_id=1), block=BlockEnv(
            number=block["currentNumber"], timestamp=block["currentTimestamp"],
            gas_limit=block["currentGasLimit"], prevrandao=bytes(32))),
        spec_id=fork.upper(), gas_limit=number(first(fields["gasLimit"])))
    for address, account in fixture["pre"].items():
        evm.insert_account_info(address, AccountInfo(
            balance=number(account["balance"]), nonce=number(account["nonce"]),
            code=bytes.fromhex(account["code"][2:])))
        for slot, value in account["storage"].items():
            evm.insert_account_storage(address, number(slot), number(value))
    arguments = {
        "caller": fields["sender"], "to": fields["to"], "calldata": data,
        "value": number(first(fields["value"])), "gas": number(first(fields["gasLimit"]))}
    start = time.thread_time()
    try:
        evm.message_call(**arguments)
    except RuntimeError:
        pass  # a transaction that fails has used its gas, and is compared all the same
    seconds = time.thread_time() - start
    return evm.result.gas_used, evm.result.is_success, seconds


def py_evm_run(fork, fixture, fields, data):
    from eth import constants
    from eth.chains.base import MiningChain
    from eth.db.atomic import AtomicDB
    from eth.vm import forks
    from eth.vm.message import Message

    def address(text):
        return bytes.fromhex(text[2:])

    machine = getattr(forks, f"{fork}VM")
    chain = MiningChain.configure(
        __name__="Bench", vm_configuration=((constants.GENESIS_BLOCK_NUMBER, machine),)).from_genesis(
            AtomicDB(), {"difficulty": 0, "gas_limit": 10**12, "timestamp": 1}, {
                address(name): {
                    "balance": number(account["balance"]), "nonce": number(account["nonce"]),
                    "code": bytes.fromhex(account["code"][2:]),
                    "storage": {number(slot): number(value) for slot, value in account["storage"].items()}}
                for name, account in fixture["pre"].items()})
    state = chain.get_vm().state
    sender, to = address(fields["sender"]), address(fields["to"])
    gas = min(number(first(fields["gasLimit"])), GREATEST)
    message = Message(
        gas=gas, to=to, sender=sender, value=number(first(fields["value"])), data=data, code=state.get_code(to))
    state.mark_address_warm(sender)
    state.mark_address_warm(to)
    context = state.get_transaction_context_class()(gas_price=1, origin=sender)
    start = time.thread_time()
    computation = state.computation_class.apply_message(state, message, context)
    seconds = time.thread_time() - start
    # The message alone; what the transaction costs before it runs is added, so that gas compares.
    intrinsic = 21000 + sum(16 if byte else 4 for byte in data)
    used = gas - computation.get_gas_remaining() + intrinsic
    return used - min(computation.get_gas_refund(), used // 5), computation.is_success, seconds


def main():
    engine, fork, budget = sys.argv[1], sys.argv[2], float(sys.argv[3])
    run = {"revm": revm_run, "py-evm": py_evm_run}[engine]
    for path in sys.argv[4:]:
        for name, fixture, fields, data in transactions(path):
            end = time.monotonic() + budget
            best, runs = float("inf"), 0
            while runs < (1 if engine == "py-evm" else 3) or (engine != "py-evm" and time.monotonic() < end):
                gas, succeeded, seconds = run(fork, fixture, fields, data)
                if engine == "py-evm" and not succeeded:
                    break
                best = min(best, seconds)
                runs += 1
            if runs == 0:
                continue
            print(json.dumps({
                "figure": "evm", "engine": engine, "file": path, "program": name, "gas": gas, "succeeded": succeeded,
                "seconds": best, "gasPerSecond": gas / best,
                "hasStorage": any(account["storage"] for account in fixture["pre"].values())}), flush=True)


main()
