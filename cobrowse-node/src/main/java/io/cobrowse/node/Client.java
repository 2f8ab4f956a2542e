package io.cobrowse.node;

/** Where a user's messages go. Deliveries on one client arrive in the order of the calls. */
interface Client {
    void deliver(String channel, Object data);
}
