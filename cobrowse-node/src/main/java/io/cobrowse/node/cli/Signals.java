package io.cobrowse.node.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/** Handles the signals that end a process; otherwise a JVM exits with a code above 128. */
final class Signals {
    private Signals() {}

    /**
     * Runs an action on SIGTERM, SIGINT (Ctrl-C) and SIGHUP (the terminal closes), instead of exiting.
     *
     * @throws IllegalStateException if this JVM does not let signals be handled
     */
    static void onTermination(Runnable stop) {
        try {
            // The compiler warns about sun.misc, so it is used by reflection.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(stop);
            Object onSignal =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            for (String name : List.of("TERM", "INT", "HUP")) {
                Object instance = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handler).invoke(null, instance, onSignal);
            }
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException("Signals cannot be handled on this JVM", failure);
        }
    }
}
