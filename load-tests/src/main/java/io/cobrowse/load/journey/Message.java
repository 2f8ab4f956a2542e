package io.cobrowse.load.journey;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The relevant parts of a CometD message from a node. Absent texts are empty, absent numbers -1. Not thread-safe. */
final class Message {
    private static final JsonFactory JSON = new JsonFactory();

    String channel = "";
    String id = "";
    String clientId = "";
    /** CometD's own error, such as {@code 402::Unknown client}. */
    String error = "";
    /** The node's own error, such as {@code unknown-session}. */
    String refusal = "";

    String userToken = "";
    String sessionToken = "";
    String name = "";
    int pair = -1;
    int number = -1;
    long due = -1;
    boolean successful = true;

    /**
     * Reads an array of messages. The texts of events are skipped, not built.
     *
     * @throws IOException if it is not such JSON
     */
    static List<Message> read(String json) throws IOException {
        List<Message> messages = new ArrayList<>(2);
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("CometD messages are an array, not " + parser.currentToken());
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                Message message = new Message();
                message.readFields(parser, false);
                messages.add(message);
            }
        }
        return messages;
    }

    private void readFields(JsonParser parser, boolean inData) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("data") && value == JsonToken.START_OBJECT) {
                readFields(parser, true);
            } else if (value.isStructStart()) {
                parser.skipChildren();
            } else if (inData) {
                readData(field, parser);
            } else {
                readEnvelope(field, parser);
            }
        }
    }

    private void readEnvelope(String field, JsonParser parser) throws IOException {
        switch (field) {
            case "channel" -> channel = parser.getText();
            case "id" -> id = parser.getText();
            case "clientId" -> clientId = parser.getText();
            case "error" -> error = parser.getText();
            case "successful" -> successful = parser.getBooleanValue();
            default -> {
                // Not relevant.
            }
        }
    }

    private void readData(String field, JsonParser parser) throws IOException {
        switch (field) {
            case "pair" -> pair = parser.getIntValue();
            case "n" -> number = parser.getIntValue();
            case "due" -> due = parser.getLongValue();
            case "userToken" -> userToken = parser.getText();
            case "sessionToken" -> sessionToken = parser.getText();
            case "name" -> name = parser.getText();
            case "error" -> refusal = parser.getText();
            default -> {
                // The event's text, and other data of the node.
            }
        }
    }

    boolean unknownClient() {
        return error.startsWith("402");
    }

    @Override
    public String toString() {
        return channel + " " + id + " " + error + refusal;
    }
}
