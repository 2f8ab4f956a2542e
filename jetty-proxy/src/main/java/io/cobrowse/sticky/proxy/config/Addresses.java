package io.cobrowse.sticky.proxy.config;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses hosts, ports, IP addresses and URLs of hosts. Never asks a name server. Stateless. */
final class Addresses {
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*))(?::([0-9]{1,5}))?");
    /**
     * Labels as in RFC 1123 2.1. The last one must not be a number; otherwise the whole would have to be an IPv4
     * address.
     */
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*(?![0-9]+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern CIDR = Pattern.compile("([^/]*)(?:/(0|[1-9][0-9]{0,2}))?");

    private static final Pattern HTTP_URL = Pattern.compile("https?://(.*)");
    private static final int NO_PORT = -1;
    private static final int ANY_PORT = 1;

    private Addresses() {}

    /** Parses {@code host:port}, with an IPv6 address in brackets; returns null if it is invalid. */
    static @Nullable Address parse(String text) {
        return parse(text, NO_PORT);
    }

    /**
     * Parses {@code http://host[:port]} or {@code https://host[:port]} without a path; returns null if it is invalid.
     */
    static @Nullable URI parseNodeUrl(String text) {
        Matcher matcher = HTTP_URL.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        Address address = parse(matcher.group(1), ANY_PORT);
        return address == null || address.port() == 0 ? null : URI.create(text);
    }

    /** Checks an IP address or a block of addresses (RFC 4632 3.1); returns the text, or null if it is invalid. */
    static @Nullable String parsePeer(String text) {
        Matcher matcher = CIDR.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        InetAddress address = ip(matcher.group(1));
        String prefix = matcher.group(2);
        if (address == null || (prefix != null && Integer.parseInt(prefix) > address.getAddress().length * 8)) {
            return null;
        }
        return text;
    }

    /**
     * Returns whether only this machine can reach the host. Names other than {@code localhost} may stand for anything.
     */
    static boolean isLoopback(String host) {
        InetAddress address = ip(host);
        return address == null ? host.equalsIgnoreCase("localhost") : address.isLoopbackAddress();
    }

    private static @Nullable Address parse(String text, int defaultPort) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String ipv6 = matcher.group(1);
        String host = ipv6 == null ? matcher.group(2) : ipv6;
        boolean valid = ipv6 == null
                ? IPV4.matcher(host).matches() || NAME.matcher(host).matches()
                : ipv6.indexOf(':') >= 0 && ip(ipv6) != null;
        int port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
        return valid && port >= 0 && port <= 65_535 ? new Address(host, port) : null;
    }

    private static @Nullable InetAddress ip(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6_CHARACTERS.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null; // Not an IPv6 address, despite its colons.
        }
    }
}
