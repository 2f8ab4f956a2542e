package io.cobrowse.sticky.proxy.message;

import io.cobrowse.bench.micro.HeldRequest;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to write the head of a request for its node, including forwarding fields?
 *
 * <p>In this package because it measures package-private code. Input: one real request of a browser, held open.
 * Command: {@code bin/cobrowse-bench run --include RequestHead}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class RequestHeadBenchmark {
    private final ByteBufferPool pool = new ArrayByteBufferPool();
    private HeldRequest held;

    @Setup
    public void setUp() throws Exception {
        held = new HeldRequest();
    }

    @Benchmark
    public int encode() {
        RetainableByteBuffer head =
                RequestHead.encode(pool, held.request(), RequestHead.Framing.NONE, null, "10.0.0.1:8700");
        int bytes = head.remaining();
        head.release();
        return bytes;
    }

    @TearDown
    public void tearDown() throws Exception {
        held.close();
    }
}
