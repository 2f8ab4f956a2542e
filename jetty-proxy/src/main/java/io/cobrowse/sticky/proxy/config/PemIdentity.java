package io.cobrowse.sticky.proxy.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain, starting with the server's own certificate, and its private key, from PEM files. Immutable.
 *
 * @param names the DNS names of the certificate, in lower case; {@code *.} stands for one label
 */
public record PemIdentity(List<X509Certificate> chain, PrivateKey key, List<String> names) {
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");
    private static final String ALLOWED =
            "a PEM certificate chain and its PEM private key, with key-password where that is encrypted";
    /** The type of DNS names in {@code X509Certificate.getSubjectAlternativeNames}. */
    private static final int DNS_NAME = 2;

    /** Thrown for unusable files. The message names the files, but never contains any of their contents. */
    public static final class Unusable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final String allowed;

        public Unusable(String files, String allowed, @Nullable Throwable cause) {
            super("tls: " + files + ": allowed is " + allowed, cause);
            this.allowed = allowed;
        }

        /** Returns what is allowed. */
        public String allowed() {
            return allowed;
        }
    }

    public PemIdentity {
        chain = List.copyOf(chain);
        names = List.copyOf(names);
    }

    /**
     * Reads a certificate chain and its key.
     *
     * @param password decrypts the key; null if it is not encrypted
     * @throws Unusable when a file cannot be read or is not PEM, or the key does not belong to the certificate
     */
    public static PemIdentity read(Path certificate, Path privateKey, @Nullable String password) {
        requireReadable(certificate);
        requireReadable(privateKey);
        String files = "\"" + certificate + "\" and \"" + privateKey + "\"";
        List<X509Certificate> chain;
        PrivateKey key;
        try {
            chain = PemFile.certificates(certificate);
            key = PemFile.privateKey(privateKey, password == null ? null : password.toCharArray());
        } catch (RuntimeException failure) {
            throw new Unusable(files, ALLOWED, failure);
        }
        if (chain.isEmpty()) {
            throw new Unusable(files, ALLOWED, null);
        }
        try {
            return new PemIdentity(chain, ofPair(chain.get(0).getPublicKey(), key), names(chain.get(0)));
        } catch (GeneralSecurityException noPair) {
            throw new Unusable(files, "the private key that belongs to the certificate", noPair);
        }
    }

    /**
     * Reads the certificates of authorities.
     *
     * @return at least one
     * @throws Unusable when the file cannot be read or contains none
     */
    public static List<X509Certificate> authorities(Path file) {
        requireReadable(file);
        String allowed = "a PEM file of the certificates of authorities";
        try {
            List<X509Certificate> certificates = PemFile.certificates(file);
            if (certificates.isEmpty()) {
                throw new Unusable("\"" + file + "\"", allowed, null);
            }
            return certificates;
        } catch (RuntimeException failure) {
            throw new Unusable("\"" + file + "\"", allowed, failure);
        }
    }

    /**
     * Returns the reasons why clients may refuse the certificate, worded to follow its name.
     *
     * @param host the name that the certificate should be for; null or an address if any name will do
     */
    public List<String> warnings(Instant now, @Nullable String host) {
        List<String> warnings = new ArrayList<>();
        X509Certificate certificate = chain.get(0);
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            warnings.add("expired at " + certificate.getNotAfter().toInstant() + ": clients will refuse it");
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            warnings.add("is not valid before " + certificate.getNotBefore().toInstant() + ": clients will refuse it");
        }
        if (alternativeNames(certificate).isEmpty()) {
            warnings.add("has no subject alternative names: browsers will refuse it, whatever its common name");
        }
        boolean isName = host != null && !host.equalsIgnoreCase("localhost") && host.matches(".*[A-Za-z][^:]*");
        if (host != null && isName && !isFor(host.toLowerCase(Locale.ROOT))) {
            warnings.add("is not for " + host + ", where the listener listens, but for " + String.join(", ", names));
        }
        return warnings;
    }

    /** Returns whether the certificate is for this name, given in lower case (RFC 9525, 6.3). */
    public boolean isFor(String name) {
        int dot = name.indexOf('.');
        return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
    }

    /**
     * Returns the key as one of the JDK's own. Checks that it belongs to the public key by signing a text and verifying
     * the signature.
     */
    private static PrivateKey ofPair(PublicKey publicKey, PrivateKey privateKey) throws GeneralSecurityException {
        String algorithm = publicKey.getAlgorithm();
        PrivateKey key =
                KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(privateKey.getEncoded()));
        String name = SIGNATURES.getOrDefault(algorithm, "EdDSA");
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(name);
        signature.initSign(key);
        signature.update(text);
        byte[] signed = signature.sign();
        Signature verifier = Signature.getInstance(name);
        verifier.initVerify(publicKey);
        verifier.update(text);
        if (!verifier.verify(signed)) {
            throw new SignatureException("the two do not belong together");
        }
        return key;
    }

    private static List<String> names(X509Certificate certificate) {
        return alternativeNames(certificate).stream()
                .filter(name -> name.get(0).equals(DNS_NAME))
                .map(name -> name.get(1).toString().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    private static void requireReadable(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Unusable("\"" + file + "\"", "a readable PEM file", null);
        }
    }
}
