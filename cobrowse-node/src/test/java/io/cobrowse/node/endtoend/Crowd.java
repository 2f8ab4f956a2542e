package io.cobrowse.node.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/** Pairs that take the same step at the same time. */
final class Crowd implements AutoCloseable {
    private final List<Pair> pairs;
    private final ExecutorService threads;

    /** @param atOnce how many pairs act at the same time; all of them stay connected throughout */
    Crowd(List<Pair> pairs, int atOnce) {
        this.pairs = List.copyOf(pairs);
        this.threads = Executors.newFixedThreadPool(atOnce);
    }

    /** One step of a pair. */
    interface Step {
        void run(Pair pair) throws Exception;
    }

    /** Returns the number of pairs for which the condition holds. */
    int count(Predicate<Pair> which) {
        return (int) pairs.stream().filter(which).count();
    }

    List<Pair> pairs() {
        return pairs;
    }

    /** Makes all pairs take the step at once, and waits for them; if one fails, fails after all are done. */
    void all(Step step) throws Exception {
        those(pair -> true, step);
    }

    /** Like {@link #all}, for the pairs for which the condition holds. */
    void those(Predicate<Pair> which, Step step) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Pair pair : pairs) {
            if (which.test(pair)) {
                tasks.add(() -> {
                    step.run(pair);
                    return null;
                });
            }
        }
        List<Throwable> failures = new ArrayList<>();
        for (Future<Void> done : threads.invokeAll(tasks)) {
            try {
                done.get();
            } catch (ExecutionException failure) {
                failures.add(failure.getCause());
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " of " + tasks.size() + " pairs failed", failures.get(0));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
