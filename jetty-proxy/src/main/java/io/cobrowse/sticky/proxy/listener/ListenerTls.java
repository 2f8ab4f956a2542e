package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.PemIdentity;
import io.cobrowse.sticky.proxy.config.Tls;
import io.cobrowse.sticky.proxy.config.Tls.Certificate;
import io.cobrowse.sticky.proxy.config.UpstreamTls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Creates Jetty's TLS settings from the configuration, and reads the files that it names. Stateless. */
public final class ListenerTls {
    /** CBC suites leak information about their padding by their timing. All current clients support others. */
    private static final String CBC_SUITES = "^.*_CBC_.*$";

    private ListenerTls() {}

    /**
     * Returns the TLS settings of a listener.
     *
     * @throws PemIdentity.Unusable if a file cannot be used
     */
    public static SslContextFactory.Server server(Tls tls) {
        SslContextFactory.Server server = new SslContextFactory.Server();
        server.addExcludeCipherSuites(CBC_SUITES);
        server.setRenegotiationAllowed(false);
        apply(tls, server);
        return server;
    }

    /**
     * Reads the files again, and sets what may change while the listener is open.
     *
     * @throws PemIdentity.Unusable when a file cannot be used; nothing has changed then
     */
    static void apply(Tls tls, SslContextFactory.Server server) {
        server.setSslContext(context(tls));
        server.setIncludeProtocols(
                tls.minVersion() == Tls.MinVersion.TLS_1_3
                        ? new String[] {"TLSv1.3"}
                        : new String[] {"TLSv1.3", "TLSv1.2"});
        server.setNeedClientAuth(tls.clientCa() != null && tls.clientRequired());
        server.setWantClientAuth(tls.clientCa() != null && !tls.clientRequired());
    }

    /**
     * Applies the TLS settings toward nodes.
     *
     * @throws PemIdentity.Unusable when a file cannot be used; nothing has changed then
     */
    public static void apply(UpstreamTls tls, SslContextFactory.Client client) {
        Certificate shown = tls.certificate();
        client.setSslContext(context(shown == null ? List.of() : List.of(shown), tls.ca()));
        client.setEndpointIdentificationAlgorithm(tls.verifyHost() ? "HTTPS" : null);
    }

    private static SSLContext context(Tls tls) {
        return context(tls.certificates(), tls.clientCa());
    }

    private static SSLContext context(List<Certificate> certificates, @Nullable String authorities) {
        List<PemIdentity> identities = certificates.stream()
                .map(each ->
                        PemIdentity.read(Path.of(each.certificate()), Path.of(each.privateKey()), each.keyPassword()))
                .toList();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = identities.isEmpty() ? null : new KeyManager[] {new NamedKeys(identities)};
            context.init(keys, authorities == null ? null : trust(PemIdentity.authorities(Path.of(authorities))), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("The JDK has no TLS", impossible);
        }
    }

    private static TrustManager[] trust(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry(Integer.toString(i), authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
