package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.FieldRules;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Changes the fields of a response when it is sent, whatever its origin. Nothing but the connection comes after this.
 */
final class ResponseFields extends HttpStream.Wrapper {
    private final FieldRules rules;

    ResponseFields(HttpStream wrapped, FieldRules rules) {
        super(wrapped);
        this.rules = rules;
    }

    @Override
    public void send(
            MetaData.Request request,
            MetaData.@Nullable Response response,
            boolean last,
            @Nullable ByteBuffer content,
            Callback callback) {
        super.send(request, response == null ? null : changed(response), last, content, callback);
    }

    private MetaData.Response changed(MetaData.Response response) {
        int status = response.getStatus();
        if (HttpStatus.isInformational(status) && status != HttpStatus.SWITCHING_PROTOCOLS_101) {
            return response;
        }
        return new MetaData.Response(
                status,
                response.getReason(),
                response.getHttpVersion(),
                rules.apply(response.getHttpFields()),
                response.getContentLength(),
                response.getTrailersSupplier());
    }
}
