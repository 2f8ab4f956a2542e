package io.cobrowse.sticky.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.util.Promise;
import org.junit.jupiter.api.Test;

class NodeResolverTest {
    private final AtomicLong nowNanos = new AtomicLong();
    private final AtomicInteger lookUps = new AtomicInteger();
    private volatile String address = "10.0.0.1";
    private final NodeResolver resolver = new NodeResolver(this::find, nowNanos::get);

    private InetAddress[] find(String host) throws UnknownHostException {
        lookUps.incrementAndGet();
        if (address.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return InetAddress.getAllByName(address);
    }

    private static CompletableFuture<List<InetSocketAddress>> ask(NodeResolver resolver, String host) {
        Promise.Completable<List<InetSocketAddress>> promise = new Promise.Completable<>();
        resolver.resolve(host, 80, Map.of(), promise);
        return promise;
    }

    private List<InetSocketAddress> ask() throws Exception {
        return ask(resolver, "node.example").get(10, TimeUnit.SECONDS);
    }

    private static List<InetSocketAddress> of(String address) {
        return List.of(new InetSocketAddress(address, 80));
    }

    @Test
    void shouldLookUpOnceAndAgainWhenWhatItKnowsIsOld() throws Exception {
        assertThat(ask()).isEqualTo(of("10.0.0.1"));
        address = "10.0.0.2";
        assertThat(ask()).isEqualTo(of("10.0.0.1"));
        assertThat(lookUps).hasValue(1);
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(NodeResolver.MAX_AGE_SECONDS));
        await().until(() -> ask().equals(of("10.0.0.2")));
        assertThat(lookUps).hasValue(2);
    }

    @Test
    void shouldKeepWhatItKnowsWhenTheNameIsGone() throws Exception {
        assertThat(ask()).isEqualTo(of("10.0.0.1"));
        address = "";
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(NodeResolver.MAX_AGE_SECONDS));
        assertThat(ask()).isEqualTo(of("10.0.0.1"));
        await().until(() -> lookUps.get() == 2);
        assertThat(ask()).isEqualTo(of("10.0.0.1"));
    }

    @Test
    void shouldFailForAnUnknownNameAndAskAgainLater() throws Exception {
        address = "";
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::ask)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("node.example cannot be resolved");
        }
        assertThat(lookUps).hasValue(1);
        address = "10.0.0.3";
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(ask()).isEqualTo(of("10.0.0.3"));
    }

    @Test
    void shouldNeitherBlockNorPileUpThreadsNorDelayOtherNamesWhileANameServerHangs() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        NodeResolver hanging = new NodeResolver(
                host -> {
                    if (host.equals("slow.example")) {
                        lookUps.incrementAndGet();
                        await().atMost(Duration.ofSeconds(60)).until(() -> answer.getCount() == 0);
                    }
                    return InetAddress.getAllByName("10.0.0.9");
                },
                nowNanos::get);
        CompletableFuture<List<InetSocketAddress>> slow = ask(hanging, "slow.example");
        for (int i = 0; i < 100; i++) {
            assertThat(ask(hanging, "slow.example")).isNotDone();
        }
        assertThat(ask(hanging, "node.example").get(10, TimeUnit.SECONDS)).isEqualTo(of("10.0.0.9"));
        assertThatThrownBy(() -> slow.get(30, TimeUnit.SECONDS)).cause().isInstanceOf(UnknownHostException.class);
        assertThat(lookUps).hasValue(1);
        answer.countDown();
        await().until(() ->
                ask(hanging, "slow.example").get(10, TimeUnit.SECONDS).equals(of("10.0.0.9")));
    }

    @Test
    void shouldTakeAddressesAsTheyAre() throws Exception {
        NodeResolver system = new NodeResolver();
        assertThat(ask(system, "127.0.0.1").get(10, TimeUnit.SECONDS)).isEqualTo(of("127.0.0.1"));
        assertThat(ask(system, "[::1]").get(10, TimeUnit.SECONDS)).isEqualTo(of("::1"));
    }
}
