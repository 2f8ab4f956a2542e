package io.cobrowse.node;

import java.util.Map;

/** Thrown for a request that breaks a rule of the sessions; its code and message go to the client. */
final class Refusal extends Exception {
    private final String code;

    /** @param code one of the codes listed in {@link SessionService} */
    Refusal(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    String code() {
        return code;
    }

    Map<String, Object> answer() {
        return Map.of("error", code, "message", String.valueOf(getMessage()));
    }
}
