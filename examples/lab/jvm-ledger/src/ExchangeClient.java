package ledger;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The client of the rates service: connections that are kept alive, and a time-out. */
final class ExchangeClient {
    final AtomicInteger open = new AtomicInteger();
    private final Settings settings;
    private final URI base;
    private final SSLSocketFactory tls;
    private final Deque<Socket> idle = new ArrayDeque<>();
    private final List<Socket> kept = new ArrayList<>();

    ExchangeClient(Settings settings) throws Exception {
        this.settings = settings;
        this.base = URI.create(settings.upstream);
        this.tls = base.getScheme().equals("https") ? trusting(Path.of(settings.authority)) : null;
    }

    private static SSLSocketFactory trusting(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            store.setCertificateEntry("root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    int idleCount() {
        synchronized (idle) {
            return idle.size();
        }
    }

    /** One call; with keep the connection is neither used again nor closed. */
    String fetchRate(String account, boolean keep) throws IOException {
        Socket socket;
        synchronized (idle) {
            socket = keep ? null : idle.poll();
        }
        if (socket == null) {
            socket = connect();
        }
        boolean good = false;
        try {
            String body = exchange(socket, account);
            good = true;
            return body;
        } finally {
            finish(socket, good, keep);
        }
    }

    private void finish(Socket socket, boolean good, boolean keep) throws IOException {
        if (keep) {
            synchronized (kept) {
                kept.add(socket);
            }
        } else if (good) {
            synchronized (idle) {
                idle.push(socket);
            }
        } else {
            open.decrementAndGet();
            socket.close();
        }
    }

    private Socket connect() throws IOException {
        int patience = settings.number("client.timeout.ms");
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(Names.resolve(base.getHost(), settings.resolver), base.getPort()), Math.min(patience, 2000));
            plain.setSoTimeout(patience);
            Socket socket = plain;
            if (tls != null) {
                SSLSocket secure = (SSLSocket) tls.createSocket(plain, base.getHost(), base.getPort(), true);
                SSLParameters rules = secure.getSSLParameters();
                rules.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(rules);
                secure.startHandshake();
                socket = secure;
            }
            open.incrementAndGet();
            return socket;
        } catch (IOException error) {
            plain.close();
            throw error;
        }
    }

    private String exchange(Socket socket, String account) throws IOException {
        socket.setSoTimeout(settings.number("client.timeout.ms"));
        String head = "GET " + settings.text("client.path") + "?account=" + account + " HTTP/1.1\r\nHost: " + base.getHost()
            + "\r\nAuthorization: Bearer " + settings.token + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        InputStream in = new BufferedInputStream(socket.getInputStream());
        String status = line(in);
        int length = 0;
        String after = "";
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase();
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).trim());
            } else if (lower.startsWith("retry-after:")) {
                after = ", Retry-After: " + lower.substring(12).trim();
            }
        }
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        if (!status.contains(" 200 ")) {
            throw new IOException("Server returned " + status.substring(9) + " for " + base + settings.text("client.path") + after);
        }
        return body;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new java.io.EOFException("Unexpected end of file from server");
            }
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }
}
