package io.cobrowse.sticky.proxy.cluster.discovery;

import io.cobrowse.sticky.proxy.cluster.discovery.LastKnown.Finding;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Discovers nodes from the SRV records of a name (RFC 2782). The first label of a record's target is the node's id and
 * cookie, and its URL is {@code http://target:port}. Records with a priority value above the lowest are backups. A
 * weight of 0 counts as 1, and one above 256 as 256. Thread-safe.
 */
public final class DnsNodes implements NodeSource {
    private static final Logger LOG = LoggerFactory.getLogger(DnsNodes.class);
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    private static final int MAX_WEIGHT = 256;

    private final Name name;
    private final Duration interval;
    private final Resolver resolver;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "dns-discovery");
        daemon.setDaemon(true);
        return daemon;
    });

    /**
     * Creates a source that asks the system's name servers.
     *
     * @param name such as {@code _cobrowse._tcp.example.com}
     * @param interval the time from one answer to the next query
     * @throws IllegalArgumentException when the name is not a domain name
     */
    public DnsNodes(String name, Duration interval) {
        this(name, interval, new ExtendedResolver());
    }

    DnsNodes(String name, Duration interval, Resolver resolver) {
        try {
            this.name = Name.fromString(name);
        } catch (TextParseException malformed) {
            throw new IllegalArgumentException("\"" + name + "\": allowed is a domain name", malformed);
        }
        this.interval = interval;
        this.resolver = resolver;
        resolver.setTimeout(MAX_WAIT);
    }

    @Override
    public void start(Consumer<List<FoundNode>> listener) {
        LastKnown known = new LastKnown("discovery.dns " + name, listener);
        // The lookup logs its own failures.
        Future<?> unused =
                thread.scheduleWithFixedDelay(() -> look(known), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look(LastKnown known) {
        try {
            Lookup lookup = new Lookup(name, Type.SRV);
            lookup.setResolver(resolver);
            lookup.setCache(null); // The interval decides how old an answer may be.
            lookup.run();
            if (lookup.getResult() == Lookup.SUCCESSFUL) {
                List<SRVRecord> records = Arrays.stream(lookup.getAnswers())
                        .map(SRVRecord.class::cast)
                        .sorted() // Servers rotate records; of two with one id, always the same one has to count.
                        .toList();
                known.found(finding(records));
            } else {
                known.silent(lookup.getErrorString());
            }
        } catch (RuntimeException bug) {
            LOG.error("Looking {} up failed", name, bug); // An uncaught error would end the schedule.
        }
    }

    private static Finding finding(List<SRVRecord> records) {
        int first = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
        Finding finding = new Finding();
        for (SRVRecord each : records) {
            if (!each.getTarget().equals(Name.root)) { // RFC 2782: "decidedly not available".
                finding.add(() -> node(each, each.getPriority() > first));
            }
        }
        return finding;
    }

    private static FoundNode node(SRVRecord record, boolean backup) {
        Name target = record.getTarget();
        int weight = Math.max(1, Math.min(MAX_WEIGHT, record.getWeight()));
        URI url = URI.create("http://" + target.toString(true) + ":" + record.getPort());
        return new FoundNode(target.getLabelString(0), url, weight, backup, false);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
