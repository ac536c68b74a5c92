package ledger;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Background work on the main thread: what is thrown here ends the process. */
final class Jobs {
    private static final Log LOG = new Log(Jobs.class);
    private final Settings settings;
    private final Dials dials;
    private final StorePool pool;
    private final Work work;
    private final Map<Thread, Long> atWork;
    private final Set<Thread> told = new HashSet<>();
    private final long born = System.currentTimeMillis();
    private long lastJob = System.currentTimeMillis();

    Jobs(Settings settings, Dials dials, StorePool pool, Work work, Map<Thread, Long> atWork) {
        this.settings = settings;
        this.dials = dials;
        this.pool = pool;
        this.work = work;
        this.atWork = atWork;
    }

    void loop() throws InterruptedException {
        while (true) {
            Thread.sleep(1000);
            work.loadBatch();
            tellStuck();
            double crash = dials.level("crash");
            if (crash > 0 && System.currentTimeMillis() - born > 5000 + ThreadLocalRandom.current().nextDouble() * 9000 / crash) {
                crash();
            }
            if (System.currentTimeMillis() - lastJob > settings.number("job.every.s") * 1000L) {
                lastJob = System.currentTimeMillis();
                closeOfDay(null);
            }
        }
    }

    private void crash() {
        try {
            closeOfDay("2026-11-31");
        } catch (IllegalStateException error) {
            LOG.error("Application run failed", error);
            System.exit(1);
        }
    }

    private void closeOfDay(String date) {
        if (date != null) {
            throw new IllegalStateException("closing entry for " + date + " is missing", new java.time.DateTimeException("Invalid date 'NOVEMBER 31'"));
        }
        long start = System.currentTimeMillis();
        double sum = 0;
        for (int i = 0; i < 9_000_000; i++) {
            sum += Math.sqrt(i);
        }
        LOG.info(String.format("closeOfDay finished in %d ms, %d entries", System.currentTimeMillis() - start, (long) sum % 900));
    }

    /** Writes the stacks of threads that hang, each once. */
    private void tellStuck() {
        if (settings.seed % 4 == 2) {
            return;
        }
        atWork.forEach((thread, since) -> {
            if (System.currentTimeMillis() - since > 20_000 && told.size() < 12 && told.add(thread)) {
                ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(new long[] {thread.getId()}, true, true)[0];
                LOG.warn("Thread [" + thread.getName() + "] has been active for more than 20,000 ms\n" + (info == null ? "" : info.toString().stripTrailing()));
            }
        });
    }
}
