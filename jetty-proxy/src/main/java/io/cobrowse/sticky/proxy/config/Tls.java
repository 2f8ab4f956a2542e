package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener. Immutable.
 *
 * @param certificates what it shows: the one for the name that the client asks for, else the first; at least one
 * @param minVersion the oldest version of TLS that it speaks
 * @param clientCa PEM file of the authorities whose clients' certificates it takes; null to ask for none
 * @param clientRequired whether a client has to show one; without {@code clientCa} it means nothing
 */
public record Tls(
        List<Certificate> certificates,
        MinVersion minVersion,
        @Nullable String clientCa,
        boolean clientRequired) {

    /** Versions of TLS that are still safe. */
    public enum MinVersion {
        TLS_1_2("TLSv1.2"),
        TLS_1_3("TLSv1.3");

        private final String text;

        MinVersion(String text) {
            this.text = text;
        }

        /** Returns the name as configuration and JDK spell it. */
        public String text() {
            return text;
        }
    }

    /**
     * PEM files of a certificate chain and its private key.
     *
     * @param keyPassword decrypts the key; null where it is not encrypted
     */
    public record Certificate(
            String certificate, String privateKey, @Nullable String keyPassword) {
        /** Returns the text without the password. */
        @Override
        public String toString() {
            return "Certificate[certificate=" + certificate + ", privateKey=" + privateKey + "]";
        }
    }

    public Tls {
        certificates = List.copyOf(certificates);
    }

    List<String> files() {
        List<String> files = new ArrayList<>();
        for (Certificate each : certificates) {
            files.add(each.certificate());
            files.add(each.privateKey());
        }
        if (clientCa != null) {
            files.add(clientCa);
        }
        return files;
    }

    /** Makes settings with one certificate, and the defaults of the others. */
    public Tls(String certificate, String privateKey) {
        this(List.of(new Certificate(certificate, privateKey, null)), MinVersion.TLS_1_2, null, false);
    }
}
