package io.cobrowse.load.journey;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Step;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives the CometD messages of all clients: checks them, times them, and notifies the parties. Thread-safe. */
final class Inbox {
    /** The refusal of a second join, which happens when people click twice. */
    private static final String ALREADY_JOINED = "already-joined";

    private final LoadRun run;
    private final Lobby lobby;

    Inbox(LoadRun run) {
        this.run = run;
        this.lobby = run.lobby();
    }

    /**
     * Takes a text from a WebSocket; only its content shows whom it is for.
     *
     * @return the reply: after a connect, the next connect; null for none
     */
    @Nullable
    String takeText(String text) {
        long now = System.nanoTime();
        String reply = null;
        for (Message message : read(text)) {
            Party party = message.id.isEmpty() ? null : lobby.partyOf(message.id);
            take(message, party, Connection.WEB_SOCKET, now);
            if (message.channel.equals("/meta/connect") && message.successful && party != null && !party.closed) {
                reply = Bayeux.connect(party);
            }
        }
        return reply;
    }

    /**
     * Takes the body of an answer to a party's request.
     *
     * @return the messages
     */
    List<Message> takeBody(String body, Party party, Connection connection) {
        long now = System.nanoTime();
        List<Message> messages = read(body);
        messages.forEach(message -> take(message, party, connection, now));
        return messages;
    }

    private List<Message> read(String text) {
        try {
            return Message.read(text);
        } catch (IOException malformed) {
            run.incident(Incident.REFUSED, "", "CometD messages that are no JSON: " + malformed.getMessage());
            return List.of();
        }
    }

    private void take(Message message, @Nullable Party party, Connection connection, long now) {
        if (party != null && party.closed && !(message.error.isEmpty() && message.refusal.isEmpty())) {
            return; // A poll crossed with the client's own disconnect.
        }
        if (message.unknownClient()) {
            if (party != null) {
                party.closed = true;
            }
            run.incident(Incident.UNKNOWN_CLIENT, owner(party), message + " to " + name(party));
        } else if (!message.error.isEmpty()) {
            run.incident(Incident.REFUSED, owner(party), message + " to " + name(party));
        } else if (!message.refusal.isEmpty()) {
            if (!message.refusal.equals(ALREADY_JOINED)) {
                run.incident(Incident.REFUSED, owner(party), message + " to " + name(party));
            }
        } else {
            takeEvent(message, party, connection, now);
        }
    }

    private void takeEvent(Message message, @Nullable Party party, Connection connection, long now) {
        switch (message.channel) {
            case Bayeux.DOM, Bayeux.POINTER -> takeShared(message, connection, now);
            case Bayeux.JOIN -> {
                if (party != null && !message.userToken.isEmpty()) {
                    party.userToken = message.userToken;
                    party.joinedNanos = now;
                }
            }
            case Bayeux.JOINED -> {
                Pair pair = lobby.pair(number(message.name));
                if (pair != null) {
                    pair.agentJoined = true;
                }
            }
            case Bayeux.DEACTIVATED -> {
                Pair pair = lobby.pairOf(message.sessionToken);
                if (pair != null) {
                    endTold(pair);
                }
            }
            case "/meta/handshake" -> {
                if (party != null) {
                    party.clientId = message.clientId;
                }
            }
            default -> {
                // The node's answers to messages of the client.
            }
        }
    }

    private void endTold(Pair pair) {
        pair.endTold();
        if (!pair.ending && pair.lose()) {
            run.incident(Incident.REFUSED, pair.owner, "the node ended the session of " + pair);
        }
    }

    private static int number(String name) {
        return name.matches("\\d{1,9}") ? Integer.parseInt(name) : -1;
    }

    private void takeShared(Message message, Connection connection, long now) {
        if (message.number < 0) {
            return; // The answer to a message of the client.
        }
        Pair pair = lobby.pair(message.pair);
        if (pair == null) {
            return; // It arrived after the customer had left.
        }
        boolean toAgent = message.channel.equals(Bayeux.DOM);
        Flow flow = toAgent ? pair.toAgent : pair.toCustomer;
        if (flow.arrive(message.number, connection) == Flow.Arrival.REORDERED) {
            run.incident(
                    Incident.REORDERED_MESSAGE,
                    pair.owner,
                    "message " + message.number + (toAgent ? " to the agent of " : " to the customer of ") + pair);
        }
        run.messageCame();
        Step step = !toAgent ? Step.POINTER_SHOWN : message.number == 0 ? Step.PAGE_SHOWN : Step.CHANGE_SHOWN;
        run.latency(step, pair.owner, now - message.due);
    }

    private static String owner(@Nullable Party party) {
        return party == null ? "" : party.pair.owner;
    }

    private static String name(@Nullable Party party) {
        return party == null ? "a WebSocket client" : party.toString();
    }
}
