package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as OpenSSL writes them, in all the forms in use. */
class PemFileTest {
    private static final char[] PASSWORD = "open sesame".toCharArray();

    @TempDir
    Path directory;

    @BeforeAll
    static void needOpenSsl() {
        assumeThat(List.of("/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"))
                .as("openssl, with which the keys are made")
                .anyMatch(path -> Files.isExecutable(Path.of(path)));
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048, PRIVATE KEY",
        "RSA, genrsa -traditional 2048, RSA PRIVATE KEY",
        "EC, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256, PRIVATE KEY",
        "EC, ecparam -name prime256v1 -genkey, EC PRIVATE KEY",
        "EC, ecparam -name secp384r1 -genkey -noout, EC PRIVATE KEY",
        "EC, ecparam -name secp521r1 -genkey -noout, EC PRIVATE KEY",
        "EdDSA, genpkey -algorithm ED25519, PRIVATE KEY",
        "EdDSA, genpkey -algorithm ED448, PRIVATE KEY"
    })
    void shouldReadAKeyInEachForm(String algorithm, String command, String label) throws Exception {
        Path key = key("key.pem", command);
        assertThat(key).content().contains("-----BEGIN " + label + "-----");
        assertThat(PemFile.privateKey(key, null).getAlgorithm()).isEqualTo(algorithm);
        Path certificate = certificate(key);
        assertThat(PemFile.certificates(certificate)).hasSize(1);
        assertThat(PemIdentity.read(certificate, key, null)).isNotNull(); // They belong together.
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v2 aes-256-cbc", "-v2 aes-128-cbc", "-v2 aes-256-cbc -v2prf hmacWithSHA512"})
    void shouldOpenAnEncryptedKeyWithItsPassword(String cipher) throws Exception {
        Path key = key("key.pem", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
        Path encrypted = encrypted(key, cipher);
        PrivateKey opened = PemFile.privateKey(encrypted, PASSWORD);
        assertThat(opened).isEqualTo(PemFile.privateKey(key, null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(encrypted, "open barley".toCharArray()))
                .withMessageContaining(encrypted + "\": the password does not open its private key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(encrypted, null))
                .withMessageContaining("there is no password for it");
    }

    @Test
    void shouldSayHowToConvertAKeyThatIsEncryptedInTheOldForm() throws Exception {
        Path key = key("key.pem", "genrsa -traditional 2048");
        Path old = directory.resolve("old.pem");
        openssl(List.of(
                "rsa", "-traditional", "-aes128", "-passout", "pass:secret", "-in", key + "", "-out", old + ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(old, PASSWORD))
                .withMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    void shouldReadAChainInItsOrderWithTextAroundIt() throws Exception {
        String first = Files.readString(certificate(key("1.pem", "genpkey -algorithm ED25519")));
        String second = Files.readString(certificate(key("2.pem", "genpkey -algorithm ED448")));
        Path chain = Files.writeString(
                directory.resolve("chain.pem"), "subject=one\n" + first + "\r\nsubject=zwei é\n" + second);
        assertThat(PemFile.certificates(chain))
                .extracting(each -> each.getPublicKey().toString())
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(PemFile.certificates(chain).get(0).getPublicKey().getEncoded())
                .hasSize(44); // Ed25519
    }

    @Test
    void shouldRefuseAKeyOfAnotherCertificate() throws Exception {
        Path certificate = certificate(key("1.pem", "genpkey -algorithm ED25519"));
        Path other = key("2.pem", "genpkey -algorithm ED25519");
        Path otherKind = key("3.pem", "genrsa -traditional 2048");
        assertThatIllegalArgumentException().isThrownBy(() -> PemIdentity.read(certificate, other, null));
        assertThatIllegalArgumentException().isThrownBy(() -> PemIdentity.read(certificate, otherKind, null));
    }

    @Test
    void shouldSayWhatIsWrongWithAFileAndNotWhatIsInIt() throws Exception {
        Path key = key("key.pem", "ecparam -name prime256v1 -genkey -noout");
        String base64 = Files.readAllLines(key).get(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.certificates(key))
                .withMessage("\"" + key + "\": there is no certificate in it");
        Path missing = directory.resolve("missing.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(missing, null))
                .withMessage("\"" + missing + "\": it cannot be read");
        Path twice = Files.writeString(directory.resolve("twice.pem"), Files.readString(key) + Files.readString(key));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(twice, null))
                .withMessage("\"" + twice + "\": there are several keys in it");
        for (int cut = 1; cut < base64.length(); cut++) {
            String part = base64.substring(0, cut);
            Path broken = Files.writeString(
                    directory.resolve("broken.pem"),
                    "-----BEGIN EC PRIVATE KEY-----\n" + part + "\n-----END EC PRIVATE KEY-----\n");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PemFile.privateKey(broken, null))
                    .withMessageContaining(broken.toString())
                    .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain(part));
        }
    }

    private Path key(String name, String command) throws Exception {
        Path file = directory.resolve(name);
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(1, List.of("-out", file.toString()));
        openssl(arguments);
        return file;
    }

    private Path encrypted(Path key, String cipher) throws Exception {
        Path file = directory.resolve("encrypted.pem");
        List<String> arguments = new ArrayList<>(List.of("pkcs8", "-topk8", "-in", key + "", "-out", file + ""));
        arguments.addAll(List.of(cipher.split(" ")));
        arguments.addAll(List.of("-passout", "pass:" + new String(PASSWORD)));
        openssl(arguments);
        return file;
    }

    private Path certificate(Path key) throws Exception {
        Path file = Path.of(key + ".crt");
        openssl(List.of("req", "-x509", "-key", key + "", "-subj", "/CN=localhost", "-days", "2", "-out", file + ""));
        return file;
    }

    private static void openssl(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
