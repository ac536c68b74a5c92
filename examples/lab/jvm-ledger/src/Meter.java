package ledger;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts and times of requests, by their labels. */
final class Meter {
    /** One set of labels. */
    static final class Cell {
        final LongAdder count = new LongAdder();
        final DoubleAdder seconds = new DoubleAdder();
        private volatile double max;
        private volatile long maxAt;

        void add(double value) {
            count.increment();
            seconds.add(value);
            long now = System.currentTimeMillis();
            if (value > max || now - maxAt > 60_000) {
                max = value;
                maxAt = now;
            }
        }

        double max() {
            return System.currentTimeMillis() - maxAt > 120_000 ? 0 : max;
        }
    }

    final Map<String, Cell> cells = new ConcurrentSkipListMap<>();

    void record(String labels, double seconds) {
        cells.computeIfAbsent(labels, key -> new Cell()).add(seconds);
    }
}
