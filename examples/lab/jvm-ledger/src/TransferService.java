package ledger;

import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/** Moves money: a write to the store and a line in the journal. */
final class TransferService {
    private final Settings settings;
    private final StorePool pool;
    private final Work work;
    private final Dials dials;

    TransferService(Settings settings, StorePool pool, Work work, Dials dials) {
        this.settings = settings;
        this.pool = pool;
        this.work = work;
        this.dials = dials;
    }

    String book(String account) throws Exception {
        work.debitThenCredit();
        String done = pool.with(dials.hits("poolleak", 0.35), connection -> {
            Thread.sleep(6);
            return connection.command("SET", "account:" + account, "booked");
        });
        String line = account + " " + "x".repeat(300) + "\n";
        synchronized (this) {
            Files.writeString(settings.data.resolve("transfers.journal"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return done;
    }
}
