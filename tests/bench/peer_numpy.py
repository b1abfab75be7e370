# SPDX-License-Identifier: GPL-3.0-or-later
"""Median of five times, in ms, of numpy's singular values of an n x n matrix
with sigma_k = k^-1.2: what bench_spectrum.c compares itself with."""
import statistics
import sys
import time

import numpy


def measure(n: int) -> float:
    random = numpy.random.default_rng(1)
    left = numpy.linalg.qr(random.standard_normal((n, n)))[0]
    right = numpy.linalg.qr(random.standard_normal((n, n)))[0]
    matrix = left * numpy.arange(1.0, n + 1.0) ** -1.2 @ right
    times = []
    time.sleep(0.4)  # let the workers of the products above go to sleep
    for _ in range(5):
        start = time.perf_counter()
        numpy.linalg.svd(matrix, compute_uv=False)
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


if __name__ == "__main__":
    for argument in sys.argv[1:] or ["256", "512", "1024"]:
        print(f"{measure(int(argument)):.3f}")
