package io.cobrowse.sticky.proxy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a file with one YAML document as a tree that knows its lines. Time, memory and stack are bounded, whatever the
 * file contains.
 */
final class YamlFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_COLLECTION_ALIASES = 50;

    /**
     * Matches messages in which the parser quotes names in full; these may be secrets that begin with {@code *} or
     * {@code !}.
     */
    private static final Pattern NAMED =
            Pattern.compile("(undefined alias|undefined tag handle|duplicate tag handle) .*");

    private final Path path;
    private final LoadSettings settings;

    private YamlFile(Path path) {
        this.path = path;
        this.settings = LoadSettings.builder()
                .setLabel(path.toString())
                .setCodePointLimit(MAX_BYTES)
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(MAX_COLLECTION_ALIASES)
                .build();
    }

    /** Returns the root of the document; an empty document is an error. */
    static Tree read(Path path) throws ConfigException {
        YamlFile file = new YamlFile(path);
        return tree(file.compose(file.decode(file.bytes())));
    }

    /**
     * Converts a node. Each level is converted when it is read, since aliases turn documents into graphs, even with
     * cycles.
     */
    private static Tree tree(Node node) {
        int line = line(node);
        if (node instanceof MappingNode mapping) {
            return new Tree.Mapping(line, view(mapping.getValue(), YamlFile::entry));
        }
        if (node instanceof SequenceNode sequence) {
            return new Tree.Sequence(line, view(sequence.getValue(), YamlFile::tree));
        }
        ScalarNode scalar = (ScalarNode) node;
        return new Tree.Text(
                line, scalar.getValue(), scalar.isPlain() && scalar.getValue().isEmpty());
    }

    private static <A, B> List<B> view(List<A> list, Function<A, B> conversion) {
        return new AbstractList<>() {
            @Override
            public B get(int index) {
                return conversion.apply(list.get(index));
            }

            @Override
            public int size() {
                return list.size();
            }
        };
    }

    private static Tree.Entry entry(NodeTuple entry) {
        Node key = entry.getKeyNode();
        return new Tree.Entry(line(key), key(key), tree(entry.getValueNode()));
    }

    private static @Nullable String key(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private byte[] bytes() throws ConfigException {
        if (Files.isDirectory(path)) {
            throw failure("is a directory, not a file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw failure("is no regular file, and could be read only once, if at all");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw failure("too large: at most " + MAX_BYTES + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw failure("no such file");
        } catch (AccessDeniedException e) {
            throw failure("permission denied");
        } catch (IOException e) {
            throw failure("cannot be read: " + e.getMessage());
        }
    }

    private String decode(byte[] bytes) throws ConfigException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw failure(lineAt(text, text.length()), "not UTF-8: byte " + String.format("0x%02x", in.get()));
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private Node compose(String text) throws ConfigException {
        try {
            checkDepth(text);
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                throw failure("empty: at least nodes is needed");
            }
            return root.get();
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
            String context = e.getContext() == null || e.getContext().isEmpty() ? "" : e.getContext() + ", ";
            throw failure(
                    line, "not YAML: " + context + NAMED.matcher(e.getProblem()).replaceAll("$1"));
        } catch (ReaderException e) {
            int line = lineAt(text, text.offsetByCodePoints(0, e.getPosition()));
            throw failure(line, String.format("not YAML: the character 0x%02x is not allowed", e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw failure("not YAML: " + e.getMessage());
        }
    }

    /** Checks the depth before composing, since the composer recurses once for each level. */
    private void checkDepth(String text) throws ConfigException {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
                throw failure(line, "nested too deep: at most " + MAX_DEPTH + " levels");
            }
        }
    }

    private static int lineAt(String text, int end) {
        return 1 + (int) text.chars().limit(end).filter(c -> c == '\n').count();
    }

    private ConfigException failure(String text) {
        return new ConfigException(List.of(path + ": " + text));
    }

    private ConfigException failure(int line, String text) {
        return new ConfigException(List.of(path + ":" + line + ": " + text));
    }
}
