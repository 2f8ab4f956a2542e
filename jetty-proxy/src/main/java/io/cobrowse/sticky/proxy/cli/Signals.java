package io.cobrowse.sticky.proxy.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Handles signals of the operating system, so that the exit code after SIGTERM is 0 instead of 143.
 *
 * <p>{@code sun.misc.Signal} is the only way. The compiler warns about its name, so it is used by reflection.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs the action on a thread of its own each time the signal arrives.
     *
     * @param name the name without {@code SIG}, such as {@code TERM}
     */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return method.invoke(action, arguments);
                    });
            signalType
                    .getMethod("handle", signalType, handlerType)
                    .invoke(null, signalType.getConstructor(String.class).newInstance(name), handler);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled: " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signals cannot be handled on this JVM", e);
        }
    }
}
