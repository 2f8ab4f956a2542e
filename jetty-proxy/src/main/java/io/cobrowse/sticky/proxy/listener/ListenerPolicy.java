package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.FieldRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.InetAddressSet;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/** Which paths one listener serves and which peers it trusts. Immutable, thread-safe. */
public final class ListenerPolicy {
    /** Serves every path and trusts nobody. */
    public static final ListenerPolicy OPEN =
            new ListenerPolicy(List.of(), List.of(), List.of(), FieldRules.NONE, FieldRules.NONE);

    private final List<PathPattern> allow;
    private final List<PathPattern> deny;
    private final FieldRules requestFields;
    private final FieldRules responseFields;
    private final @Nullable InetAddressSet trustedPeers;

    /**
     * Creates a policy.
     *
     * @param allow patterns {@code /a/**} or {@code /a/b}; empty allows every path
     * @param deny patterns of paths that are not served, whatever {@code allow} says
     * @param trustedPeers addresses or CIDR blocks; empty trusts nobody
     * @param requestFields the rules for the fields of requests on their way to nodes
     * @param responseFields the rules for the fields of responses
     * @throws IllegalArgumentException when an address cannot be read
     */
    public ListenerPolicy(
            List<String> allow,
            List<String> deny,
            List<String> trustedPeers,
            FieldRules requestFields,
            FieldRules responseFields) {
        this.allow = allow.stream().map(PathPattern::new).toList();
        this.deny = deny.stream().map(PathPattern::new).toList();
        this.requestFields = requestFields;
        this.responseFields = responseFields;
        if (trustedPeers.isEmpty()) {
            this.trustedPeers = null;
        } else {
            this.trustedPeers = new InetAddressSet();
            this.trustedPeers.addAll(trustedPeers);
        }
    }

    /** Returns the rules for the fields of requests on their way to nodes. */
    public FieldRules requestFields() {
        return requestFields;
    }

    /** Returns the rules for the fields of responses, both ours and the nodes'. */
    public FieldRules responseFields() {
        return responseFields;
    }

    /** Returns whether the forwarding fields of this request's peer are trusted. */
    public boolean trusts(Request request) {
        if (trustedPeers == null) {
            return false;
        }
        InetAddress address = request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                ? peer.getAddress()
                : null;
        return address != null && trusts(address);
    }

    /** Returns whether this is an address of a trusted peer. */
    boolean trusts(InetAddress address) {
        InetAddressSet trusted = trustedPeers;
        return trusted != null && trusted.test(address);
    }

    /** Returns whether the policy depends on the path. */
    boolean hasPathRules() {
        return !allow.isEmpty() || !deny.isEmpty();
    }

    /**
     * Returns whether this request's path is served. Both the path as sent and the path as a node may come to read it
     * (decoded, parameters cut, dot segments resolved) must be allowed and not denied, so that
     * {@code /allowed/..%2Fsecret} is refused.
     */
    public boolean allows(Request request) {
        if (allow.isEmpty() && deny.isEmpty()) {
            return true;
        }
        String raw = request.getHttpURI().getPath();
        String read = raw == null ? null : asRead(raw);
        return raw != null && read != null && serves(raw) && serves(read);
    }

    private boolean serves(String path) {
        return !matches(deny, path) && (allow.isEmpty() || matches(allow, path));
    }

    private static boolean matches(List<PathPattern> patterns, String path) {
        for (PathPattern pattern : patterns) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Resolves everything that the most lenient node would resolve; null if the result is above the root or cannot be
     * decoded.
     */
    private static @Nullable String asRead(String raw) {
        try {
            String decoded = raw;
            // Twice, for nodes behind another server that decodes once more.
            for (int i = 0; i < 2; i++) {
                decoded = URIUtil.decodePath(decoded).replace('\\', '/');
            }
            return URIUtil.normalizePath(URIUtil.compactPath(decoded));
        } catch (IllegalArgumentException undecodable) {
            return null;
        }
    }

    /** {@code /a/**} matches {@code /a} and everything below; any other pattern matches only itself. */
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
