package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate made for one run, with its key, in the formats of the proxies. */
final class Identity {
    static final String PASSWORD = "changeit";

    private static final String ALIAS = "proxy";

    private final Path directory;
    private final SSLContext trusting;

    /** Creates a certificate with the JDK's {@code keytool}. */
    Identity(Path directory) throws IOException {
        this.directory = directory;
        Tool.output(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore().toString(),
                "-storepass",
                PASSWORD));
        try {
            KeyStore store = KeyStore.getInstance(keyStore().toFile(), PASSWORD.toCharArray());
            String chain = pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
            String key = pem(
                    "PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
            Files.writeString(certificate(), chain);
            Files.writeString(key(), key);
            Files.writeString(both(), chain + key);
            trusting = trusting(store);
        } catch (GeneralSecurityException failure) {
            throw new IOException("No certificate could be made: " + failure.getMessage(), failure);
        }
    }

    private static SSLContext trusting(KeyStore store) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static String pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }

    /** Returns the PKCS #12 file, with {@link #PASSWORD}. */
    Path keyStore() {
        return directory.resolve("identity.p12");
    }

    /** Returns the PEM file of the certificate. */
    Path certificate() {
        return directory.resolve("certificate.pem");
    }

    /** Returns the PEM file of the key. */
    Path key() {
        return directory.resolve("key.pem");
    }

    /** Returns the PEM file of certificate and key, as HAProxy requires it. */
    Path both() {
        return directory.resolve("both.pem");
    }

    /** Returns a client's context that trusts this certificate. */
    SSLContext trusting() {
        return trusting;
    }
}
