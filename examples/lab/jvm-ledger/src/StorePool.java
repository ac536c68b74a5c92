package ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A bounded pool of connections to the key-value store. */
final class StorePool {
    /** A connection that speaks just enough of the store's protocol. */
    static final class Connection {
        private final Socket socket = new Socket();
        private final BufferedReader in;

        Connection(String host, int port) throws IOException {
            socket.connect(new InetSocketAddress(host, port), 1000);
            socket.setSoTimeout(5000);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String command(String... words) throws IOException {
            StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
            }
            socket.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
            String answer = in.readLine();
            if (answer == null) {
                throw new IOException("store closed the connection");
            }
            if (answer.startsWith("-")) {
                throw new IOException("store refused " + words[0] + ": " + answer.substring(1));
            }
            return answer.startsWith("$") && !answer.equals("$-1") ? in.readLine() : answer;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException ignored) {
                // nothing to save
            }
        }
    }

    interface Work<T> {
        T run(Connection connection) throws Exception;
    }

    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger pending = new AtomicInteger();
    final AtomicLong timeouts = new AtomicLong();
    final AtomicLong acquires = new AtomicLong();
    final AtomicLong acquireNanos = new AtomicLong();
    final AtomicLong usageNanos = new AtomicLong();
    private final Settings settings;
    private volatile Semaphore permits;
    private volatile int size;
    private final Deque<Connection> idle = new ArrayDeque<>();

    StorePool(Settings settings) {
        this.settings = settings;
        resize();
    }

    void resize() {
        if (settings.number("pool.size") != size) {
            size = settings.number("pool.size");
            permits = new Semaphore(size, true);
        }
    }

    int size() {
        return size;
    }

    int idleCount() {
        synchronized (idle) {
            return idle.size();
        }
    }

    /** Runs work with a connection; with keep it is never given back. */
    <T> T with(boolean keep, Work<T> work) throws Exception {
        Semaphore mine = permits;
        getConnection(mine);
        long taken = System.nanoTime();
        Connection connection = null;
        boolean good = false;
        try {
            connection = open();
            T result = work.run(connection);
            good = true;
            return result;
        } finally {
            usageNanos.addAndGet(System.nanoTime() - taken);
            if (!keep) {
                release(mine, connection, good);
            }
        }
    }

    private void getConnection(Semaphore mine) throws Exception {
        long start = System.nanoTime();
        int patience = settings.number("pool.timeout.ms");
        pending.incrementAndGet();
        try {
            if (!mine.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
                timeouts.incrementAndGet();
                throw new java.sql.SQLTransientConnectionException(String.format(
                    "HikariPool-1 - Connection is not available, request timed out after %dms (total=%d, active=%d, idle=%d, waiting=%d)",
                    patience, size, active.get(), idleCount(), pending.get()));
            }
        } finally {
            pending.decrementAndGet();
            acquires.incrementAndGet();
            acquireNanos.addAndGet(System.nanoTime() - start);
        }
        active.incrementAndGet();
    }

    private Connection open() throws IOException {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        String[] address = settings.store.split(":");
        return new Connection(address[0], Integer.parseInt(address[1]));
    }

    private void release(Semaphore mine, Connection connection, boolean good) {
        active.decrementAndGet();
        if (connection != null && good) {
            synchronized (idle) {
                idle.push(connection);
            }
        } else if (connection != null) {
            connection.close();
        }
        mine.release();
    }
}
