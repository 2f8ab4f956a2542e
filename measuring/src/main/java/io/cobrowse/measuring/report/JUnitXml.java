package io.cobrowse.measuring.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes checks as JUnit's XML, which continuous integration shows as tests. */
public final class JUnitXml {
    /**
     * One check. A figure that is reported but not judged counts as skipped.
     *
     * @param detail the figures, in one line
     */
    public record Check(String name, Mark mark, String detail) {}

    private JUnitXml() {}

    /** Writes a suite of checks; replaces an existing file. */
    public static void write(Path file, String suite, List<Check> checks) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(writer);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", suite);
            xml.writeAttribute("tests", Integer.toString(checks.size()));
            xml.writeAttribute("failures", count(checks, Mark.BAD));
            xml.writeAttribute("skipped", count(checks, Mark.TOLD));
            xml.writeAttribute("errors", "0");
            for (Check check : checks) {
                xml.writeStartElement("testcase");
                xml.writeAttribute("classname", suite);
                xml.writeAttribute("name", check.name);
                switch (check.mark) {
                    case GOOD -> {
                        xml.writeStartElement("system-out");
                        xml.writeCharacters(printable(check.detail));
                        xml.writeEndElement();
                    }
                    case BAD -> message(xml, "failure", check.detail);
                    case TOLD -> message(xml, "skipped", check.detail);
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException failure) {
            throw new IOException(file + ": " + failure.getMessage(), failure);
        }
    }

    private static void message(XMLStreamWriter xml, String element, String text) throws XMLStreamException {
        xml.writeStartElement(element);
        xml.writeAttribute("message", printable(text));
        xml.writeEndElement();
    }

    /** XML has no way to write most control characters. */
    private static String printable(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "?");
    }

    private static String count(List<Check> checks, Mark mark) {
        return Long.toString(checks.stream().filter(check -> check.mark == mark).count());
    }
}
