package ledger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/** Entry point: LAB_PORT=8080 LAB_UPSTREAM=http://127.0.0.1:8200 LAB_STORE=127.0.0.1:6379 java ledger.Serve. */
final class Serve {
    private static final Log LOG = new Log(Serve.class);
    private final Settings settings = new Settings();
    private final Dials dials = new Dials();
    private final StorePool pool = new StorePool(settings);
    private final ExchangeClient client = new ExchangeClient(settings);
    private final Work work = new Work(dials, settings);
    private final AccountService accounts = new AccountService(settings, pool, work, dials);
    private final StatementService statements = new StatementService(pool, work, dials);
    private final TransferService transfers = new TransferService(settings, pool, work, dials);
    private final Meter served = new Meter();
    private final Meter called = new Meter();
    private final AtomicInteger busy = new AtomicInteger();
    private final Semaphore workers = new Semaphore(settings.number("threads"), true);
    private final Map<Thread, Long> atWork = new ConcurrentHashMap<>();

    private Serve() throws Exception { }

    public static void main(String[] args) throws Exception {
        new Serve().run();
    }

    private void run() throws Exception {
        Log.style(settings.seed);
        Files.writeString(settings.data.resolve("statement.ftl"), "statement\n".repeat(30));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", settings.port), 256);
        AtomicInteger number = new AtomicInteger();
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "http-nio-8080-exec-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
        Signal.handle(new Signal("HUP"), signal -> reload());
        LOG.info("Started ledgerd " + settings.version + " on port " + settings.port + " using Java " + System.getProperty("java.version"));
        new Jobs(settings, dials, pool, work, atWork).loop();
    }

    private void reload() {
        try {
            String changed = settings.reload();
            pool.resize();
            LOG.info("Configuration refreshed, keys changed: [" + changed + "]");
        } catch (IOException error) {
            LOG.error("Configuration could not be read", error);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        Map<String, String> query = query(exchange.getRequestURI().getQuery());
        if (path.equals("/metrics")) {
            metrics(exchange);
        } else if (path.startsWith("/lab/")) {
            lab(exchange, path, query);
        } else {
            serve(exchange, path, query);
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        if (dials.level("exporter") > 0) {
            answer(exchange, 500, "collector failed");
            return;
        }
        answer(exchange, 200, Metrics.page(new Metrics.Parts(settings, pool, client, accounts, served, called, busy.get())));
    }

    private void lab(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        if (path.equals("/lab/faults")) {
            answer(exchange, 200, Dials.listing());
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            dials.clear();
            answer(exchange, 200, "{}");
        } else {
            boolean known = dials.turn(query.get("name"), Double.parseDouble(query.getOrDefault("strength", "1")),
                Double.parseDouble(query.getOrDefault("creep_s", "0")));
            answer(exchange, known ? 200 : 404, "{}");
        }
    }

    private void serve(HttpExchange exchange, String path, Map<String, String> query) throws IOException {
        long start = System.nanoTime();
        workers.acquireUninterruptibly();
        busy.incrementAndGet();
        atWork.put(Thread.currentThread(), System.currentTimeMillis());
        int status = 500;
        String template = path.startsWith("/accounts/") ? "/accounts/{id}" : path;
        String failure = "None";
        try {
            String body = call(path, query);
            status = body == null ? 404 : 200;
        } catch (Exception error) {
            failure = error.getClass().getSimpleName();
            LOG.error("Servlet.service() for " + exchange.getRequestMethod() + " " + template + " threw exception: " + error.getMessage(), error);
        } finally {
            atWork.remove(Thread.currentThread());
            busy.decrementAndGet();
            workers.release();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        served.record(labels(exchange.getRequestMethod(), template, status, failure), seconds);
        if (seconds > 1) {
            LOG.warn(String.format("Slow request %s %s: %d ms", exchange.getRequestMethod(), template, Math.round(seconds * 1000)));
        } else if (settings.seed % 3 != 2) {
            LOG.info(String.format("%s %s %d %d ms", exchange.getRequestMethod(), path, status, Math.round(seconds * 1000)));
        }
        answer(exchange, status, status == 200 ? "{\"ok\":true}" : "{\"error\":\"internal\"}");
    }

    private String labels(String method, String template, int status, String failure) {
        if (settings.seed % 2 == 1) {
            return String.format("method=\"%s\",endpoint=\"%s\",code=\"%d\"", method, template, status);
        }
        String outcome = status == 200 ? "SUCCESS" : status == 404 ? "CLIENT_ERROR" : "SERVER_ERROR";
        return String.format("exception=\"%s\",method=\"%s\",outcome=\"%s\",status=\"%d\",uri=\"%s\"", failure, method, outcome, status, template);
    }

    private String call(String path, Map<String, String> query) throws Exception {
        String account = query.getOrDefault("account", "1");
        if (path.startsWith("/accounts/")) {
            return accounts.find(path.substring("/accounts/".length()));
        }
        return switch (path) {
            case "/statements" -> statements.list(account);
            case "/exchange" -> timed(() -> client.fetchRate(account, dials.hits("sockets", 1)));
            case "/transfers" -> transfers.book(account);
            default -> null;
        };
    }

    private String timed(Callable<String> ask) throws Exception {
        long start = System.nanoTime();
        String outcome = "ERROR";
        try {
            String body = ask.call();
            outcome = "SUCCESS";
            return body;
        } finally {
            called.record("client_name=\"rates\",outcome=\"" + outcome + "\"", (System.nanoTime() - start) / 1e9);
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> values = new TreeMap<>();
        for (String pair : text == null ? new String[0] : text.split("&")) {
            int at = pair.indexOf('=');
            values.put(at < 0 ? pair : pair.substring(0, at), at < 0 ? "" : pair.substring(at + 1));
        }
        return values;
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
