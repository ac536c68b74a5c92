package ledger;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/** What handlers do besides answering; every flaw is inert until its dial is turned. */
final class Work {
    private final Dials dials;
    private final Settings settings;
    private final Map<String, byte[]> sessions = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Runnable> observers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Object> held = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<List<Map<String, Object>>> recent = new ConcurrentLinkedQueue<>();
    private final Object balance = new Object();
    private final Object source = new Object();
    private final Object target = new Object();
    private volatile List<Map<String, Object>> ballast = List.of();

    Work(Dials dials, Settings settings) {
        this.dials = dials;
        this.settings = settings;
    }

    void rememberSession(String account) {
        int size = (int) (110_000 * dials.level("sessions"));
        if (size > 0) {
            sessions.put(account + ":" + System.nanoTime(), new byte[size]);
        }
    }

    void registerObserver(String account) {
        int size = (int) (110_000 * dials.level("observers"));
        if (size > 0) {
            char[] view = new char[size / 2];
            observers.add(() -> view[0] = account.charAt(0));
        }
    }

    void bufferReport() {
        int size = (int) (150_000 * dials.level("buffers"));
        if (size > 0) {
            held.add(ByteBuffer.allocateDirect(size));
        }
    }

    String readTemplate() throws IOException {
        FileInputStream in = new FileInputStream(settings.data.resolve("statement.ftl").toFile());
        byte[] text = in.readAllBytes();
        if (dials.hits("templates", 1)) {
            held.add(in);
        } else {
            in.close();
        }
        return new String(text);
    }

    int matchRules() {
        int found = 0;
        for (int i = 0; i < 2200 * dials.level("rules"); i++) {
            StringBuilder names = new StringBuilder("(?i)");
            for (int k = 0; k < 60; k++) {
                names.append(k == 0 ? "" : "|").append("name").append(k).append("[a-z]{2,5}").append(i);
            }
            found += Pattern.compile(names.toString()).matcher("some name7abc" + i + " text").find() ? 1 : 0;
        }
        return found;
    }

    int sortEntries() {
        int size = (int) (5200 * Math.sqrt(dials.level("sorting")));
        List<Integer> sorted = new LinkedList<>();
        for (int i = 0; i < size; i++) {
            int value = (i * 7919) % 10007;
            int at = 0;
            for (int other : sorted) {
                if (other > value) {
                    break;
                }
                at++;
            }
            sorted.add(at, value);
        }
        return sorted.size();
    }

    /** Builds rows that live just long enough to be expensive. */
    int expandRows() {
        double level = dials.level("rows");
        for (int i = 0; i < 18 * level; i++) {
            keepBriefly(rows(9000), 9);
        }
        double tight = dials.level("tight");
        if (tight > 0) {
            if (ballast.isEmpty()) {
                ballast = rows((int) (190_000 * tight));
            }
            for (int i = 0; i < 4; i++) {
                keepBriefly(rows(14_000), 5);
            }
        }
        return recent.size();
    }

    private void keepBriefly(List<Map<String, Object>> batch, int most) {
        recent.add(batch);
        while (recent.size() > most) {
            recent.poll();
        }
    }

    private static List<Map<String, Object>> rows(int count) {
        List<Map<String, Object>> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new HashMap<>(4);
            row.put("id", i + 1000);
            row.put("note", "n" + i);
            rows.add(row);
        }
        return rows;
    }

    void updateBalance() throws InterruptedException {
        double level = dials.level("monitor");
        if (level > 0) {
            synchronized (balance) {
                Thread.sleep((long) (110 * level));
            }
        }
    }

    void debitThenCredit() throws InterruptedException {
        if (dials.level("order") > 0) {
            synchronized (source) {
                Thread.sleep(30);
                synchronized (target) {
                    Thread.sleep(1);
                }
            }
        }
    }

    void creditThenDebit() throws InterruptedException {
        if (dials.level("order") > 0) {
            synchronized (target) {
                Thread.sleep(30);
                synchronized (source) {
                    Thread.sleep(1);
                }
            }
        }
    }

    String ownerName(Map<String, Object> row) {
        if (dials.hits("npe", 1)) {
            return row.get("owner").toString().trim();
        }
        if (dials.hits("cast", 1)) {
            return (String) row.get("id");
        }
        if (dials.hits("parse", 1)) {
            return String.valueOf(Integer.parseInt(row.get("note") + " EUR"));
        }
        return "owner of " + row.get("id");
    }

    void loadBatch() {
        double level = dials.level("batch");
        for (int i = 0; i < 40 * level; i++) {
            held.add(new byte[100_000]);
        }
    }
}
