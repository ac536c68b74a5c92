package ledger;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The metrics page: names as Micrometer gives them, or as the plain Java client does. */
final class Metrics {
    private final StringBuilder out = new StringBuilder();
    private final UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What the page is made from. */
    record Parts(Settings settings, StorePool pool, ExchangeClient client, AccountService accounts, Meter served, Meter called, int busy) { }

    static String page(Parts parts) throws IOException {
        Metrics page = new Metrics();
        if (parts.settings.seed % 2 == 0) {
            page.runtimeOfMicrometer();
            page.serviceOfMicrometer(parts);
        } else {
            page.runtimeOfPlainClient();
            page.serviceOfPlainClient(parts);
        }
        return page.out.toString();
    }

    private void type(String name, String type) {
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, double value) {
        out.append(name).append(labels.isEmpty() ? "" : "{" + labels + "}").append(' ');
        out.append(value == Math.rint(value) && Math.abs(value) < 1e15 ? String.format("%d", (long) value) : String.format(Locale.ROOT, "%.6g", value));
        out.append('\n');
    }

    private void gauge(String name, double value) {
        type(name, "gauge");
        sample(name, "", value);
    }

    private void counter(String name, double value) {
        type(name, "counter");
        sample(name, "", value);
    }

    private static double residentBytes() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Double.parseDouble(fields[1]) * 4096;
    }

    private static Map<String, Integer> threadStates() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Map<String, Integer> states = new TreeMap<>();
        for (Thread.State state : Thread.State.values()) {
            states.put(state.name(), 0);
        }
        for (var info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null) {
                states.merge(info.getThreadState().name(), 1, Integer::sum);
            }
        }
        return states;
    }

    private void runtimeOfMicrometer() throws IOException {
        for (String kind : new String[] {"used", "committed", "max"}) {
            type("jvm_memory_" + kind + "_bytes", "gauge");
            for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
                MemoryUsage use = pool.getUsage();
                String area = pool.getType().toString().startsWith("Heap") ? "heap" : "nonheap";
                double value = kind.equals("used") ? use.getUsed() : kind.equals("max") ? use.getMax() : use.getCommitted();
                sample("jvm_memory_" + kind + "_bytes", "area=\"" + area + "\",id=\"" + pool.getName() + "\"", value);
            }
        }
        type("jvm_buffer_memory_used_bytes", "gauge");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            sample("jvm_buffer_memory_used_bytes", "id=\"" + pool.getName() + "\"", pool.getMemoryUsed());
        }
        type("jvm_gc_pause_seconds", "summary");
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            String labels = gc.getName().contains("MarkSweep") ? "action=\"end of major GC\"" : "action=\"end of minor GC\"";
            labels += ",gc=\"" + gc.getName() + "\"";
            sample("jvm_gc_pause_seconds_count", labels, gc.getCollectionCount());
            sample("jvm_gc_pause_seconds_sum", labels, gc.getCollectionTime() / 1000.0);
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        gauge("jvm_threads_live_threads", threads.getThreadCount());
        gauge("jvm_threads_daemon_threads", threads.getDaemonThreadCount());
        gauge("jvm_threads_peak_threads", threads.getPeakThreadCount());
        type("jvm_threads_states_threads", "gauge");
        threadStates().forEach((state, count) -> sample("jvm_threads_states_threads", "state=\"" + state.toLowerCase().replace('_', '-') + "\"", count));
        gauge("jvm_classes_loaded_classes", ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        gauge("process_cpu_usage", Math.max(0, system.getProcessCpuLoad()));
        gauge("system_cpu_count", system.getAvailableProcessors());
        gauge("process_files_open_files", system.getOpenFileDescriptorCount());
        gauge("process_files_max_files", system.getMaxFileDescriptorCount());
        gauge("process_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
        gauge("process_uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
    }

    private void serviceOfMicrometer(Parts parts) {
        summary("http_server_requests_seconds", parts.served);
        summary("http_client_requests_seconds", parts.called);
        StorePool pool = parts.pool;
        pooled("hikaricp_connections", pool.active.get() + pool.idleCount());
        pooled("hikaricp_connections_active", pool.active.get());
        pooled("hikaricp_connections_idle", pool.idleCount());
        pooled("hikaricp_connections_pending", pool.pending.get());
        pooled("hikaricp_connections_max", pool.size());
        type("hikaricp_connections_timeout_total", "counter");
        sample("hikaricp_connections_timeout_total", "pool=\"HikariPool-1\"", pool.timeouts.get());
        for (String kind : new String[] {"acquire", "usage"}) {
            String name = "hikaricp_connections_" + kind + "_seconds";
            type(name, "summary");
            sample(name + "_count", "pool=\"HikariPool-1\"", pool.acquires.get());
            sample(name + "_sum", "pool=\"HikariPool-1\"", (kind.equals("acquire") ? pool.acquireNanos : pool.usageNanos).get() / 1e9);
        }
        type("logback_events_total", "counter");
        Log.EVENTS.forEach((level, count) -> sample("logback_events_total", "level=\"" + level + "\"", count.get()));
        gauge("tomcat_threads_busy_threads", parts.busy);
        gauge("tomcat_threads_config_max_threads", parts.settings.number("threads"));
        type("cache_size", "gauge");
        sample("cache_size", "cache=\"accounts\"", parts.accounts.cached());
        type("httpcomponents_httpclient_pool_total_connections", "gauge");
        sample("httpcomponents_httpclient_pool_total_connections", "state=\"leased\"", parts.client.open.get() - parts.client.idleCount());
        sample("httpcomponents_httpclient_pool_total_connections", "state=\"available\"", parts.client.idleCount());
        type("application_info", "gauge");
        sample("application_info", "version=\"" + parts.settings.version + "\"", 1);
    }

    private void pooled(String name, double value) {
        type(name, "gauge");
        sample(name, "pool=\"HikariPool-1\"", value);
    }

    private void summary(String name, Meter meter) {
        type(name, "summary");
        meter.cells.forEach((labels, cell) -> {
            sample(name + "_count", labels, cell.count.sum());
            sample(name + "_sum", labels, cell.seconds.sum());
        });
        type(name + "_max", "gauge");
        meter.cells.forEach((labels, cell) -> sample(name + "_max", labels, cell.max()));
    }

    private void runtimeOfPlainClient() throws IOException {
        type("jvm_memory_bytes_used", "gauge");
        sample("jvm_memory_bytes_used", "area=\"heap\"", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        sample("jvm_memory_bytes_used", "area=\"nonheap\"", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed());
        type("jvm_memory_bytes_max", "gauge");
        sample("jvm_memory_bytes_max", "area=\"heap\"", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getMax());
        type("jvm_memory_pool_bytes_used", "gauge");
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            sample("jvm_memory_pool_bytes_used", "pool=\"" + pool.getName() + "\"", pool.getUsage().getUsed());
        }
        type("jvm_gc_collection_seconds", "summary");
        for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
            sample("jvm_gc_collection_seconds_count", "gc=\"" + gc.getName() + "\"", gc.getCollectionCount());
            sample("jvm_gc_collection_seconds_sum", "gc=\"" + gc.getName() + "\"", gc.getCollectionTime() / 1000.0);
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] locked = threads.findDeadlockedThreads();
        gauge("jvm_threads_current", threads.getThreadCount());
        gauge("jvm_threads_daemon", threads.getDaemonThreadCount());
        gauge("jvm_threads_peak", threads.getPeakThreadCount());
        gauge("jvm_threads_deadlocked", locked == null ? 0 : locked.length);
        type("jvm_threads_state", "gauge");
        threadStates().forEach((state, count) -> sample("jvm_threads_state", "state=\"" + state + "\"", count));
        gauge("jvm_classes_loaded", ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        counter("process_cpu_seconds_total", system.getProcessCpuTime() / 1e9);
        gauge("process_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
        gauge("process_open_fds", system.getOpenFileDescriptorCount());
        gauge("process_max_fds", system.getMaxFileDescriptorCount());
        gauge("process_resident_memory_bytes", residentBytes());
    }

    private void serviceOfPlainClient(Parts parts) {
        summary("ledgerd_request_seconds", parts.served);
        summary("ledgerd_exchange_call_seconds", parts.called);
        StorePool pool = parts.pool;
        gauge("ledgerd_pool_active", pool.active.get());
        gauge("ledgerd_pool_idle", pool.idleCount());
        gauge("ledgerd_pool_waiting", pool.pending.get());
        gauge("ledgerd_pool_max", pool.size());
        counter("ledgerd_pool_timeouts_total", pool.timeouts.get());
        counter("ledgerd_pool_acquire_seconds_total", pool.acquireNanos.get() / 1e9);
        counter("ledgerd_pool_acquires_total", pool.acquires.get());
        gauge("ledgerd_busy_threads", parts.busy);
        gauge("ledgerd_cache_entries", parts.accounts.cached());
        gauge("ledgerd_exchange_connections", parts.client.open.get());
        type("ledgerd_build_info", "gauge");
        sample("ledgerd_build_info", "version=\"" + parts.settings.version + "\"", 1);
    }
}
