package ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one account, through a bounded cache. */
final class AccountService {
    private final Settings settings;
    private final StorePool pool;
    private final Work work;
    private final Dials dials;
    private final Map<String, byte[]> cache = new LinkedHashMap<>();

    AccountService(Settings settings, StorePool pool, Work work, Dials dials) {
        this.settings = settings;
        this.pool = pool;
        this.work = work;
        this.dials = dials;
    }

    int cached() {
        synchronized (cache) {
            return cache.size();
        }
    }

    String find(String account) throws Exception {
        work.rememberSession(account);
        work.registerObserver(account);
        work.bufferReport();
        work.readTemplate();
        work.updateBalance();
        int bad = settings.number("known.bad");
        int id = Integer.parseInt(account);
        if (bad > 0 && id % bad == 0 || dials.hits("trickle", 0.03)) {
            throw new IllegalStateException("account " + account + " has no currency");
        }
        String owner = work.ownerName(Map.of("id", id, "note", "n" + id));
        synchronized (cache) {
            if (cache.containsKey(account)) {
                return owner;
            }
        }
        String text = pool.with(false, connection -> connection.command("GET", "account:" + account));
        synchronized (cache) {
            cache.put(account, new byte[1024 * settings.number("cache.kb")]);
            if (cache.size() > settings.number("cache.entries")) {
                cache.remove(cache.keySet().iterator().next());
            }
        }
        return owner + text;
    }
}
