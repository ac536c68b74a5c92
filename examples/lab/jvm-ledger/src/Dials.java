package ledger;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Faults that can be switched on while the service runs. */
final class Dials {
    /** What can be wrong: name, cause id, words of which any names the culprit (separated by a bar), form. */
    record Fault(String name, String cause, String culprit, String forms) { }

    private record Dial(double strength, double creep, long since) { }

    private static final String MEMORY = "AccountService|/accounts|jvm_memory|jvm_gc|OutOfMemoryError";
    private static final String CPU = "StatementService|/statements|process_cpu";

    static final List<Fault> FAULTS = List.of(
        new Fault("sessions", "memory-leak", "rememberSession|" + MEMORY, "growth by a map"),
        new Fault("observers", "memory-leak", "registerObserver|" + MEMORY, "listeners never removed"),
        new Fault("buffers", "memory-leak", "bufferReport|jvm_buffer|" + MEMORY, "buffers outside the heap"),
        new Fault("templates", "fd-leak", "readTemplate|Too many open files|process_files_open|process_open_fds", "files never closed"),
        new Fault("sockets", "connection-leak", "ExchangeClient|rates|exchange", "connections never given back"),
        new Fault("rules", "cpu-hotspot", "matchRules|" + CPU, "patterns compiled per request"),
        new Fault("sorting", "cpu-hotspot", "sortEntries|" + CPU, "quadratic work"),
        new Fault("rows", "gc-pressure", "expandRows|jvm_gc|" + CPU, "short-lived objects in masses"),
        new Fault("tight", "gc-pressure", "expandRows|jvm_gc|" + CPU, "heap close to its limit"),
        new Fault("monitor", "lock-contention", "updateBalance|lock|BLOCKED|blocked|monitor", "a lock held over slow work"),
        new Fault("order", "deadlock", "debitThenCredit|creditThenDebit|deadlock|lock|BLOCKED|blocked", "two locks in opposite order"),
        new Fault("poolleak", "db-pool-exhaustion", "pool|Pool|TransferService|connection", "connections never given back"),
        new Fault("poolslow", "db-pool-exhaustion", "pool|Pool|StatementService|connection", "connections held too long"),
        new Fault("npe", "application-error", "ownerName|NullPointerException|AccountService", "null owner"),
        new Fault("cast", "application-error", "ownerName|ClassCastException|AccountService", "wrong type"),
        new Fault("parse", "application-error", "ownerName|NumberFormatException|AccountService", "malformed number"),
        new Fault("crash", "crash-loop", "closeOfDay|IllegalStateException", "exception in the main thread"),
        new Fault("batch", "oom-kill", "closeOfDay|OutOfMemoryError|Java heap space|Killed|jvm_memory", "a batch kept in memory"),
        new Fault("exporter", "monitoring-gap", "/metrics|scrape", "exporter fails"),
        new Fault("trickle", "healthy", "", "a few errors all the time"));

    private final Map<String, Dial> on = new ConcurrentHashMap<>();

    /** 0 when off, otherwise the strength, ramped up over the creep time. */
    double level(String name) {
        Dial dial = on.get(name);
        if (dial == null) {
            return 0;
        }
        double elapsed = (System.nanoTime() - dial.since) / 1e9;
        return dial.creep > 0 ? dial.strength * Math.min(1, elapsed / dial.creep) : dial.strength;
    }

    boolean hits(String name, double share) {
        return ThreadLocalRandom.current().nextDouble() < share * level(name);
    }

    boolean turn(String name, double strength, double creep) {
        boolean known = FAULTS.stream().anyMatch(fault -> fault.name.equals(name));
        if (known) {
            on.put(name, new Dial(strength, creep, System.nanoTime()));
        }
        return known;
    }

    void clear() {
        on.clear();
    }

    static String listing() {
        return FAULTS.stream()
            .map(f -> String.format("{\"name\":\"%s\",\"cause\":\"%s\",\"culprit\":[%s],\"forms\":\"%s\"}", f.name, f.cause,
                f.culprit.isEmpty() ? "" : "\"" + f.culprit.replace("|", "\",\"") + "\"", f.forms))
            .collect(Collectors.joining(",", "[", "]"));
    }
}
