package io.cobrowse.load.journey;

/** By which of a client's connections a message came. */
enum Connection {
    WEB_SOCKET,
    /** The parked request. */
    POLL,
    /** The answer to a message of the client's own. */
    PUBLISH
}
