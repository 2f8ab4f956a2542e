package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.QueryScanner;
import io.cobrowse.sticky.scan.Slice;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * Finds the nodes that a request names: by query parameter (R2), {@code Referer} (R27), cookies (R3, R4) and header
 * (R5), each read in place. A node is given by its index in the table. Thread-safe; allocates nothing.
 */
final class Naming {
    /** The request names no node in this way. Unlike {@link #UNKNOWN}, this is not counted. */
    static final int ABSENT = NodeTable.ABSENT;
    /** The request names a node in this way, but not a known one. Less than ABSENT, so that the minimum keeps it. */
    static final int UNKNOWN = ABSENT - 1;
    /** A flag added to the index of a node: another cookie names another known node. No table is so large. */
    static final int DISAGREED = 1 << 30;

    private final Trace trace;

    Naming(Trace trace) {
        this.trace = trace;
    }

    int inQuery(Snapshot now, @Nullable String query) {
        if (query == null) {
            trace.tell("R2", "no query");
            return ABSENT;
        }
        String name = now.stickiness().queryParameter();
        int found = ABSENT;
        for (long value = QueryScanner.find(query, name, 0);
                value != Slice.NONE;
                value = QueryScanner.find(query, name, Slice.end(value))) {
            found = now.table().indexByEncodedId(query, Slice.start(value), Slice.end(value));
            trace.read(now, "R2", "the URL's parameter", query, value, found);
            if (found >= 0) {
                return found;
            }
            found = UNKNOWN;
        }
        trace.absent("R2", "parameter in the URL that names a node", found);
        return found;
    }

    /** Like {@link #inQuery}, for the query of another URL, in which an unknown id counts as absent. */
    int inReferer(Snapshot now, String referer) {
        String name = now.stickiness().queryParameter();
        int mark = referer.indexOf('?');
        int hash = referer.indexOf('#');
        int start = mark + 1;
        int end = hash < 0 ? referer.length() : hash;
        if (mark < 0 || start >= end) {
            trace.absent("R27", "known node in the Referer", ABSENT);
            return ABSENT;
        }
        for (long value = QueryScanner.find(referer, start, end, name, start);
                value != Slice.NONE;
                value = QueryScanner.find(referer, start, end, name, Slice.end(value))) {
            int found = now.table().indexByEncodedId(referer, Slice.start(value), Slice.end(value));
            trace.read(now, "R27", "the Referer's parameter", referer, value, found);
            if (found >= 0) {
                return found;
            }
        }
        trace.absent("R27", "known node in the Referer", ABSENT);
        return ABSENT;
    }

    int inCookies(Snapshot now, @Nullable Enumeration<String> fields, int inUrl) {
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && !settled(now, found, inUrl)) {
            found = inCookie(now, fields.nextElement(), inUrl, found);
        }
        trace.absent("R3", "cookie that names a node", found);
        return found;
    }

    /** Returns the node that the cookies of this field or of those before it name. */
    int inCookie(Snapshot now, String field, int inUrl, int before) {
        String name = now.stickiness().cookie();
        int found = before;
        for (long value = CookieScanner.find(field, name, 0);
                value != Slice.NONE;
                value = CookieScanner.find(field, name, Slice.end(value))) {
            int named = byCookieValue(now, field, Slice.start(value), Slice.end(value));
            trace.read(now, "R3", "the cookie", field, value, named);
            if (found < 0) {
                found = named >= 0 ? named : UNKNOWN;
            } else if (named >= 0 && named != (found & ~DISAGREED)) {
                found = DISAGREED | preferred(now, found & ~DISAGREED, named, inUrl);
            }
            if (settled(now, found, inUrl)) {
                return found;
            }
        }
        return found;
    }

    /** Returns whether further cookies cannot matter, so that the rest of a sticky request is not scanned. */
    private static boolean settled(Snapshot now, int found, int inUrl) {
        if (found < 0) {
            return false;
        }
        int serving = inUrl >= 0 ? inUrl : found & ~DISAGREED;
        return found == inUrl || now.table().ready(serving, Routes.URL) != null;
    }

    /** Returns which of two nodes the cookies stand for: the URL's, or else the first that can serve (R3). */
    private static int preferred(Snapshot now, int first, int second, int inUrl) {
        if (first == inUrl || second == inUrl) {
            return inUrl;
        }
        boolean better = !now.table().state(first).available()
                && now.table().state(second).available();
        return better ? second : first;
    }

    int inHeaders(Snapshot now, @Nullable Enumeration<String> fields) {
        if (now.stickiness().header() == null) {
            return ABSENT;
        }
        int found = ABSENT;
        while (fields != null && fields.hasMoreElements() && found < 0) {
            String value = fields.nextElement();
            if (!value.isEmpty()) {
                int byValue = byCookieValue(now, value, 0, value.length());
                found = byValue >= 0 ? byValue : UNKNOWN;
                trace.read(now, "R5", "the header", value, Slice.of(0, value.length()), found);
            }
        }
        return found;
    }

    /** Looks up a whole cookie value and then, with route suffixes, the text after its last dot (R5). */
    private static int byCookieValue(Snapshot now, String text, int start, int end) {
        NodeTable table = now.table();
        int found = table.indexByCookie(text, start, end);
        if (found >= 0 || !now.stickiness().routeSuffix()) {
            return found;
        }
        int suffix = end;
        while (suffix > start && text.charAt(suffix - 1) != '.') {
            suffix--;
        }
        return suffix > start ? table.indexByCookie(text, suffix, end) : ABSENT;
    }
}
