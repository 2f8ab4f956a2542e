package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS toward nodes whose URL is {@code https}. Immutable.
 *
 * @param ca PEM file of the authorities that are trusted; null for those that the JDK trusts
 * @param certificate what the proxy shows to nodes that ask; null for nothing
 * @param verifyHost whether a node's certificate has to be for the host of its URL
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
