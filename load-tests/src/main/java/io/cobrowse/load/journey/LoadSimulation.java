package io.cobrowse.load.journey;

import static io.gatling.javaapi.http.HttpDsl.http;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import io.gatling.app.Gatling$;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.prefs.Preferences;
import org.slf4j.LoggerFactory;

/** Customers, agents and pollers, who arrive according to the profile. Public because Gatling creates it. */
public final class LoadSimulation extends Simulation {
    /** Hands the run to the simulation, which Gatling creates itself. One at a time. */
    private static final AtomicReference<LoadRun> NEXT = new AtomicReference<>();

    private static final Duration GRACE = Duration.ofSeconds(90);

    private final LoadRun run;

    /** For Gatling. */
    public LoadSimulation() {
        run = Objects.requireNonNull(NEXT.get(), "A simulation is run by LoadSimulation.run");
        Inbox inbox = new Inbox(run);
        Steps steps = new Steps(run, new Answers(run), inbox);
        Client client = new Client(run, steps);
        Arrivals arrivals = run.arrivals();
        List<PopulationBuilder> populations = new ArrayList<>();
        populations.add(new Customers(run, steps, client).scenarioBuilder().injectOpen(arrivals.injection(1)));
        populations.add(new Agents(run, steps, client).scenarioBuilder().injectOpen(arrivals.injection(1)));
        double polling = 1 - steps.journey().websocket();
        if (polling > 0) {
            populations.add(new Pollers(run, steps).scenarioBuilder().injectOpen(arrivals.injection(2 * polling)));
        }
        setUp(populations)
                .protocols(protocol(inbox))
                .maxDuration(Duration.ofNanos(run.windowEndNanos()).plus(GRACE));
    }

    private HttpProtocolBuilder protocol(Inbox inbox) {
        return http.baseUrl(run.spec().http())
                .wsBaseUrl(run.spec().webSocket())
                .wsAutoReplyTextFrame(inbox::takeText)
                .userAgentHeader("cobrowse-load")
                .disableCaching()
                .disableFollowRedirect()
                .disableUrlEncoding();
    }

    @Override
    public void before() {
        run.begin();
    }

    /**
     * Runs a load to its end in this JVM, one at a time.
     *
     * @param results a directory for Gatling's output, used only by this run
     * @param report whether Gatling writes its report
     * @return whether Gatling reached its end
     */
    public static boolean run(LoadRun run, Path results, boolean report) {
        if (!NEXT.compareAndSet(null, run)) {
            throw new IllegalStateException("Another load is running in this process");
        }
        try {
            // Otherwise Gatling would query its latest release, which a load test should not do.
            Preferences.userRoot()
                    .node("/io/gatling/latestVersion")
                    .putLong("lastCheckTimestamp", System.currentTimeMillis());
            List<String> arguments = new ArrayList<>(
                    List.of("--simulation", LoadSimulation.class.getName(), "--results-folder", results.toString()));
            if (!report) {
                arguments.add("--no-reports");
            }
            return Gatling$.MODULE$.fromArgs(arguments.toArray(String[]::new)) == 0;
        } finally {
            NEXT.set(null);
            startLogAgain();
        }
    }

    /** Gatling stops the log at its end; what goes wrong in the next run would not be seen. */
    private static void startLogAgain() {
        LoggerContext log = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (!log.isStarted()) {
            log.start();
            try {
                new ContextInitializer(log).autoConfig(LoadSimulation.class.getClassLoader());
            } catch (JoranException malformed) {
                throw new IllegalStateException("The log cannot be configured", malformed);
            }
        }
    }
}
