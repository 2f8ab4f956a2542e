package io.cobrowse.sticky.proxy.listener;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.InetAddressSet;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/** What one listener serves and whom it trusts. Immutable, thread-safe. */
public final class ListenerPolicy {
    /** Serves every path and trusts nobody. */
    public static final ListenerPolicy OPEN = new ListenerPolicy(List.of(), List.of());

    private final List<PathPattern> allow;
    private final @Nullable InetAddressSet trustedPeers;

    /**
     * Creates a policy.
     *
     * @param allow patterns {@code /a/**} or {@code /a/b}; empty allows every path
     * @param trustedPeers addresses or CIDR blocks; empty trusts nobody
     * @throws IllegalArgumentException when an address cannot be read
     */
    public ListenerPolicy(List<String> allow, List<String> trustedPeers) {
        this.allow = allow.stream().map(PathPattern::new).toList();
        if (trustedPeers.isEmpty()) {
            this.trustedPeers = null;
        } else {
            this.trustedPeers = new InetAddressSet();
            this.trustedPeers.addAll(trustedPeers);
        }
    }

    /** Returns whether the forwarding fields of this request's peer are to be believed. */
    public boolean trusts(Request request) {
        InetAddressSet trusted = trustedPeers;
        if (trusted == null) {
            return false;
        }
        InetAddress address = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? peer.getAddress()
                : null;
        return address != null && trusted.test(address);
    }

    /** Returns whether what is served depends on the path. */
    boolean hasPathRules() {
        return !allow.isEmpty();
    }

    /**
     * Returns whether this request's path is served. Both the path as sent and the path as a node may come to read it
     * (decoded, parameters cut, dot segments resolved) must match, so that {@code /allowed/..%2Fsecret} does not.
     */
    public boolean allows(Request request) {
        if (allow.isEmpty()) {
            return true;
        }
        String raw = request.getHttpURI().getPath();
        String read = raw == null ? null : asRead(raw);
        return raw != null && read != null && matches(raw) && matches(read);
    }

    private boolean matches(String path) {
        for (PathPattern pattern : allow) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }

    /** Resolves what the most lenient node would resolve; null when that leads above the root or cannot be decoded. */
    private static @Nullable String asRead(String raw) {
        try {
            String decoded = raw;
            // Twice, for nodes behind something that decodes once more.
            for (int i = 0; i < 2; i++) {
                decoded = URIUtil.decodePath(decoded).replace('\\', '/');
            }
            return URIUtil.normalizePath(URIUtil.compactPath(decoded));
        } catch (IllegalArgumentException undecodable) {
            return null;
        }
    }

    /** {@code /a/**} is {@code /a} and all below it; anything else is itself. */
    private record PathPattern(String prefix, boolean subtree) {
        PathPattern(String pattern) {
            this(
                    pattern.endsWith("/**") ? pattern.substring(0, pattern.length() - 3) : pattern,
                    pattern.endsWith("/**"));
        }

        boolean matches(String path) {
            return path.startsWith(prefix)
                    && (path.length() == prefix.length() || (subtree && path.charAt(prefix.length()) == '/'));
        }
    }
}
