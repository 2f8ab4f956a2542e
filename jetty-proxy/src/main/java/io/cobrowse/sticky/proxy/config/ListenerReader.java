package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the TLS settings of a listener with the files that they name, and its limits; also reads TLS toward nodes. Not
 * thread-safe.
 */
final class ListenerReader {
    private final Report report;
    private final Path directory;

    ListenerReader(Report report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    /** Returns the limits of a listener. */
    Limits limits(Section listener) {
        Limits defaults = Limits.DEFAULTS;
        try (Section section = listener.section("limits")) {
            return new Limits(
                    section.get("connections", Formats.CONNECTIONS, defaults.connections()),
                    section.get("connections-per-client", Formats.COUNT_OR_OFF, defaults.connectionsPerClient()),
                    section.get("requests-per-client", Formats.COUNT_OR_OFF, defaults.requestsPerClient()),
                    section.get("head-timeout", Formats.HEAD_TIMEOUT, defaults.headTimeout()),
                    section.get("body-rate", Formats.BODY_RATE, defaults.bodyRate()),
                    section.get("header-bytes", Formats.HEAD_BYTES, (long) defaults.headerBytes())
                            .intValue(),
                    section.get("target-bytes", Formats.HEAD_BYTES, (long) defaults.targetBytes())
                            .intValue(),
                    section.get("body-bytes", Formats.BODY_BYTES, defaults.bodyBytes()),
                    section.get("header-count", Formats.HEADER_COUNT, defaults.headerCount()),
                    section.get("http2-streams", Formats.HTTP2_COUNT, defaults.http2Streams()),
                    section.get("http2-events", Formats.HTTP2_COUNT, defaults.http2Events()));
        }
    }

    /** Returns the TLS settings of a listener; null if there are none or no certificate is valid. */
    @Nullable
    Tls tls(Section listener, @Nullable String host) {
        if (!listener.has("tls")) {
            return null;
        }
        try (Section section = listener.section("tls")) {
            List<Certificate> certificates = certificates(section, host);
            String clientCa = authorities(section, "client-ca");
            ClientAuth clientAuth = section.find("client-auth", Format.oneOf(ClientAuth.class));
            if (clientAuth != null && !section.has("client-ca")) {
                section.missing("client-ca", "required with client-auth, a file name");
            }
            Tls.MinVersion minVersion = section.get("min-version", Formats.TLS_VERSION, Tls.MinVersion.TLS_1_2);
            return certificates.isEmpty()
                    ? null
                    : new Tls(
                            certificates, minVersion, clientCa, clientCa != null && clientAuth != ClientAuth.OPTIONAL);
        }
    }

    /** Whether clients have to show a certificate. */
    enum ClientAuth {
        OPTIONAL,
        REQUIRED
    }

    /** Returns the TLS settings toward nodes. */
    UpstreamTls upstreamTls(Section root) {
        try (Section section = root.section("upstream-tls")) {
            String ca = authorities(section, "ca");
            // Both are looked up, so that both count as known keys.
            boolean hasKey = section.has("private-key");
            boolean hasPassword = section.has("key-password");
            Certificate certificate =
                    section.has("certificate") || hasKey || hasPassword ? certificate(section, null) : null;
            return new UpstreamTls(ca, certificate, section.get("verify-host", Formats.BOOLEAN, true));
        }
    }

    private List<Certificate> certificates(Section section, @Nullable String host) {
        List<Certificate> certificates = new ArrayList<>();
        if (section.isList("certificate")) {
            for (Section each : section.sections("certificate")) {
                try (each) {
                    add(certificates, certificate(each, null));
                }
            }
        } else {
            add(certificates, certificate(section, host));
        }
        return certificates;
    }

    private static void add(List<Certificate> certificates, @Nullable Certificate certificate) {
        if (certificate != null) {
            certificates.add(certificate);
        }
    }

    /**
     * Returns a certificate, or null if its files cannot be read. Other errors are only reported.
     *
     * @param host the name that the certificate should be for; null for any
     */
    private @Nullable Certificate certificate(Section section, @Nullable String host) {
        Path certificate = file(section, "certificate");
        Path privateKey = file(section, "private-key");
        String password = section.find("key-password", Formats.PASSWORD);
        if (certificate == null || privateKey == null) {
            return null;
        }
        try {
            PemIdentity identity = PemIdentity.read(certificate, privateKey, password);
            identity.warnings(Instant.now(), host)
                    .forEach(warning -> report.warning(
                            section.line("certificate"),
                            section.path("certificate"),
                            Report.quote(certificate.toString()) + " " + warning));
        } catch (PemIdentity.Unusable unusable) {
            report.error(
                    section.line("certificate"),
                    section.path("certificate"),
                    Report.quote(certificate + ", " + privateKey),
                    unusable.allowed());
        }
        return new Certificate(certificate.toString(), privateKey.toString(), password);
    }

    private @Nullable String authorities(Section section, String key) {
        Path file = section.has(key) ? file(section, key) : null;
        if (file == null) {
            return null;
        }
        try {
            List<?> unused = PemIdentity.authorities(file);
        } catch (PemIdentity.Unusable unusable) {
            report.error(section.line(key), section.path(key), Report.quote(file.toString()), unusable.allowed());
        }
        return file.toString();
    }

    /** Returns the path of a readable file, or null. */
    private @Nullable Path file(Section section, String key) {
        String name = section.require(key, Formats.FILE);
        if (name == null) {
            return null;
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            report.error(
                    section.line(key), section.path(key), Report.quote(file.toString()), "a file that can be read");
            return null;
        }
        return file;
    }
}
