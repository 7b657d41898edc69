"""How long a job of a quiet tenant takes while another tenant floods the queue, as template.yaml has the
workers: played event by event, with all jobs equally long.

    .tools/sam/bin/python -B scripts/fairness_test.py

SQS hands out messages as its guide says of fair queues: those of quiet tenants before those of noisy
ones. Noisy is who has over a tenth of the messages in flight and at least 30 of them, or has had over a
tenth of the workers' time. Until one is found noisy, the oldest messages come first.
"""

import heapq
import unittest
from pathlib import Path

from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
PARAMETERS = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Parameters"]
CORE_MB = 1769
NOISY_SHARE, NOISY_MESSAGES = 0.1, 30
FLOOD = 10_000
# So many moments of a worker's round at which the quiet tenant's job comes, after some rounds.
MOMENTS, ROUNDS = 50, 3
LONGEST = 2.0  # times as long as on an idle system


def default(parameter):
    return int(PARAMETERS[parameter]["Default"])


WORKERS, BATCH = default("WorkerConcurrency"), default("WorkerBatch")
CORES = default("WorkerMemory") // CORE_MB


class Play:
    """Workers that take batches from one queue. A job takes a core for a time of 1."""

    def __init__(self, batch, starts, quiet_comes):
        self.batch = batch
        self.starts = starts
        self.quiet_comes = quiet_comes
        self.flood_waits, self.flood_in_flight, self.flood_time = FLOOD, 0, 0.0
        self.quiet_waits = False
        self.quiet_ended = None

    def quiet_time(self):
        """From when the quiet tenant's job comes to its end."""
        # At the same time first what ends, then what comes, then who receives.
        events = [(self.quiet_comes, 1, "comes")]
        events += [(start, 2, "receive") for start in self.starts]
        heapq.heapify(events)
        while self.quiet_ended is None:
            now, _, event = heapq.heappop(events)
            if event == "comes":
                self.quiet_waits = True
            elif event == "flood ends":
                self.flood_in_flight -= 1
                self.flood_time += 1
            elif event == "receive":
                jobs = self.receive()
                end = now
                for place, job in enumerate(jobs):
                    end = now + place // CORES + 1
                    if job == "quiet":
                        self.quiet_ended = end
                    else:
                        heapq.heappush(events, (end, 0, "flood ends"))
                if jobs:
                    heapq.heappush(events, (end, 2, "receive"))
        return self.quiet_ended - self.quiet_comes

    def receive(self):
        """The jobs of one batch, in the order in which the worker begins them."""
        flood = min(self.batch, self.flood_waits)
        quiet = self.quiet_waits and (self.is_noisy() or flood < self.batch)
        flood = min(flood, self.batch - quiet)
        self.flood_waits -= flood
        self.flood_in_flight += flood
        self.quiet_waits = self.quiet_waits and not quiet
        # At worst the first cores are given away before it is seen; the next is the quiet tenant's.
        first = min(CORES, flood)
        return ["flood"] * first + ["quiet"] * quiet + ["flood"] * (flood - first)

    def is_noisy(self):
        # All time so far and all messages in flight are the flood's: only the number counts.
        return self.flood_in_flight >= NOISY_MESSAGES or self.flood_time > 0


def in_step(workers, batch):
    """All begin at the same moment: the worst there is, for none is done before the others."""
    return [0.0] * workers


def evenly(workers, batch):
    """As they end up after a while: one is done after the other."""
    return [each * batch / CORES / workers for each in range(workers)]


def as_lambda_does(workers, batch, job_s):
    """Five at once, then 300 more a minute."""
    return [max(0, each - 4) / 5 / job_s for each in range(workers)]


def longest(starts, batch, workers=WORKERS):
    """The longest time of a quiet tenant's job, whenever it comes."""
    round_time = max(1, batch // CORES)
    begin = max(starts) + ROUNDS * round_time
    moments = [begin + round_time * (each + 0.5) / MOMENTS for each in range(MOMENTS)]
    return max(Play(batch, starts, moment).quiet_time() for moment in moments)


class Fairness(unittest.TestCase):
    def test_a_quiet_tenant_s_job_waits_for_no_more_than_one_other(self):
        self.assertLessEqual(longest(in_step(WORKERS, BATCH), BATCH), LONGEST)

    def test_it_hardly_waits_when_workers_are_done_one_after_the_other(self):
        self.assertLess(longest(evenly(WORKERS, BATCH), BATCH), 1.1)

    def test_it_waits_no_longer_however_fast_the_workers_came(self):
        for job_s in (0.05, 0.3, 1, 2.5, 20):
            starts = as_lambda_does(WORKERS, BATCH, job_s)
            self.assertLessEqual(longest(starts, BATCH), LONGEST, job_s)

    def test_batches_of_more_than_a_worker_can_begin_would_make_it_wait(self):
        self.assertGreater(longest(in_step(WORKERS, 10), 10), 4 * LONGEST)
        self.assertGreater(longest(in_step(WORKERS, 2 * CORES), 2 * CORES), LONGEST)

    def test_a_worker_gets_no_more_jobs_at_once_than_it_has_cores(self):
        self.assertLessEqual(BATCH, CORES)

    def test_enough_is_in_flight_for_sqs_to_see_who_floods_the_queue(self):
        self.assertGreaterEqual(WORKERS * BATCH, NOISY_MESSAGES)


if __name__ == "__main__":
    unittest.main()
