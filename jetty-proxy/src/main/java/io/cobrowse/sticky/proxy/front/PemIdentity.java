package io.cobrowse.sticky.proxy.front;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A server's certificate chain and private key from PEM files. */
public final class PemIdentity {
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    private static final byte[] PROBE = {1};

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
            return context(PemFile.certificates(certificate), PemFile.privateKey(privateKey, null));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException failure) {
            throw new IllegalArgumentException(
                    "tls: \"" + certificate + "\" and \"" + privateKey
                            + "\": allowed are a PEM certificate chain and its unencrypted PEM private key",
                    failure);
        }
    }

    private static SSLContext context(List<X509Certificate> chain, PrivateKey key)
            throws GeneralSecurityException, IOException {
        requirePair(chain.get(0).getPublicKey(), key);
        char[] none = {};
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("identity", key, none, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, none);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** What the one signs, the other has to verify. */
    private static void requirePair(PublicKey publicKey, PrivateKey privateKey) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(SIGNATURES.getOrDefault(privateKey.getAlgorithm(), "EdDSA"));
        signature.initSign(privateKey);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new IllegalArgumentException("the private key is not that of the certificate");
        }
    }

    private static void requireReadable(String key, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException("tls." + key + ": \"" + file + "\": allowed is a readable PEM file");
        }
    }
}
