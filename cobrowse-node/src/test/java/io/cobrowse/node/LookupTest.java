package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Look-ups of a session on a node that does not own it. */
class LookupTest {
    private CobrowseNode asked;
    private CobrowseNode owner;
    private CobrowseNode third;
    private String path;
    private String token;

    @BeforeEach
    void start() throws Exception {
        asked = CobrowseNode.builder().name("asked").build().start();
        owner = CobrowseNode.builder()
                .name("owner")
                .serverUrl(URI.create("http://lb.example?co-browse-node-id=2"))
                .build()
                .start();
        third = CobrowseNode.builder().name("third").build().start();
        token = Http.createSession(owner);
        path = "/cobrowse/rest/live/sessions/" + token;
    }

    @AfterEach
    void stop() {
        asked.close();
        owner.close();
        third.close();
    }

    @Test
    void shouldAnswerForTheOwner() throws Exception {
        asked.setPeers(List.of(asked.uri(), owner.uri(), third.uri()));

        HttpResponse<String> answer = Http.get(asked, path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Http.get(owner, path).body());
        assertThat(Http.json(answer))
                .containsEntry("sessionServerName", "owner")
                .containsEntry("sessionServerUrl", "http://lb.example?co-browse-node-id=2");
        assertThat(answer.headers().firstValue("X-Cobrowse-Node")).hasValue("asked");
        assertThat(Http.stickiness(answer)).isEmpty();
        assertThat(asked.stats().foreign()).isZero();
    }

    @Test
    void shouldNotLetAPeerAskItsPeers() throws Exception {
        asked.setPeers(List.of(third.uri()));
        third.setPeers(List.of(owner.uri(), asked.uri()));

        assertThat(Http.get(asked, path).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldAnswer404WithoutPeers() throws Exception {
        assertThat(Http.get(asked, path).statusCode()).isEqualTo(404);
    }

    @Test
    void shouldNotWaitForAHangingPeerWhereAnotherOwnsTheSession() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0)) {
            PeerLookup patient = new PeerLookup(Duration.ofHours(1));
            patient.peers(List.of(uri(hanging), owner.uri()));

            assertThat(patient.find(token).get(20, TimeUnit.SECONDS))
                    .hasValue(Http.get(owner, path).body());
        }
    }

    @Test
    void shouldAnswer404InABoundedTimeWhileAPeerHangs() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0)) {
            asked.setPeers(List.of(uri(hanging), third.uri()));

            assertThat(Http.get(asked, path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void shouldDoWithoutADeadPeer() throws Exception {
        URI dead;
        try (ServerSocket closed = new ServerSocket(0)) {
            dead = uri(closed);
        }
        asked.setPeers(List.of(dead, owner.uri()));

        assertThat(Http.get(asked, path).statusCode()).isEqualTo(200);
        assertThat(Http.get(asked, "/cobrowse/rest/live/sessions/000000000").statusCode())
                .isEqualTo(404);
    }

    private static URI uri(ServerSocket socket) {
        return URI.create("http://localhost:" + socket.getLocalPort());
    }
}
