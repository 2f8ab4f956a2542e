package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** Reads and sends the JSON of the admin interface. Stateless. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private static final String TYPE = "application/json";

    private Json() {}

    /** Answers a request whose body has been read. */
    interface Answer {
        void to(byte[] body) throws JsonProcessingException;
    }

    static byte[] bytes(Object value) throws JsonProcessingException {
        return MAPPER.writeValueAsBytes(value);
    }

    static void send(Object value, Response response, Callback callback) throws JsonProcessingException {
        send(TYPE, bytes(value), response, callback);
    }

    static void send(String type, byte[] body, Response response, Callback callback) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Returns whether the method is GET or HEAD; answers the request if it is not. */
    static boolean isGet(Request request, Response response, Callback callback) {
        if (HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod())) {
            return true;
        }
        response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
        AdminHandler.problem(405, "method-not-allowed", "Allowed are GET and HEAD.", response, callback);
        return false;
    }

    /**
     * Reads the JSON body of a POST and passes it to the answer. Answers with an error itself if the method or content
     * type is wrong or the body is longer than {@code maxBytes}.
     */
    static void post(int maxBytes, Request request, Response response, Callback callback, Answer answer) {
        String contentType = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        String type = contentType == null ? null : MimeTypes.getContentTypeWithoutCharset(contentType);
        if (!HttpMethod.POST.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "POST");
            AdminHandler.problem(405, "method-not-allowed", "Allowed is POST.", response, callback);
        } else if (!TYPE.equalsIgnoreCase(type)) {
            AdminHandler.problem(
                    415, "unsupported-media-type", "Content-Type has to be application/json.", response, callback);
        } else {
            Content.Source.asByteArrayAsync(request, maxBytes, new Body(maxBytes, response, callback, answer));
        }
    }

    private record Body(int maxBytes, Response response, Callback callback, Answer answer)
            implements Promise.Invocable<byte[]> {
        @Override
        public void succeeded(byte @Nullable [] body) {
            try {
                answer.to(body == null ? new byte[0] : body);
            } catch (JsonProcessingException | RuntimeException failure) {
                callback.failed(failure);
            }
        }

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof IllegalStateException) {
                AdminHandler.problem(
                        413,
                        "content-too-large",
                        "The body may have at most " + maxBytes + " bytes.",
                        response,
                        callback);
            } else {
                callback.failed(cause);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
