package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.node.CometClient.Transport;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CometTest {
    private static final List<Map<String, Object>> EVENTS = IntStream.range(0, 100)
            .mapToObj(i -> Map.<String, Object>of("n", (long) i))
            .toList();

    private CobrowseNode node;
    private String token;

    @BeforeEach
    void start() throws Exception {
        node = CobrowseNode.builder().name("node-1").build().start();
        token = Http.createSession(node);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRelayInBothDirectionsAndInOrder(Transport transport) throws Exception {
        try (CometClient customer = CometClient.handshake(node, transport);
                CometClient agent = CometClient.handshake(node, transport)) {
            customer.join(token, 1, "Ann");
            agent.join(token, 2, "Bob");
            assertThat(customer.next("joined")).isEqualTo(Map.of("userId", 2L, "role", 2L, "name", "Bob"));

            customer.publishAll("dom", EVENTS);
            for (Map<String, Object> event : EVENTS) {
                assertThat(agent.next("dom")).isEqualTo(event);
            }
            agent.publishAll("pointer", EVENTS);
            for (Map<String, Object> event : EVENTS) {
                assertThat(customer.next("pointer")).isEqualTo(event);
            }

            assertThat(node.stats())
                    .isEqualTo(new NodeStats("node-1", 1, 1, 1, node.stats().requests(), 0, 0, 200));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAJoin(Transport transport) throws Exception {
        try (CometClient customer = CometClient.handshake(node, transport);
                CometClient agent = CometClient.handshake(node, transport)) {
            Map<String, Object> first = customer.join(token, 1, "Ann");
            Map<String, Object> second = agent.join(token, 2, "Bob");

            assertThat(first).containsOnlyKeys("userToken", "userId", "users", "sessionHistoryId");
            assertThat(first).containsEntry("userId", 1L);
            assertThat(users(first)).isEmpty();
            assertThat(second).containsEntry("userId", 2L);
            assertThat(users(second)).containsExactly(Map.of("userId", 1L, "role", 1L, "name", "Ann"));
            assertThat(second.get("sessionHistoryId")).isEqualTo(first.get("sessionHistoryId"));
            assertThat(second.get("userToken")).isNotEqualTo(first.get("userToken"));
        }
    }

    /** Returns the list of users, for which the parsers of the two transports use different types. */
    private static List<Object> users(Map<String, Object> join) {
        Object users = join.get("users");
        return users instanceof List<?> list ? List.copyOf(list) : List.of((Object[]) users);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCreateASession(Transport transport) throws Exception {
        try (CometClient customer = CometClient.handshake(node, transport)) {
            String created = (String) customer.call("create", Map.of()).get("sessionToken");

            assertThat(created).matches("[0-9]{9}");
            assertThat(customer.join(created, 1, "Ann")).containsEntry("userId", 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndTheSessionWhenAPartyExits(Transport transport) throws Exception {
        try (CometClient customer = CometClient.handshake(node, transport);
                CometClient agent = CometClient.handshake(node, transport)) {
            customer.join(token, 1, "Ann");
            Object userToken = agent.join(token, 2, "Bob").get("userToken");
            customer.next("joined");

            assertThat(agent.call("exit", Map.of("userToken", userToken))).isEmpty();

            assertThat(customer.next("deactivated"))
                    .containsOnlyKeys("sessionToken", "activationTime", "deactivationTime")
                    .containsEntry("sessionToken", token);
            assertThat(agent.join(token, 2, "Bob")).containsEntry("error", "session-ended");
            assertThat(node.stats().sessions()).isZero();
            assertThat(node.stats().foreign()).isZero();
        }
    }

    @Test
    void shouldEndTheSessionWhenAClientDisconnects() throws Exception {
        try (CometClient agent = CometClient.handshake(node, Transport.LONG_POLLING)) {
            try (CometClient customer = CometClient.handshake(node, Transport.LONG_POLLING)) {
                customer.join(token, 1, "Ann");
                agent.join(token, 2, "Bob");
            }
            assertThat(agent.next("deactivated")).containsEntry("sessionToken", token);
        }
    }

    @Test
    void shouldLetOnlyAControllerStopASessionAndTellAllUsers() throws Exception {
        try (CometClient customer = CometClient.handshake(node, Transport.LONG_POLLING);
                CometClient agent = CometClient.handshake(node, Transport.WEB_SOCKET);
                CometClient controller = CometClient.handshake(node, Transport.LONG_POLLING)) {
            Object stopper = controller
                    .call("join", Map.of("sessionToken", token, "role", 3))
                    .get("userToken");
            Object userToken = customer.join(token, 1, "Ann").get("userToken");
            agent.join(token, 2, "Bob");
            customer.next("joined");
            controller.next("joined");
            controller.next("joined");

            assertThat(customer.call("stop", Map.of("userToken", userToken))).containsEntry("error", "not-controller");
            controller.publish("stop", Map.of("userToken", stopper));

            assertThat(controller.next("deactivated")).containsEntry("sessionToken", token);
            assertThat(controller.next("stop")).isEmpty();
            assertThat(customer.next("deactivated")).containsEntry("sessionToken", token);
            assertThat(agent.next("deactivated")).containsEntry("sessionToken", token);
        }
    }

    @Test
    void shouldLetAnAgentHandleOneSessionAtATime() throws Exception {
        String other = Http.createSession(node);
        try (CometClient agent = CometClient.handshake(node, Transport.LONG_POLLING)) {
            Object userToken = agent.join(token, 2, "Bob").get("userToken");

            assertThat(agent.join(other, 2, "Bob")).containsEntry("error", "already-joined");
            agent.call("exit", Map.of("userToken", userToken));
            assertThat(agent.join(other, 2, "Bob")).containsEntry("userId", 1L);
        }
    }

    @Test
    void shouldRelayOnlyFromTheRightRoleInAnActiveSession() throws Exception {
        try (CometClient customer = CometClient.handshake(node, Transport.LONG_POLLING);
                CometClient agent = CometClient.handshake(node, Transport.LONG_POLLING)) {
            assertThat(customer.call("dom", Map.of())).containsEntry("error", "not-joined");
            customer.join(token, 1, "Ann");
            assertThat(customer.call("dom", Map.of())).containsEntry("error", "not-active");
            agent.join(token, 2, "Bob");
            customer.next("joined");
            assertThat(customer.call("pointer", Map.of())).containsEntry("error", "wrong-role");
            assertThat(agent.call("dom", Map.of())).containsEntry("error", "wrong-role");
            assertThat(node.stats().relayed()).isZero();
        }
    }

    @Test
    void shouldSayWhatIsWrongWithARequest() throws Exception {
        try (CometClient client = CometClient.handshake(node, Transport.LONG_POLLING)) {
            assertThat(client.join("000000000", 1, "")).containsEntry("error", "unknown-session");
            assertThat(client.join(token, 4, "")).containsEntry("error", "bad-request");
            assertThat(client.call("join", "text")).containsEntry("error", "bad-request");
            assertThat(client.call("exit", Map.of())).containsEntry("error", "bad-request");
            assertThat(client.call("exit", Map.of("userToken", token + "-x"))).containsEntry("error", "unknown-user");
        }
    }

    @Test
    void shouldAnswer402ToStrangersAndCountThem() throws Exception {
        String connect =
                "[{\"channel\":\"/meta/connect\",\"clientId\":\"stranger\",\"connectionType\":\"long-polling\"}]";

        String answer = Http.post(node, "/cobrowse/cometd/connect", connect).body();

        assertThat(answer).contains("\"error\":\"402::").contains("\"successful\":false");
        assertThat(node.stats().unknownClients402()).isEqualTo(1);
    }

    @Test
    void shouldLetClientsGoWhenItCloses() throws Exception {
        try (CometClient customer = CometClient.handshake(node, Transport.LONG_POLLING)) {
            node.close();

            Awaitility.await().until(() -> !customer.connected());
        }
    }
}
