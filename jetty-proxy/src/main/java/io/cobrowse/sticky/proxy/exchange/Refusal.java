package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.ProblemDocument;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;

/** An answer of the proxy itself that ends an exchange; the outcome is reported once it has been sent. */
record Refusal(Exchanges exchanges, ClientSide client, Outcome outcome) {
    void send(ProblemDocument problem) {
        answer((request, response) -> exchanges.answers().send(problem, request, response));
    }

    /** Sends the answer of a route that leads to no node. */
    void send(Route route) {
        answer((request, response) -> exchanges.answers().send(route, request, response));
    }

    /** Sends the answer that the node has no place now, but may have one soon. */
    void sendBusy(Node node) {
        answer((request, response) -> {
            response.setHeader("Retry-After", "1");
            exchanges.answers().send(ForwardingProblems.nodeBusy(node), request, response);
        });
    }

    private void answer(ClientSide.Answer answer) {
        client.answer(answer, () -> exchanges.tell(outcome));
    }
}
