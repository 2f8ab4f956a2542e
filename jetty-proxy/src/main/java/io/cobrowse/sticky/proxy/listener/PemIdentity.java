package io.cobrowse.sticky.proxy.listener;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A server's certificate chain and private key from PEM files. */
public final class PemIdentity {
    private PemIdentity() {}

    /**
     * Reads the files and returns TLS settings of a server with them.
     *
     * @throws IllegalArgumentException as {@link #context} does
     */
    public static SslContextFactory.Server load(Path certificate, Path privateKey) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(context(certificate, privateKey));
        return tls;
    }

    /**
     * Reads the files and returns a context that shows what is in them.
     *
     * @throws IllegalArgumentException when a file cannot be read, is not PEM, or the two do not belong together; the message
     *     names the files, and never what is in them
     */
    public static SSLContext context(Path certificate, Path privateKey) {
        requireReadable("certificate", certificate);
        requireReadable("private-key", privateKey);
        try {
            X509ExtendedKeyManager identity = PemUtils.loadIdentityMaterial(certificate, privateKey);
            return SSLFactory.builder().withIdentityMaterial(identity).build().getSslContext();
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(
                    "tls: \"" + certificate + "\" and \"" + privateKey
                            + "\": allowed are a PEM certificate chain and its unencrypted PEM private key",
                    failure);
        }
    }

    private static void requireReadable(String key, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("tls." + key + ": \"" + file + "\": allowed is a readable PEM file");
        }
    }
}
