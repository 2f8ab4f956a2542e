package io.cobrowse.load.settings;

import java.time.Duration;

/**
 * The behaviour of people. Shares are 0 to 1. Immutable.
 *
 * @param cookie the name of the stickiness cookie
 * @param readPage the time before a customer asks for help
 * @param giveToken the time that the token takes to reach the agent
 * @param agentPatience how long a customer waits for an agent, and an agent for the next customer
 * @param settlePatience how long a message may take before it counts as lost
 */
public record Journey(
        Paths paths,
        String cookie,
        Interval readPage,
        Interval giveToken,
        Duration agentPatience,
        Duration settlePatience,
        double websocket,
        double urlAgents,
        double staleCookies,
        double chats,
        double reconnects,
        double doubleClicks,
        double agentEnds,
        double abandons) {

    /** @throws IllegalArgumentException if a share is not within 0 to 1 */
    public Journey {
        double[] shares = {websocket, urlAgents, staleCookies, chats, reconnects, doubleClicks, agentEnds + abandons};
        for (double share : shares) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "journey: a share (or agent-ends + abandons) of " + share + " is not within 0 to 1");
            }
        }
    }

    /** The paths of the node's interface, below the target. */
    public record Paths(String page, String cometd, String sessions, String chats, String users) {}

    public Journey withWebsocket(double share) {
        return with(share, urlAgents);
    }

    public Journey withUrlAgents(double share) {
        return with(websocket, share);
    }

    private Journey with(double newWebsocket, double newUrlAgents) {
        return new Journey(
                paths,
                cookie,
                readPage,
                giveToken,
                agentPatience,
                settlePatience,
                newWebsocket,
                newUrlAgents,
                staleCookies,
                chats,
                reconnects,
                doubleClicks,
                agentEnds,
                abandons);
    }
}
