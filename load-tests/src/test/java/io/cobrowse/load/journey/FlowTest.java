package io.cobrowse.load.journey;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlowTest {
    private static Flow sent(int messages) {
        Flow flow = new Flow();
        for (int i = 0; i < messages; i++) {
            flow.next();
        }
        return flow;
    }

    @Test
    void shouldMissWhatHasNotCome() {
        Flow flow = sent(3);
        flow.arrive(0, Connection.WEB_SOCKET);
        flow.arrive(2, Connection.WEB_SOCKET);

        assertThat(flow.missing()).isEqualTo(1);
    }

    @Test
    void shouldFindAMessageBehindALaterOne() {
        Flow flow = sent(3);

        assertThat(flow.arrive(1, Connection.WEB_SOCKET)).isEqualTo(Flow.Arrival.IN_ORDER);
        assertThat(flow.arrive(0, Connection.WEB_SOCKET)).isEqualTo(Flow.Arrival.REORDERED);
    }

    @Test
    void shouldFindAMessageThatComesTwice() {
        Flow flow = sent(2);
        flow.arrive(0, Connection.POLL);

        assertThat(flow.arrive(0, Connection.PUBLISH)).isEqualTo(Flow.Arrival.REORDERED);
    }

    @Test
    void shouldLetTheTwoConnectionsOfALongPollingClientOvertakeEachOther() {
        Flow flow = sent(3);

        assertThat(flow.arrive(1, Connection.PUBLISH)).isEqualTo(Flow.Arrival.IN_ORDER);
        assertThat(flow.arrive(0, Connection.POLL)).isEqualTo(Flow.Arrival.IN_ORDER);
        assertThat(flow.arrive(2, Connection.POLL)).isEqualTo(Flow.Arrival.IN_ORDER);
        assertThat(flow.missing()).isZero();
    }

    @Test
    void shouldFindAMessageThatNobodySent() {
        assertThat(sent(1).arrive(1, Connection.WEB_SOCKET)).isEqualTo(Flow.Arrival.REORDERED);
    }
}
