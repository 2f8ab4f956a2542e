package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS settings of a listener. Immutable.
 *
 * @param certificates the certificates, at least one; a client gets the one for the name that it asks for, else the
 *     first
 * @param minVersion the oldest version of TLS that it accepts
 * @param clientCa the PEM file of the authorities whose client certificates it accepts; null if it asks for none
 * @param clientRequired whether a client must present a certificate; ignored without {@code clientCa}
 */
public record Tls(
        List<Certificate> certificates,
        MinVersion minVersion,
        @Nullable String clientCa,
        boolean clientRequired) {

    /** The versions of TLS that are still safe. */
    public enum MinVersion {
        TLS_1_2("TLSv1.2"),
        TLS_1_3("TLSv1.3");

        private final String text;

        MinVersion(String text) {
            this.text = text;
        }

        /** Returns the name that the configuration and the JDK use. */
        public String text() {
            return text;
        }
    }

    /**
     * The PEM files of a certificate chain and its private key.
     *
     * @param keyPassword decrypts the key; null if it is not encrypted
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

    /** Creates settings with one certificate, and defaults for the others. */
    public Tls(String certificate, String privateKey) {
        this(List.of(new Certificate(certificate, privateKey, null)), MinVersion.TLS_1_2, null, false);
    }
}
