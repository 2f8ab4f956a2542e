package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The TLS settings toward nodes whose URL is {@code https}. Immutable.
 *
 * @param ca the PEM file of the trusted authorities; null for those that the JDK trusts
 * @param certificate the client certificate for nodes that ask for one; null for none
 * @param verifyHost whether a node's certificate must be for the host of its URL
 */
public record UpstreamTls(@Nullable String ca, @Nullable Certificate certificate, boolean verifyHost) {
    public static final UpstreamTls DEFAULTS = new UpstreamTls(null, null, true);

    List<String> files() {
        List<String> files = new ArrayList<>();
        if (ca != null) {
            files.add(ca);
        }
        if (certificate != null) {
            files.add(certificate.certificate());
            files.add(certificate.privateKey());
        }
        return files;
    }
}
