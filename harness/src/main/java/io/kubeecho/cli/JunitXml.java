package io.kubeecho.cli;

import io.kubeecho.scenario.Catalogue;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** JUnit's XML report. Its listener names test cases by their methods, and people know scenarios by their ids. */
final class JunitXml {

    private static final String FILE = "TEST-junit-jupiter.xml";

    private JunitXml() {}

    /**
     * Names the test cases in the report in a folder by their scenarios' ids.
     *
     * @throws IOException if there is a report and it cannot be read or written
     */
    static void nameByScenario(Path folder) throws IOException {
        File file = folder.resolve(FILE).toFile();
        if (!file.exists()) {
            return;
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            Document document = factory.newDocumentBuilder().parse(file);
            NodeList cases = document.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                Element testCase = (Element) cases.item(i);
                idOf(testCase).ifPresent(id -> testCase.setAttribute("name", id));
            }
            TransformerFactory.newInstance()
                    .newTransformer()
                    .transform(new DOMSource(document), new StreamResult(file));
        } catch (ParserConfigurationException | SAXException | TransformerException e) {
            throw new IOException("JUnit's report " + file + " cannot be rewritten: " + e.getMessage(), e);
        }
    }

    /** The listener's name is the method's with its parameters, as "holds(Lab, Trial)". */
    private static Optional<String> idOf(Element testCase) {
        return Catalogue.all().stream()
                .filter(item -> item.topic().getName().equals(testCase.getAttribute("classname")))
                .filter(item ->
                        testCase.getAttribute("name").startsWith(item.method().getName() + "("))
                .map(Catalogue.Item::id)
                .findFirst();
    }
}
