package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.routing.Router;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionAuditTest {
    private static final String SESSIONS = "/cobrowse/rest/live/sessions";
    private static final String COMETD = "/cobrowse/cometd";

    private final Router router = Cluster.of(3);
    private final SessionAudit audit = new SessionAudit(router, 3);
    private final List<String> found = new ArrayList<>();

    private void check(FakeOutcome outcome) {
        audit.check(
                outcome,
                (kind, node, named) ->
                        found.add(kind.text() + " " + node.id() + " " + (named == null ? "none" : named.id())));
    }

    private FakeOutcome outcome(int node, String method, String target) {
        return new FakeOutcome(Cluster.byUrl(router, node), method, target, HttpFields.EMPTY);
    }

    private static String session(int token, String server) {
        return "{\"sessionToken\":\"" + token + "\",\"sessionServerName\":\"" + server + "\"}";
    }

    private void created(int node, int token) {
        FakeOutcome outcome = outcome(node, "POST", SESSIONS);
        outcome.answerBody = session(token, "node-" + node);
        check(outcome);
    }

    private void lookedUp(int answeredBy, int token, String server) {
        FakeOutcome outcome = outcome(answeredBy, "GET", SESSIONS + "/" + token);
        outcome.answerBody = session(token, server);
        check(outcome);
    }

    private void joined(int node, int token) {
        FakeOutcome outcome = outcome(node, "POST", COMETD);
        outcome.requestBody =
                "[{\"channel\":\"/service/session/join\",\"data\":{\"sessionToken\" : \"" + token + "\"}}]";
        outcome.answerBody = "[]";
        check(outcome);
    }

    @Test
    void shouldAgreeWithLookUpsByAnyNodeAndJoinsAtTheOwner() {
        created(2, 845800826);
        lookedUp(1, 845800826, "node-2");
        lookedUp(3, 845800826, "node-2");
        joined(2, 845800826);
        assertThat(found).isEmpty();
        assertThat(audit.agreed()).isEqualTo(4);
        assertThat(audit.remembered()).isEqualTo(1);
    }

    @Test
    void shouldFindALookUpThatNamesAnotherNodeOnce() {
        created(2, 845800826);
        lookedUp(1, 845800826, "node-3");
        lookedUp(1, 845800826, "node-3");
        assertThat(found).containsExactly("session 2 3");
    }

    @Test
    void shouldLearnFromLookUpsToo() {
        lookedUp(1, 845800826, "node-3");
        joined(1, 845800826);
        assertThat(found).containsExactly("session 3 1");
    }

    @Test
    void shouldFindAJoinAtAnotherNodeEachTime() {
        created(2, 845800826);
        joined(1, 845800826);
        joined(1, 845800826);
        joined(2, 845800826);
        assertThat(found).containsExactly("session 2 1", "session 2 1");
    }

    @Test
    void shouldLearnSessionsThatAreCreatedByMessage() {
        FakeOutcome created = outcome(3, "POST", COMETD + "/");
        created.requestBody = "[{\"channel\":\"/service/session/create\",\"data\":{}}]";
        created.answerBody =
                "[{\"channel\":\"/service/session/create\",\"data\":{\"sessionToken\":\"111222333\"}},{\"successful\":true}]";
        check(created);
        joined(3, 111222333);
        joined(1, 111222333);
        assertThat(found).containsExactly("session 3 1");
    }

    @Test
    void shouldFindANodeThatGivesAnotherNodesNameOrANameNobodyHas() {
        FakeOutcome outcome = outcome(2, "POST", SESSIONS);
        outcome.answerBody = session(845800826, "node-1");
        check(outcome);
        outcome.answerBody = session(845800827, "elsewhere");
        check(outcome);
        assertThat(found).containsExactly("session 1 2", "unknown-cookie 2 none");
    }

    @Test
    void shouldForgetTheSessionThatWasNotHeardOfForTheLongestTime() {
        created(1, 100000001);
        created(1, 100000002);
        created(1, 100000003);
        lookedUp(1, 100000001, "node-1");
        created(1, 100000004);
        assertThat(audit.remembered()).isEqualTo(3);
        joined(2, 100000002);
        assertThat(found).isEmpty();
        joined(2, 100000001);
        assertThat(found).containsExactly("session 1 2");
    }

    @Test
    void shouldTakeATokenThatIsGivenAnewForAnotherSession() {
        created(1, 100000001);
        created(2, 100000001);
        joined(2, 100000001);
        assertThat(found).isEmpty();
    }

    @Test
    void shouldForgetTheSessionsOfANodeThatIsGone() {
        created(3, 100000001);
        router.update(table -> table.withNodes(table.nodes().subList(0, 2)));
        lookedUp(1, 100000001, "node-1");
        assertThat(found).isEmpty();
    }

    @Test
    void shouldLearnNothingFromErrorsAndWhatIsNoSession() {
        FakeOutcome missing = outcome(1, "GET", SESSIONS + "/845800826");
        missing.answerBody = session(845800826, "node-3");
        missing.status = 404;
        check(missing);
        for (String body : new String[] {"", "{}", "{\"sessionToken\":\"12345678\"}", "{\"sessionToken\":845800826}"}) {
            FakeOutcome other = outcome(1, "POST", SESSIONS);
            other.answerBody = body;
            check(other);
        }
        check(outcome(1, "GET", "/"));
        assertThat(audit.remembered()).isZero();
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /cobrowse/rest/live/sessions, true",
        "GET, /cobrowse/rest/live/sessions, false",
        "GET, /cobrowse/rest/live/sessions/845800826, true",
        "GET, /rest/live/sessions/845800826, true",
        "GET, /cobrowse/rest/live/users/a/session/stop, false",
        "POST, /cobrowse/cometd, true",
        "POST, /cobrowse/cometd/, true",
        "POST, /cobrowse/cometd/handshake, true",
        "POST, /cobrowse/cometd/connect, false",
        "GET, /cobrowse/js/gcb.min.js, false",
        "GET, /, false",
        "GET, *, false"
    })
    void shouldWantTheBodiesOfCreationsLookUpsAndMessagesOnly(String method, String target, boolean wanted) {
        FakeOutcome outcome = new FakeOutcome(null, method, target, HttpFields.EMPTY);
        assertThat(SessionAudit.concerns(outcome.request())).isEqualTo(wanted);
    }
}
