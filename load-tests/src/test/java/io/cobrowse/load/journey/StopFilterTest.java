package io.cobrowse.load.journey;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StopFilterTest {
    private final Logger gatling = (Logger) LoggerFactory.getLogger("io.gatling.app.Gatling");

    private FilterReply decide(Throwable cause) {
        return new StopFilter().decide(new LoggingEvent("", gatling, Level.ERROR, "Run crashed", cause, null));
    }

    @Test
    void shouldLeaveOutAStopAlone() {
        assertThat(decide(new InterruptedException())).isEqualTo(FilterReply.DENY);
        assertThat(decide(new IllegalStateException())).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(null)).isEqualTo(FilterReply.NEUTRAL);
    }
}
