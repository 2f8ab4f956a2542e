package io.cobrowse.node.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** PEM files of a key and its self-signed certificate for 127.0.0.1, made for one test run. */
record TestIdentity(Path certificate, Path privateKey) {
    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "test";

    static TestIdentity create(Path directory) throws Exception {
        Path file = directory.resolve("identity.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + output);
        }
        char[] password = PASSWORD.toCharArray();
        KeyStore store = KeyStore.getInstance(file.toFile(), password);
        return new TestIdentity(
                write(
                        directory.resolve("cert.pem"),
                        "CERTIFICATE",
                        store.getCertificate(ALIAS).getEncoded()),
                write(
                        directory.resolve("key.pem"),
                        "PRIVATE KEY",
                        store.getKey(ALIAS, password).getEncoded()));
    }

    private static Path write(Path file, String type, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }
}
