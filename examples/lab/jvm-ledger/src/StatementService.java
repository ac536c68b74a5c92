package ledger;

/** Lists the movements of an account. */
final class StatementService {
    private final StorePool pool;
    private final Work work;
    private final Dials dials;

    StatementService(StorePool pool, Work work, Dials dials) {
        this.pool = pool;
        this.work = work;
        this.dials = dials;
    }

    String list(String account) throws Exception {
        String rows = pool.with(false, connection -> {
            Thread.sleep((long) (4 + 2600 * dials.level("poolslow")));
            return connection.command("GET", "statements:" + account);
        });
        int found = work.matchRules() + work.sortEntries() + work.expandRows();
        work.updateBalance();
        work.creditThenDebit();
        return rows + found;
    }
}
