package io.cobrowse.sticky.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and its self-signed certificate for localhost and 127.0.0.1, created for one test run. */
public final class TestIdentity {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "test";

    private final KeyStore store;
    private final Path certificate;
    private final Path privateKey;

    private TestIdentity(KeyStore store, Path certificate, Path privateKey) {
        this.store = store;
        this.certificate = certificate;
        this.privateKey = privateKey;
    }

    /** Creates an identity with its PEM files in {@code directory}. */
    public static TestIdentity create(Path directory) throws Exception {
        return create(directory, "EC", "-ext", "san=dns:localhost,ip:127.0.0.1", "-validity", "2");
    }

    /**
     * Creates an identity with its PEM files in {@code directory}.
     *
     * @param keyAlgorithm EC or RSA
     * @param options further options of keytool: names and dates
     */
    public static TestIdentity create(Path directory, String keyAlgorithm, String... options) throws Exception {
        Path file = directory.resolve("identity.p12");
        Files.deleteIfExists(file);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                keyAlgorithm,
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
        Path certificate = pem(
                directory.resolve("cert.pem"),
                "CERTIFICATE",
                store.getCertificate(ALIAS).getEncoded());
        Path privateKey = pem(
                directory.resolve("key.pem"),
                "PRIVATE KEY",
                store.getKey(ALIAS, PASSWORD).getEncoded());
        return new TestIdentity(store, certificate, privateKey);
    }

    private static Path pem(Path file, String type, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }

    public Path certificate() {
        return certificate;
    }

    public Path privateKey() {
        return privateKey;
    }

    X509Certificate x509() throws GeneralSecurityException {
        return (X509Certificate) store.getCertificate(ALIAS);
    }

    KeyManager[] keyManagers() throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        return keys.getKeyManagers();
    }

    /** Returns a context that presents this identity and trusts only it. */
    public SSLContext context() throws GeneralSecurityException {
        KeyStore trusted;
        try {
            trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
        } catch (IOException impossible) {
            throw new GeneralSecurityException(impossible);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
