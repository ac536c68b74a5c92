package ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Settings from the environment, and a configuration file (flat JSON) that SIGHUP reads again. */
final class Settings {
    private static final Pattern PAIR = Pattern.compile("\"([\\w.]+)\"\\s*:\\s*\"?([^\",}\\s]+)\"?");
    private static final Map<String, String> DEFAULTS = Map.of(
        "pool.size", "10", "pool.timeout.ms", "3000", "client.timeout.ms", "4000", "client.path", "/api/fx",
        "cache.entries", "400", "cache.kb", "8", "threads", "40", "job.every.s", "50", "known.bad", "0");

    final int port = Integer.parseInt(env("LAB_PORT", "8080"));
    final int seed = Integer.parseInt(env("LAB_SEED", "0"));
    final String version = env("LAB_VERSION", "2.7.3");
    final String upstream = env("LAB_UPSTREAM", "http://127.0.0.1:9");
    final String resolver = env("LAB_DNS", "");
    final String authority = env("LAB_CA", "");
    final String store = env("LAB_STORE", "127.0.0.1:6379");
    final String token = env("LAB_TOKEN", "t-1");
    final Path data = Path.of(env("LAB_DATA", "."));
    private volatile Map<String, String> values = DEFAULTS;

    Settings() throws IOException {
        reload();
    }

    static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }

    int number(String key) {
        return (int) Double.parseDouble(values.get(key));
    }

    String text(String key) {
        return values.get(key);
    }

    /** Reads the file and returns what changed, "key: old -> new" each. */
    String reload() throws IOException {
        String file = env("LAB_CONFIG", "");
        if (file.isEmpty() || !Files.exists(Path.of(file))) {
            return "";
        }
        Map<String, String> fresh = new TreeMap<>(DEFAULTS);
        Matcher pairs = PAIR.matcher(Files.readString(Path.of(file)));
        while (pairs.find()) {
            fresh.put(pairs.group(1), pairs.group(2));
        }
        StringBuilder changed = new StringBuilder();
        Map<String, String> old = values;
        fresh.forEach((key, value) -> {
            if (!value.equals(old.get(key))) {
                changed.append(changed.length() == 0 ? "" : ", ").append(key).append(": ").append(old.get(key)).append(" -> ").append(value);
            }
        });
        values = fresh;
        return changed.toString();
    }
}
