package io.kubeecho.cli;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.Catalogue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A run in the XML of JUnit's reports, as CI systems show it: a test case for each scenario, by its id. JUnit's own listener
 * would name them by their methods, leave out what was expected, and add the properties of this JVM.
 */
final class JunitXml {

    /** How the names of topics' classes end. */
    private static final String TOPIC = "Scenarios";

    private final XMLStreamWriter xml;
    private final RunReport report;
    private final boolean strict;

    private JunitXml(XMLStreamWriter xml, RunReport report, boolean strict) {
        this.xml = xml;
        this.report = report;
        this.strict = strict;
    }

    /**
     * Writes it.
     *
     * @param strict whether INCONCLUSIVE is an error and not only skipped
     * @throws IOException if it cannot be written
     */
    static void write(RunReport report, boolean strict, Path file) throws IOException {
        WholeFile.write(file, out -> write(report, strict, out));
    }

    private static void write(RunReport report, boolean strict, OutputStream out) throws IOException {
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out, "UTF-8");
            new JunitXml(xml, report, strict).suite();
            xml.close();
        } catch (XMLStreamException e) {
            throw e.getNestedException() instanceof IOException full ? full : new IOException(e);
        }
    }

    private void suite() throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        attribute(
                "name",
                (isSimulation() ? "SIMULATION, " : "") + "kube-echo verify: "
                        + report.lab().lab() + " lab");
        attribute("tests", String.valueOf(report.results().size()));
        attribute("failures", String.valueOf(report.count(Verdict.FAIL)));
        long inconclusive = report.count(Verdict.INCONCLUSIVE);
        attribute("errors", String.valueOf(strict ? inconclusive : 0));
        attribute("skipped", String.valueOf(report.count(Verdict.SKIP) + (strict ? 0 : inconclusive)));
        attribute("time", seconds(report.took()));
        attribute("timestamp", report.started().toString());
        xml.writeCharacters("\n");
        properties();
        for (ScenarioResult result : report.results()) {
            testCase(result);
        }
        xml.writeEndElement();
        xml.writeCharacters("\n");
        xml.writeEndDocument();
    }

    private void properties() throws XMLStreamException {
        xml.writeStartElement("properties");
        property("kube-echo", report.kubeEcho());
        property("lab", report.lab().lab());
        property("kind", report.lab().kind().name());
        property("data-plane", report.lab().dataPlane());
        property("version", report.lab().version());
        property("affinity-timeout", report.timing().affinityTimeout().toString());
        property("seed", String.valueOf(report.seed()));
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private void property(String name, String value) throws XMLStreamException {
        xml.writeEmptyElement("property");
        attribute("name", name);
        attribute("value", value);
    }

    private void testCase(ScenarioResult result) throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute("name", result.id());
        attribute("classname", className(result));
        attribute("time", seconds(result.took()));
        String inShort = TextReport.word(result.verdict()) + ": " + result.seen();
        switch (result.verdict()) {
            case FAIL -> ending("failure", inShort, result);
            case INCONCLUSIVE -> ending(strict ? "error" : "skipped", inShort, result);
            case SKIP -> ending("skipped", inShort, result);
            case PASS, KNOWN_DEVIATION, INFO -> {
                xml.writeStartElement("system-out");
                characters(words(result));
                xml.writeEndElement();
            }
        }
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private void ending(String element, String inShort, ScenarioResult result) throws XMLStreamException {
        xml.writeStartElement(element);
        attribute("message", inShort);
        attribute("type", TextReport.word(result.verdict()));
        characters(words(result));
        xml.writeEndElement();
    }

    /** CI systems group by what stands before the last dot. */
    private String className(ScenarioResult result) {
        String topic = Catalogue.all().stream()
                .filter(item -> item.id().equals(result.id()))
                .map(item -> item.topic().getSimpleName())
                .map(name -> name.endsWith(TOPIC) ? name.substring(0, name.length() - TOPIC.length()) : name)
                .findFirst()
                .orElse("Scenario");
        return (isSimulation() ? "SIMULATION." : "") + report.lab().lab() + "." + topic;
    }

    private static String words(ScenarioResult result) {
        return "%s %s: %s\nexpected  %s\nseen      %s\n"
                        .formatted(
                                TextReport.word(result.verdict()),
                                result.id(),
                                result.title(),
                                result.expected(),
                                result.seen())
                + (result.meaning().isEmpty() ? "" : "meaning   " + result.meaning() + "\n");
    }

    private boolean isSimulation() {
        return report.lab().kind() == Lab.Kind.SIMULATION;
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, PlainText.inLine(value));
    }

    private void characters(String text) throws XMLStreamException {
        xml.writeCharacters(PlainText.ofLines(text));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toMillis() / 1000.0);
    }
}
