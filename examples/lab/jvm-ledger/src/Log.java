package ledger;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A log as logback writes it: one of three patterns, stack traces below the line. */
final class Log {
    static final Map<String, AtomicLong> EVENTS = new ConcurrentHashMap<>();
    private static final DateTimeFormatter[] TIMES = {
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC),
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneOffset.UTC),
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS").withZone(ZoneOffset.UTC),
    };
    private static int style;
    private final String name;

    Log(Class<?> owner) {
        this.name = owner.getName();
    }

    static void style(int seed) {
        style = seed % 3;
        for (String level : new String[] {"info", "warn", "error"}) {
            EVENTS.put(level, new AtomicLong());
        }
    }

    void info(String text) {
        write("INFO", text, null);
    }

    void warn(String text) {
        write("WARN", text, null);
    }

    void error(String text, Throwable cause) {
        write("ERROR", text, cause);
    }

    private void write(String level, String text, Throwable cause) {
        EVENTS.get(level.toLowerCase()).incrementAndGet();
        String time = TIMES[style].format(Instant.now());
        String thread = Thread.currentThread().getName();
        String line = switch (style) {
            case 0 -> String.format("%s [%s] %-5s %s - %s", time, thread, level, name, text);
            case 1 -> String.format("%s %5s %d --- [%15.15s] %-30.30s : %s", time, level, ProcessHandle.current().pid(), thread, name, text);
            default -> String.format("%s %-5s [%s] (%s) %s", time, level, name, thread, text);
        };
        if (cause == null) {
            System.out.println(line);
            return;
        }
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        System.out.println(line + "\n" + trace.toString().stripTrailing());
    }
}
