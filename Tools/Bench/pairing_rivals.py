"""Pairing checks of two pairs by other libraries: one line of JSON each, the processor's time of the fastest run."""

import json
import time


def fastest(body, least, budget):
    best, runs, end = float("inf"), 0, time.monotonic() + budget
    while runs < least or time.monotonic() < end:
        start = time.thread_time()
        assert body()
        best = min(best, time.thread_time() - start)
        runs += 1
    return best


def show(engine, curve, body, least=2, budget=1.0):
    seconds = fastest(body, least, budget)
    print(json.dumps({"figure": "pairing", "engine": engine, "curve": curve, "seconds": seconds}), flush=True)


def arkworks():
    from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

    p, q = G1Point() * Scalar(12345), G2Point()
    compressed = [(p.to_compressed_bytes(), q.to_compressed_bytes())] * 2

    def check():
        # As the contract does: points from bytes, subgroups checked, one final exponentiation.
        points = [(G1Point.from_compressed_bytes(left), G2Point.from_compressed_bytes(right)) for left, right in compressed]
        return GT.multi_pairing([points[0][0], -points[1][0]], [points[0][1], points[1][1]]) == GT.one()

    def bare():
        return GT.multi_pairing([p, -p], [q, q]) == GT.one()

    show("arkworks", "BLS12-381", check)
    show("arkworks, without reading points", "BLS12-381", bare)


def revm():
    """Two pairs through the contract itself, in revm."""
    from py_ecc import optimized_bn128 as curve
    from pyrevm import EVM

    p, q = curve.normalize(curve.multiply(curve.G1, 12345)), curve.normalize(curve.G2)
    second = [coordinate.coeffs[part] for coordinate in q for part in (1, 0)]
    numbers = [number for y in (p[1], -p[1]) for number in (p[0].n, y.n, *second)]
    data = b"".join(int(number).to_bytes(32, "big") for number in numbers)
    machine = EVM(spec_id="CANCUN", gas_limit=1_000_000)

    def check():
        output = machine.message_call("0x" + "11" * 20, "0x" + "00" * 19 + "08", calldata=data)
        return output == (1).to_bytes(32, "big")

    show("revm", "BN254", check)


def py_ecc():
    from py_ecc import optimized_bls12_381, optimized_bn128

    for curve, name in ((optimized_bn128, "BN254"), (optimized_bls12_381, "BLS12-381")):
        p, q = curve.multiply(curve.G1, 12345), curve.G2

        def check():
            product = curve.pairing(q, p, False) * curve.pairing(q, curve.neg(p), False)
            return curve.final_exponentiate(product) == curve.FQ12.one()

        show("py_ecc", name, check, least=1, budget=0)


arkworks()
revm()
py_ecc()
