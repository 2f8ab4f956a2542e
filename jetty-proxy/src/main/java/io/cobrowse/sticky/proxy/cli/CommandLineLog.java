package io.cobrowse.sticky.proxy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The log of the command line: logback, configured in code instead of an XML file, which takes a tenth of the start
 * time to read. SLF4J creates it by its class name. Thread-safe once SLF4J has it.
 */
public final class CommandLineLog implements SLF4JServiceProvider {
    private final LoggerContext context = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter diagnosticContext = new LogbackMDCAdapter();

    /** Makes SLF4J use this log, unless the options of the JVM choose another binding or a logback configuration. */
    static void install() {
        String provider = "slf4j.provider";
        if (System.getProperty("logback.configurationFile") == null && System.getProperty(provider) == null) {
            System.setProperty(provider, CommandLineLog.class.getName());
            System.setProperty("slf4j.internal.verbosity", "WARN"); // It would log its choice of provider.
        }
    }

    /** Makes a context write its events to standard error, on a thread of its own. */
    static void configure(LoggerContext context) {
        LogLine line = new LogLine();
        line.setContext(context);
        line.start();
        QueuedAppender appender = new QueuedAppender();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setEncoder(line);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        context.getLogger("org.eclipse.jetty").setLevel(Level.WARN);
    }

    @Override
    public void initialize() {
        context.setName("default");
        context.setMDCAdapter(diagnosticContext);
        configure(context);
        context.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return diagnosticContext;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99"; // Any 2.0, as in logback's own provider.
    }
}
