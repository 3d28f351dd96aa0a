"""Whether the answer to "forgotten password" tells a known email from an unknown one.

    TRUSTED_PROXIES=127.0.0.1 make serve
    .venv/bin/python benchmarks/reset_answer.py http://127.0.0.1:8000 admin@example.org

Asks 200 times, in turns for the known email and for a made-up one, each time from another
network (so that the throttle lets it pass), and compares times and bodies.
"""

import http.client
import random
import re
import statistics
import sys
import time
from math import erf, sqrt
from urllib.parse import urlencode, urlsplit

TRIES = 200
PATH = "/en/account/password-reset/"


def main(site: str, known: str) -> None:
    host = urlsplit(site).netloc
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    bodies: dict[str, set[bytes]] = {"known": set(), "unknown": set()}
    kinds = ["known", "unknown"] * (TRIES // 2)
    random.shuffle(kinds)
    run = random.randrange(256)
    for number, kind in enumerate(kinds):
        email = known if kind == "known" else f"nobody@{known.partition('@')[2]}"
        seconds, body = ask(host, email, f"10.{run}.{number}.1")
        times[kind].append(seconds * 1000)
        bodies[kind].add(body)
    for kind, values in times.items():
        print(
            f"{kind:8} n={len(values)} median {statistics.median(values):.2f} ms "
            f"mean {statistics.fmean(values):.2f} ms sd {statistics.stdev(values):.2f} ms"
        )
    answers = bodies["known"] | bodies["unknown"]
    print(f"answers: {len(answers)} different (1 is right): {min(answers)[:80]!r}")
    print(f"Mann-Whitney U, two-sided: p = {mann_whitney(times['known'], times['unknown']):.3f}")


def ask(host: str, email: str, network: str) -> tuple[float, bytes]:
    """Return the seconds that the POST takes, and the status, place and body of the answer."""
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {"X-Forwarded-For": network}
    connection.request("GET", PATH, headers=headers)
    response = connection.getresponse()
    page = response.read().decode()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    form = urlencode({"email": email, "csrfmiddlewaretoken": token})
    headers |= {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    begun = time.perf_counter()
    connection.request("POST", PATH, form, headers)
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - begun
    place = response.headers.get("Location", "")
    connection.close()
    return seconds, f"{response.status} {place} ".encode() + body


def mann_whitney(first: list[float], second: list[float]) -> float:
    """Return the rank-sum test's p-value, normally approximated (fair from 20 values on)."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_value, group) in enumerate(ranked, start=1) if group == 0)
    n, m = len(first), len(second)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return 2 * (1 - 0.5 * (1 + erf(abs(z) / sqrt(2))))


if __name__ == "__main__":
    main(*sys.argv[1:])
