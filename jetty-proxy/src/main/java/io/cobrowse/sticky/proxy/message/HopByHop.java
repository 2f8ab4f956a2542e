package io.cobrowse.sticky.proxy.message;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** The fields that end at a proxy (RFC 9110, 7.6.1). */
public final class HopByHop {
    private HopByHop() {}

    /**
     * Returns the further names that the message's {@code Connection} fields declare hop-by-hop; allocates only if
     * there are any.
     */
    public static List<String> connectionOptions(HttpFields fields) {
        List<String> options = List.of();
        for (int i = 0; i < fields.size(); i++) { // An iterator would be the only thing allocated.
            HttpField field = fields.getField(i);
            if (field.getHeader() == HttpHeader.CONNECTION) {
                options = add(options, field.getValue());
            }
        }
        return options;
    }

    private static List<String> add(List<String> options, String value) {
        if ("keep-alive".equalsIgnoreCase(value) || "close".equalsIgnoreCase(value)) {
            return options;
        }
        List<String> all = new ArrayList<>(options);
        for (String option : value.split(",", -1)) {
            String name = option.trim();
            // The sender may not remove fields that frame the message or name the target.
            if (!name.isEmpty()
                    && !HttpHeader.CONTENT_LENGTH.is(name)
                    && !HttpHeader.HOST.is(name)
                    && !HttpHeader.COOKIE.is(name)) {
                all.add(name);
            }
        }
        return all;
    }

    /** Returns whether {@code field} is not forwarded. */
    public static boolean drops(HttpField field, List<String> connectionOptions) {
        HttpHeader header = field.getHeader();
        if (header != null) {
            switch (header) {
                case CONNECTION,
                        KEEP_ALIVE,
                        PROXY_CONNECTION,
                        PROXY_AUTHENTICATE,
                        PROXY_AUTHORIZATION,
                        TE,
                        TRANSFER_ENCODING,
                        UPGRADE -> {
                    return true;
                }
                default -> {}
            }
        }
        for (int i = 0; i < connectionOptions.size(); i++) {
            if (connectionOptions.get(i).equalsIgnoreCase(field.getName())) {
                return true;
            }
        }
        return false;
    }
}
