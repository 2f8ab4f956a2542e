package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.PemIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate for the name that a client asks for (RFC 6066, 3), or else the first. If a name has
 * several, with different kinds of keys, the client's preference decides. Immutable, thread-safe.
 */
final class NamedKeys extends X509ExtendedKeyManager {
    private final List<PemIdentity> identities;

    NamedKeys(List<PemIdentity> identities) {
        this.identities = List.copyOf(identities);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        String name = engine.getHandshakeSession() instanceof ExtendedSSLSession session ? name(session) : null;
        List<PemIdentity> fitting = name == null
                ? List.of()
                : identities.stream().filter(identity -> identity.isFor(name)).toList();
        if (fitting.isEmpty()) {
            List<String> names = identities.get(0).names();
            fitting = identities.stream()
                    .filter(identity -> identity.names().equals(names))
                    .toList();
        }
        return alias(fitting, keyType);
    }

    private @Nullable String alias(List<PemIdentity> fitting, String keyType) {
        for (PemIdentity identity : fitting) {
            if (identity.key().getAlgorithm().equals(keyType)) {
                return Integer.toString(identities.indexOf(identity));
            }
        }
        return null;
    }

    private static @Nullable String name(ExtendedSSLSession session) {
        for (SNIServerName each : session.getRequestedServerNames()) {
            if (each instanceof SNIHostName host) {
                return host.getAsciiName().toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        for (String keyType : keyTypes) {
            String alias = alias(identities, keyType);
            if (alias != null) {
                return alias;
            }
        }
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identities.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identities.get(Integer.parseInt(alias)).key();
    }

    // Jetty uses engines, and never an SSLSocket.

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
