package io.cobrowse.load.journey;

import java.util.Locale;

/** The messages that clients send, as JSON. Stateless. */
final class Bayeux {
    static final String JOIN = "/service/session/join";
    static final String EXIT = "/service/session/exit";
    static final String DOM = "/service/session/dom";
    static final String POINTER = "/service/session/pointer";
    static final String JOINED = "/service/session/joined";
    static final String DEACTIVATED = "/service/session/deactivated";

    private Bayeux() {}

    static String handshake(Party party) {
        return String.format(
                Locale.ROOT,
                "[{\"channel\":\"/meta/handshake\",\"id\":\"%s\",\"version\":\"1.0\","
                        + "\"supportedConnectionTypes\":[\"%s\"]}]",
                party.nextId(),
                transport(party));
    }

    static String connect(Party party) {
        return String.format(
                Locale.ROOT,
                "[{\"channel\":\"/meta/connect\",\"id\":\"%s\",\"clientId\":\"%s\",\"connectionType\":\"%s\"}]",
                party.nextId(),
                party.clientId,
                transport(party));
    }

    static String disconnect(Party party) {
        return String.format(
                Locale.ROOT,
                "[{\"channel\":\"/meta/disconnect\",\"id\":\"%s\",\"clientId\":\"%s\"}]",
                party.nextId(),
                party.clientId);
    }

    private static String transport(Party party) {
        return party.pair.webSocket ? "websocket" : "long-polling";
    }

    static String join(Party party) {
        return publish(
                party,
                JOIN,
                String.format(
                        Locale.ROOT,
                        "\"sessionToken\":\"%s\",\"role\":%d,\"name\":\"%d\"",
                        party.pair.token,
                        party.isCustomer() ? 1 : 2,
                        party.pair.number));
    }

    static String exit(Party party) {
        return publish(party, EXIT, "\"userToken\":\"" + party.userToken + "\"");
    }

    /** Returns a DOM change or a pointer event, with the data to check and time it at the other end. */
    static String event(Party party, int number, String text) {
        return publish(
                party,
                party.isCustomer() ? DOM : POINTER,
                "\"pair\":" + party.pair.number + ",\"n\":" + number + ",\"due\":" + party.due + ",\"html\":\"" + text
                        + "\"");
    }

    private static String publish(Party party, String channel, String fields) {
        return "[{\"channel\":\"" + channel + "\",\"id\":\"" + party.nextId() + "\",\"clientId\":\"" + party.clientId
                + "\",\"data\":{" + fields + "}}]";
    }
}
