package io.cobrowse.sticky.proxy.config;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and private keys from PEM files (RFC 7468) with the means of the JDK. Keys may be in PKCS#8, plain
 * or encrypted (RFC 5958; PBES2 with AES, as OpenSSL 3 writes it), or in the older forms PKCS#1 (RSA) and SEC 1 (EC),
 * which are PKCS#8 without its envelope. Text around the blocks is ignored. The message of an exception names the file
 * and its error, but never contains any of its contents. Stateless.
 */
public final class PemFile {
    /** The largest accepted file. A chain of certificates has a few KiB. */
    private static final int MAX_BYTES = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private record Block(String label, String base64) {
        byte[] der() {
            return Base64.getMimeDecoder().decode(base64);
        }
    }

    private PemFile() {}

    /**
     * Reads the certificates of a file, in order.
     *
     * @return at least one
     * @throws IllegalArgumentException when the file cannot be read, contains no certificate, or contains a broken one
     */
    public static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.label().equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException broken) {
            throw unusable(file, "a certificate in it is broken", broken);
        }
        if (certificates.isEmpty()) {
            throw unusable(file, "there is no certificate in it", null);
        }
        return certificates;
    }

    /**
     * Reads the private key of a file: RSA, EC, Ed25519 or Ed448.
     *
     * @param password the password of an encrypted key; ignored if the key is not encrypted, and may then be null
     * @throws IllegalArgumentException when the file cannot be read, contains no key, several keys or a key of another
     *     kind, or the password is missing or wrong
     */
    public static PrivateKey privateKey(Path file, char @Nullable [] password) {
        List<Block> keys = blocks(file).stream()
                .filter(block -> block.label().endsWith("PRIVATE KEY"))
                .toList();
        if (keys.size() != 1) {
            throw unusable(
                    file, keys.isEmpty() ? "there is no private key in it" : "there are several keys in it", null);
        }
        Block key = keys.get(0);
        try {
            return key(pkcs8(file, key, password));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException broken) {
            throw unusable(file, "its private key is broken, or neither RSA, EC, Ed25519 nor Ed448", broken);
        }
    }

    private static PKCS8EncodedKeySpec pkcs8(Path file, Block key, char @Nullable [] password)
            throws GeneralSecurityException, IOException {
        if (key.base64().contains("DEK-Info:")) {
            throw new Unusable(
                    file,
                    "its key is encrypted in OpenSSL's old form; convert it: openssl pkcs8 -topk8 -in FILE",
                    null);
        }
        return switch (key.label()) {
            case "PRIVATE KEY" -> new PKCS8EncodedKeySpec(key.der());
            case "ENCRYPTED PRIVATE KEY" -> decrypted(file, key.der(), password);
            case "RSA PRIVATE KEY" -> new PKCS8EncodedKeySpec(Der.wrapRsa(key.der()));
            case "EC PRIVATE KEY" -> new PKCS8EncodedKeySpec(Der.wrapEc(key.der()));
            default -> throw new Unusable(file, "a " + key.label() + " cannot be used", null);
        };
    }

    private static PKCS8EncodedKeySpec decrypted(Path file, byte[] der, char @Nullable [] password) throws IOException {
        if (password == null) {
            throw new Unusable(file, "its private key is encrypted, and there is no password for it", null);
        }
        EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
        PBEKeySpec secret = new PBEKeySpec(password);
        try {
            // PBES2's own name states neither hash nor cipher; the name of its parameters does.
            String algorithm = encrypted.getAlgName().startsWith("PBEWith")
                    ? encrypted.getAlgName()
                    : String.valueOf(encrypted.getAlgParameters());
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                    encrypted.getAlgParameters());
            return encrypted.getKeySpec(cipher);
        } catch (GeneralSecurityException wrong) {
            throw new Unusable(file, "the password does not open its private key, or its cipher is unknown", wrong);
        } finally {
            secret.clearPassword();
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
        InvalidKeySpecException unknown = new InvalidKeySpecException("neither of " + KEY_ALGORITHMS);
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException another) {
                unknown.addSuppressed(another);
            }
        }
        throw unknown;
    }

    private static List<Block> blocks(Path file) {
        List<Block> blocks = new ArrayList<>();
        try (var in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw unusable(file, "it is longer than " + MAX_BYTES + " bytes", null);
            }
            Matcher matcher = BLOCK.matcher(new String(content, StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                blocks.add(new Block(matcher.group(1), matcher.group(2)));
            }
        } catch (IOException unreadable) {
            throw unusable(file, "it cannot be read", unreadable);
        }
        return blocks;
    }

    private static Unusable unusable(Path file, String why, @Nullable Exception cause) {
        return cause instanceof Unusable known ? known : new Unusable(file, why, cause);
    }

    private static final class Unusable extends IllegalArgumentException {
        Unusable(Path file, String why, @Nullable Exception cause) {
            super("\"" + file + "\": " + why, cause);
        }
    }

    /** The part of DER (X.690) that is needed to put a key into the envelope of PKCS#8 (RFC 5208). */
    private static final class Der {
        private static final int OCTETS = 0x04;
        private static final int SEQUENCE = 0x30;
        private static final int CONTEXT_0 = 0xA0;
        private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
        /** The AlgorithmIdentifier of rsaEncryption: 1.2.840.113549.1.1.1 with NULL. */
        private static final byte[] RSA = {
            0x30,
            0x0D,
            0x06,
            0x09,
            0x2A,
            (byte) 0x86,
            0x48,
            (byte) 0x86,
            (byte) 0xF7,
            0x0D,
            0x01,
            0x01,
            0x01,
            0x05,
            0x00
        };
        /** The OID of ecPublicKey, 1.2.840.10045.2.1. */
        private static final byte[] EC = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};

        private final byte[] bytes;
        private int at;

        private Der(byte[] bytes) {
            this.bytes = bytes;
        }

        static byte[] wrapRsa(byte[] pkcs1) {
            return write(SEQUENCE, VERSION_0, RSA, write(OCTETS, pkcs1));
        }

        /**
         * Wraps an ECPrivateKey (RFC 5915): version, key, and the curve as [0], which PKCS#8 requires beside the
         * algorithm.
         */
        static byte[] wrapEc(byte[] sec1) throws IOException {
            Der key = new Der(new Der(sec1).read(SEQUENCE));
            key.read(0x02);
            key.read(OCTETS);
            byte[] curve = key.read(CONTEXT_0);
            return write(SEQUENCE, VERSION_0, write(SEQUENCE, EC, curve), write(OCTETS, sec1));
        }

        private byte[] read(int tag) throws IOException {
            if (next() != tag) {
                throw new IOException("the ASN.1 tag is not " + tag);
            }
            int length = next();
            if (length > 0x80) {
                int digits = length & 0x7F;
                if (digits > 3) {
                    throw new IOException("a length of " + digits + " bytes");
                }
                length = 0;
                for (int i = 0; i < digits; i++) {
                    length = length << 8 | next();
                }
            }
            if (length > bytes.length - at) {
                throw new IOException("it is truncated");
            }
            byte[] content = new byte[length];
            System.arraycopy(bytes, at, content, 0, length);
            at += length;
            return content;
        }

        private int next() throws IOException {
            if (at >= bytes.length) {
                throw new IOException("it is truncated");
            }
            return bytes[at++] & 0xFF;
        }

        private static byte[] write(int tag, byte[]... parts) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                content.writeBytes(part);
            }
            int length = content.size();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(tag);
            if (length < 0x80) {
                out.write(length);
            } else {
                int digits = (39 - Integer.numberOfLeadingZeros(length)) / 8;
                out.write(0x80 | digits);
                for (int i = digits - 1; i >= 0; i--) {
                    out.write(length >> (8 * i));
                }
            }
            out.writeBytes(content.toByteArray());
            return out.toByteArray();
        }
    }
}
