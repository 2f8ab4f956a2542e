package io.cobrowse.bench.suite;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * One benchmark with one value of each of its parameters.
 *
 * @param benchmark the method's name, class and package included
 */
public record Case(String benchmark, SortedMap<String, String> params) implements Comparable<Case> {
    /** Returns a case, given its parameters as name, value, name, value. */
    static Case of(Class<?> type, String method, String... params) {
        SortedMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < params.length; i += 2) {
            map.put(params[i], params[i + 1]);
        }
        return new Case(type.getName() + "." + method, map);
    }

    /** Returns the class without its package and without "Benchmark", such as "CookieScan". */
    public String group() {
        String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
        return type.substring(type.lastIndexOf('.') + 1).replace("Benchmark", "");
    }

    /** Returns the value of a parameter; empty if there is none with that name. */
    public String param(String name) {
        return params.getOrDefault(name, "");
    }

    /** Returns the group, the method and the parameters, such as "CookieScan.find contestant=OURS input=SHORT". */
    public String title() {
        String arguments = params.entrySet().stream()
                .map(each -> " " + each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining());
        return group() + benchmark.substring(benchmark.lastIndexOf('.')) + arguments;
    }

    /** Returns whether this is a calibration, by whose times those of a comparison are divided. */
    public boolean calibrates() {
        return group().equals("Calibration");
    }

    /** Returns a line for the list of a fork, in the format of the package {@code fork}. */
    public String line() {
        return benchmark
                + params.entrySet().stream()
                        .map(each -> "\t" + each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining());
    }

    ChainedOptionsBuilder options() {
        ChainedOptionsBuilder options = new OptionsBuilder().include("^" + Pattern.quote(benchmark) + "$");
        for (Map.Entry<String, String> param : params.entrySet()) {
            options = options.param(param.getKey(), param.getValue());
        }
        return options;
    }

    @Override
    public int compareTo(Case other) {
        return title().compareTo(other.title());
    }
}
