package io.cobrowse.node;

/** The receiver of a user's messages. Messages to one client arrive in the order of the calls. */
interface Client {
    void deliver(String channel, Object data);
}
