package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SessionsTest {
    private final ManualClock clock = new ManualClock();
    private final List<String> events = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Sessions sessions =
            new Sessions("node-1", clock, event -> events.add(event.kind() + " " + event.detail()));

    @Test
    void shouldGiveTokensOfNineDigits() {
        assertThat(sessions.create("over REST").token()).matches("[0-9]{9}");
    }

    @Test
    void shouldFindASessionByItsTokenAndByAUsersToken() throws Refusal {
        CobrowseSession session = sessions.create("");
        Participant customer = join(session, Role.CUSTOMER, "Ann");

        assertThat(sessions.find(session.token())).isSameAs(session);
        assertThat(sessions.ofUser(customer.userToken())).isSameAs(session);
        assertThat(sessions.find("000000000x")).isNull();
        assertThat(sessions.ofUser("x")).isNull();
    }

    @Test
    void shouldBeIdleUntilTheAgentJoins() throws Refusal {
        CobrowseSession session = sessions.create("");
        join(session, Role.CUSTOMER, "Ann");
        join(session, Role.CONTROLLER, "");
        assertThat(session.partner(Role.CUSTOMER)).isNull();

        clock.now = 5_000;
        Participant agent = join(session, Role.AGENT, "Bob");

        assertThat(session.partner(Role.AGENT)).isEqualTo(agent);
        assertThat(session.times()).containsEntry("activationTime", 5_000L).containsEntry("deactivationTime", 0L);
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSTOMER", "AGENT"})
    void shouldEndWhenOnePartyExits(Role party) throws Refusal {
        CobrowseSession session = sessions.create("");
        Participant customer = join(session, Role.CUSTOMER, "Ann");
        Participant agent = join(session, Role.AGENT, "Bob");
        clock.now = 7_000;

        sessions.exit(party == Role.CUSTOMER ? customer : agent);

        assertThat(session.ended()).isTrue();
        assertThat(session.times()).containsEntry("deactivationTime", 7_000L);
        assertThat(told).last().isEqualTo((party == Role.CUSTOMER ? "Bob" : "Ann") + " " + CobrowseSession.DEACTIVATED);
        assertThat(sessions.open()).isZero();
    }

    @Test
    void shouldGoOnWhenAControllerExits() throws Refusal {
        CobrowseSession session = sessions.create("");
        join(session, Role.CUSTOMER, "Ann");

        sessions.exit(join(session, Role.CONTROLLER, ""));

        assertThat(session.ended()).isFalse();
    }

    @Test
    void shouldEndWhenNobodyIsLeft() throws Refusal {
        CobrowseSession session = sessions.create("");

        sessions.exit(join(session, Role.CONTROLLER, ""));

        assertThat(session.ended()).isTrue();
    }

    @Test
    void shouldNotBeJoinedAgainAfterTheEnd() throws Refusal {
        CobrowseSession session = sessions.create("");
        Participant customer = join(session, Role.CUSTOMER, "Ann");
        sessions.exit(customer);

        assertThatThrownBy(() -> join(session, Role.CUSTOMER, "Ann"))
                .isInstanceOf(Refusal.class)
                .hasMessage("Session " + session.token() + " has ended and cannot be re-joined.");
        sessions.exit(customer);
        assertThat(events).filteredOn(event -> event.startsWith("exited")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSTOMER", "AGENT"})
    void shouldHaveOneCustomerAndOneAgent(Role party) throws Refusal {
        CobrowseSession session = sessions.create("");
        join(session, party, "Ann");

        assertThatThrownBy(() -> join(session, party, "Eve"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("already");
    }

    @Test
    void shouldHaveAnyNumberOfControllers() throws Refusal {
        CobrowseSession session = sessions.create("");
        join(session, Role.CONTROLLER, "");

        assertThat(join(session, Role.CONTROLLER, "").userId()).isEqualTo(2);
    }

    @Test
    void shouldTellTheJoiningUserBeforeTheOthers() throws Refusal {
        CobrowseSession session = sessions.create("");
        join(session, Role.CUSTOMER, "Ann");
        join(session, Role.AGENT, "Bob");

        assertThat(told)
                .containsExactly(
                        "Ann " + CobrowseSession.JOIN, "Bob " + CobrowseSession.JOIN, "Ann " + CobrowseSession.JOINED);
    }

    @Test
    void shouldReportWhatHappens() throws Refusal {
        CobrowseSession session = sessions.create("over REST");
        join(session, Role.CUSTOMER, "Ann");
        sessions.stop(session, "controller");
        sessions.stop(session, "controller");

        assertThat(events)
                .containsExactly("created over REST", "joined customer Ann", "stopped controller", "ended stopped");
    }

    @Test
    void shouldDropASessionThatNobodyJoins() throws Refusal {
        CobrowseSession unjoined = sessions.create("");
        CobrowseSession joined = sessions.create("");
        join(joined, Role.CUSTOMER, "Ann");
        clock.now = Sessions.UNJOINED_LIMIT.toMillis() - 1;
        sessions.create("");
        assertThat(unjoined.ended()).isFalse();

        clock.now = Sessions.UNJOINED_LIMIT.toMillis();
        sessions.create("");

        assertThat(unjoined.ended()).isTrue();
        assertThat(joined.ended()).isFalse();
        assertThat(events).contains("ended nobody joined");
    }

    @Test
    void shouldForgetEndedSessionsBeyondALimit() {
        CobrowseSession first = sessions.create("");
        sessions.stop(first, "");
        for (int i = 1; i < Sessions.ENDED_LIMIT; i++) {
            sessions.stop(sessions.create(""), "");
        }
        assertThat(sessions.find(first.token())).isSameAs(first);

        CobrowseSession last = sessions.create("");
        sessions.stop(last, "");

        assertThat(sessions.find(first.token())).isNull();
        assertThat(sessions.find(last.token())).isSameAs(last);
    }

    private Participant join(CobrowseSession session, Role role, String name) throws Refusal {
        return sessions.join(session, role, name, (channel, data) -> told.add(name + " " + channel));
    }

    private static final class ManualClock extends Clock {
        private long now;

        @Override
        public long millis() {
            return now;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plus(Duration.ofMillis(now));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
