package io.cobrowse.bench.peers;

import io.cobrowse.measuring.JavaProcess;
import java.util.ArrayList;
import java.util.List;

/**
 * A proxy from a Java library, started from this jar.
 *
 * @param main the main class, which takes the arguments of {@link JavaPlace}
 */
record JavaPeer(String name, String version, Class<?> main, boolean carriesWebSocket, List<String> javaOptions)
        implements Peer {
    /** Returns all proxies of this kind. */
    static List<Peer> all(List<String> javaOptions) {
        String jetty = org.eclipse.jetty.server.Server.getVersion();
        String undertow = io.undertow.Version.getVersionString();
        return List.of(
                new JavaPeer("Jetty AsyncProxyServlet", jetty, JettyServletProxy.class, false, javaOptions),
                new JavaPeer("Jetty ProxyHandler", jetty, JettyCoreProxy.class, false, javaOptions),
                new JavaPeer("Undertow", undertow, UndertowProxy.class, true, javaOptions));
    }

    @Override
    public List<String> configure(Place place) {
        List<String> command = new ArrayList<>(List.of(JavaProcess.java()));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(JavaPlace.arguments(place));
        return command;
    }

    @Override
    public boolean isJava() {
        return true;
    }
}
