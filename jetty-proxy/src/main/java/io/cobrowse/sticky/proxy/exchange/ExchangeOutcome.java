package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.routing.Route;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** How an exchange ended, as its listeners are told. */
record ExchangeOutcome(
        Request request,
        int status,
        @Nullable Route route,
        @Nullable Route firstRoute,
        End end,
        @Nullable HttpFields answerFields,
        int retries,
        long beginMillis,
        long queueNanos,
        long connectedNanos,
        long firstByteNanos,
        long totalNanos,
        long requestBytes,
        long responseBytes,
        boolean tunnel,
        boolean tunnelClosed)
        implements Outcome {}
