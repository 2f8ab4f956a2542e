package io.cobrowse.load.journey;

/** The connection of a client on which a message arrived. */
enum Connection {
    WEB_SOCKET,
    /** The connection of the parked request. */
    POLL,
    /** The connection of the client's own messages, in an answer to one of them. */
    PUBLISH
}
