package io.cobrowse.sticky.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.exchange.Failover.Action;
import io.cobrowse.sticky.proxy.exchange.Failover.Event;
import io.cobrowse.sticky.proxy.exchange.Failover.Facts;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** R10, R18 and R19 as a table. */
class FailoverTest {
    /** A request with only the facts that the case states. */
    private static final class Request {
        private boolean affinity;
        private int tried = 1;
        private boolean connectedAgain;
        private boolean sent;
        private boolean lostBefore;
        private boolean repeatable;
        private boolean parked;
        private boolean keptTooLong;
        private boolean answerBegun;
        private boolean committed;

        Request named() {
            affinity = true;
            return this;
        }

        Request tried(int nodes) {
            tried = nodes;
            return this;
        }

        Request connectedAgain() {
            connectedAgain = true;
            return this;
        }

        Request sent() {
            sent = true;
            return this;
        }

        Request lostBefore() {
            lostBefore = true;
            return sent();
        }

        Request get() {
            repeatable = true;
            return this;
        }

        Request parked() {
            parked = true;
            return sent();
        }

        Request keptTooLong() {
            keptTooLong = true;
            return sent();
        }

        Request answerBegun() {
            answerBegun = true;
            return sent();
        }

        Request committed() {
            committed = true;
            return answerBegun();
        }

        Facts facts() {
            return new Facts(
                    affinity,
                    tried,
                    connectedAgain,
                    sent,
                    lostBefore,
                    repeatable,
                    parked,
                    keptTooLong,
                    answerBegun,
                    committed);
        }
    }

    private record Case(String rule, Event event, Request request, boolean budget, Action action) {
        @Override
        public String toString() {
            return rule;
        }
    }

    private static Request request() {
        return new Request();
    }

    private static Case with(String rule, Event event, Request request, Action action) {
        return new Case(rule, event, request, true, action);
    }

    private static Case without(String rule, Event event, Request request, Action action) {
        return new Case(rule, event, request, false, action);
    }

    static Stream<Case> cases() {
        return Stream.of(
                with(
                        "no affinity, first node refuses: another",
                        Event.CONNECT_FAILED,
                        request(),
                        Action.TRY_ANOTHER_NODE),
                with(
                        "no affinity, second refuses: another",
                        Event.CONNECT_FAILED,
                        request().tried(2),
                        Action.TRY_ANOTHER_NODE),
                with(
                        "no affinity, third refuses: R18",
                        Event.CONNECT_FAILED,
                        request().tried(3),
                        Action.NO_NODE),
                without("no affinity, no budget: R18", Event.CONNECT_FAILED, request(), Action.NO_NODE),
                with(
                        "affinity, node refuses: once more",
                        Event.CONNECT_FAILED,
                        request().named(),
                        Action.CONNECT_AGAIN),
                with(
                        "affinity, refuses twice: R10",
                        Event.CONNECT_FAILED,
                        request().named().connectedAgain(),
                        Action.NODE_GONE),
                without(
                        "affinity, no budget: R10",
                        Event.CONNECT_FAILED,
                        request().named(),
                        Action.NODE_GONE),
                with(
                        "reconnect after a loss refused: R10",
                        Event.CONNECT_FAILED,
                        request().lostBefore(),
                        Action.NODE_GONE),
                with(
                        "the same for a poll",
                        Event.CONNECT_FAILED,
                        request().named().parked().lostBefore(),
                        Action.NODE_GONE),
                with("GET lost: once more", Event.LOST, request().sent().get(), Action.CONNECT_AGAIN),
                without("GET lost, no budget: 502", Event.LOST, request().sent().get(), Action.FAILED),
                without(
                        "GET on a connection kept too long needs none",
                        Event.LOST,
                        request().keptTooLong().get(),
                        Action.CONNECT_AGAIN),
                with("POST lost: 502", Event.LOST, request().sent(), Action.FAILED),
                with(
                        "POST on a connection kept too long: 502",
                        Event.LOST,
                        request().keptTooLong(),
                        Action.FAILED),
                with("GET lost twice: 502", Event.LOST, request().lostBefore().get(), Action.FAILED),
                without(
                        "parked poll lost: the node is asked for",
                        Event.LOST,
                        request().named().parked(),
                        Action.CONNECT_AGAIN),
                with(
                        "lost behind the first byte: 502 while that can be said",
                        Event.LOST,
                        request().answerBegun().get(),
                        Action.FAILED),
                with(
                        "lost behind the head: aborted",
                        Event.LOST,
                        request().committed().get(),
                        Action.ABORT),
                with("time-out: 504", Event.TIMED_OUT, request().sent().get(), Action.TIMED_OUT),
                with(
                        "time-out behind the head: aborted",
                        Event.TIMED_OUT,
                        request().committed(),
                        Action.ABORT),
                with(
                        "evicted from the queue with affinity: R10",
                        Event.EVICTED,
                        request().named(),
                        Action.NODE_GONE),
                with("evicted from the queue without: another", Event.EVICTED, request(), Action.TRY_ANOTHER_NODE),
                with(
                        "evicted while it waits: R10, whatever named the node",
                        Event.EVICTED,
                        request().sent(),
                        Action.NODE_GONE),
                with(
                        "no connection left, affinity: busy",
                        Event.NO_CONNECTION_LEFT,
                        request().named(),
                        Action.NODE_BUSY),
                with("no connection left, none: another", Event.NO_CONNECTION_LEFT, request(), Action.TRY_ANOTHER_NODE),
                with(
                        "the proxy is exhausted: no other node would help",
                        Event.PROXY_EXHAUSTED,
                        request(),
                        Action.OVERLOADED),
                with(
                        "and no cookie expires for it",
                        Event.PROXY_EXHAUSTED,
                        request().named(),
                        Action.OVERLOADED));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldDecide(Case each) {
        assertThat(Failover.decide(each.event(), each.request().facts(), each::budget))
                .isEqualTo(each.action());
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWhereItIsWhateverHappensBehindTheHead(Event event) {
        assertThat(Failover.decide(event, request().committed().facts(), () -> true))
                .isEqualTo(Action.ABORT);
    }

    @Test
    void shouldTakeNoRetryOutOfTheBudgetForWhatIsNone() {
        AtomicInteger asked = new AtomicInteger();
        Failover.decide(Event.LOST, request().keptTooLong().get().facts(), () -> asked.incrementAndGet() > 0);
        Failover.decide(Event.LOST, request().sent().facts(), () -> asked.incrementAndGet() > 0);
        Failover.decide(Event.TIMED_OUT, request().sent().get().facts(), () -> asked.incrementAndGet() > 0);
        assertThat(asked).hasValue(0);
    }
}
