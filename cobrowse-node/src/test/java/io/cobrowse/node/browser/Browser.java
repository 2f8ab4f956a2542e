package io.cobrowse.node.browser;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.core.ConditionTimeoutException;
import org.eclipse.jetty.util.ajax.JSON;
import org.openqa.selenium.By;
import org.openqa.selenium.Cookie;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium process with a new profile, which is deleted afterwards. */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = program("CHROMIUM", "/usr/bin/chromium");
    private static final Path CHROMEDRIVER = program("CHROMEDRIVER", "/usr/bin/chromedriver");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A logger that warns of a missing debugging protocol for this version of the browser, which nothing here uses. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;
    private final List<Map<?, ?>> events = new ArrayList<>();

    public Browser() {
        this(List.of());
    }

    /** Starts a browser that accepts no cookies from other sites than the page's, except partitioned ones. */
    static Browser withoutThirdPartyCookies() {
        return new Browser(List.of("--test-third-party-cookie-phaseout"));
    }

    /** Starts a browser that resolves a name to this machine, as after a change by the name's owner (DNS rebinding). */
    static Browser withNameOfThisMachine(String name) {
        return new Browser(List.of("--host-resolver-rules=MAP " + name + " 127.0.0.1"));
    }

    private Browser(List<String> arguments) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless",
                "--window-size=1200,900",
                "--ignore-certificate-errors",
                // Root has no sandbox to put it in, and containers often have a small /dev/shm.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                // Nothing but what the pages do.
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync");
        options.addArguments(arguments);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(CHROMEDRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    private static Path program(String variable, String usual) {
        return Path.of(Optional.ofNullable(System.getenv(variable)).orElse(usual));
    }

    /** Returns why there can be no browser; empty if there can be one. */
    public static Optional<String> missing() {
        for (Path program : List.of(CHROMIUM, CHROMEDRIVER)) {
            if (!Files.isExecutable(program)) {
                return Optional.of("There is no " + program + ": install Debian's chromium and chromium-driver, or"
                        + " set CHROMIUM and CHROMEDRIVER.");
            }
        }
        return Optional.empty();
    }

    /** Shows pages in a window of this width, as on a phone or on a desktop, and dark or light. */
    public void view(int width, boolean dark) {
        Map<String, Object> size = Map.of("width", width, "height", width < 600 ? 844 : 900, "deviceScaleFactor", 1);
        Map<String, Object> metrics = new HashMap<>(size);
        metrics.put("mobile", width < 600);
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Presses keys, one after another, wherever the focus is. */
    public void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /** Presses a key with Shift. */
    public void pressShift(CharSequence key) {
        new Actions(driver).keyDown(Keys.SHIFT).sendKeys(key).keyUp(Keys.SHIFT).perform();
    }

    /** Returns the element with the focus, by its id or else its name or text. */
    public String focus() {
        return String.valueOf(evaluate("(e => e.id || e.name || e.textContent.trim())(document.activeElement)"));
    }

    /** Leaves the page, and forgets cookies and events. */
    public void reset() {
        driver.get("about:blank");
        driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
        readEvents();
        events.clear();
        consoleErrors();
    }

    public void open(URI uri) {
        driver.get(uri.toString());
    }

    /** Opens a page that contains another one in a frame, in which scripts run from then on. */
    void openFrame(URI page, URI frame) {
        open(page);
        driver.executeAsyncScript("""
                const [uri, done] = arguments;
                const frame = document.createElement('iframe');
                frame.onload = done;
                frame.src = uri;
                document.body.append(frame);
                """, frame.toString());
        driver.switchTo().frame(0);
    }

    /** Sends a request; returns the status, the body and {@code Sticky-Route}, if the page may read them. */
    Map<?, ?> fetch(String method, String uri) {
        return (Map<?, ?>) driver.executeAsyncScript("""
                const [method, uri, done] = arguments;
                fetch(uri, {method, credentials: 'include'}).then(
                  async answer => done({
                    status: answer.status, body: await answer.text(), route: answer.headers.get('Sticky-Route')}),
                  failure => done({failure: String(failure)}));
                """, method, uri);
    }

    /** Returns all cookies of the browser, for any site, from the debugging protocol. */
    List<Map<?, ?>> allCookies() {
        List<?> cookies = (List<?>)
                driver.executeCdpCommand("Network.getAllCookies", Map.of()).get("cookies");
        return cookies.stream().<Map<?, ?>>map(cookie -> (Map<?, ?>) cookie).toList();
    }

    public void setCookie(String name, String value) {
        driver.manage().addCookie(new Cookie(name, value, "/"));
    }

    public Optional<String> cookie(String name) {
        return Optional.ofNullable(driver.manage().getCookieNamed(name)).map(Cookie::getValue);
    }

    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Returns the text of an element as it is shown. */
    public String text(String selector) {
        return find(selector).getText();
    }

    /** Returns the value of a field, from its property. */
    public String value(String selector) {
        return String.valueOf(find(selector).getDomProperty("value"));
    }

    public Object evaluate(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** Returns the result of an expression's promise; the name of the error if it fails. */
    public Object settle(String promise) {
        return driver.executeAsyncScript(
                "const done = arguments[0]; (" + promise + ").then(done, problem => done(problem.name));");
    }

    /** Waits until the text of an element is as expected. */
    public void awaitText(String selector, Predicate<String> wanted) {
        try {
            await(selector + " in " + driver.getTitle())
                    .atMost(LIMIT)
                    .ignoreExceptionsMatching(Browser::isNotThere)
                    .until(() -> text(selector), wanted);
        } catch (ConditionTimeoutException inVain) {
            throw new AssertionError(
                    driver.getCurrentUrl() + " shows:\n" + evaluate("document.documentElement.innerText"), inVain);
        }
    }

    /** Returns whether the page has not been loaded yet, or has been replaced by another one. */
    private static boolean isNotThere(Throwable failure) {
        return failure instanceof NoSuchElementException || failure instanceof StaleElementReferenceException;
    }

    /** Waits until a field has that value. */
    public void awaitValue(String selector, String wanted) {
        await(selector).atMost(LIMIT).until(() -> value(selector), wanted::equals);
    }

    /** Waits until an expression is true. */
    public void awaitTrue(String expression) {
        await(expression).atMost(LIMIT).until(() -> Boolean.TRUE.equals(evaluate(expression)));
    }

    /** Moves the mouse to the middle of an element. */
    public void pointAt(String selector) {
        new Actions(driver).moveToElement(find(selector)).perform();
    }

    /** Draws a line from the middle of an element, by this many pixels to the right and down. */
    public void draw(String selector, int right, int down) {
        new Actions(driver)
                .moveToElement(find(selector))
                .clickAndHold()
                .moveByOffset(right, down)
                .release()
                .perform();
    }

    /** Returns the network events from the debugging protocol: the parameters of all such events. */
    public List<Map<?, ?>> network(String event) {
        readEvents();
        return events.stream()
                .filter(each -> ("Network." + event).equals(each.get("method")))
                .<Map<?, ?>>map(each -> (Map<?, ?>) each.get("params"))
                .toList();
    }

    private void readEvents() {
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            events.add((Map<?, ?>) ((Map<?, ?>) new JSON().fromJSON(entry.getMessage())).get("message"));
        }
    }

    /** Returns the errors in the console since the last call, including violations of the page's policy. */
    public List<String> consoleErrors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Returns what a screen reader gets of the page, in order: the role of each element, followed by its name. */
    List<String> accessibleRoles() {
        List<?> nodes = (List<?>) driver.executeCdpCommand("Accessibility.getFullAXTree", Map.of())
                .get("nodes");
        return nodes.stream()
                .map(node -> (Map<?, ?>) node)
                .filter(node -> Boolean.FALSE.equals(node.get("ignored")))
                .map(node -> (accessible(node, "role") + " " + accessible(node, "name")).strip())
                .toList();
    }

    private static String accessible(Map<?, ?> node, String property) {
        return node.get(property) instanceof Map<?, ?> found ? String.valueOf(found.get("value")) : "";
    }

    /** Returns the first texts and controls of the page that overlap, if any do. */
    List<?> overlaps() {
        return (List<?>) driver.executeScript("""
                const shown = [];
                const add = (box, what) => {
                  if (box.width > 2 && box.height > 2 && box.right > 0) {
                    shown.push({box, what: what.trim().slice(0, 40)});
                  }
                };
                for (const element of document.querySelectorAll('main *, header *')) {
                  if (shown.length > 600 || !element.checkVisibility() || element.closest('.unseen')) {
                    continue;
                  }
                  if (element.matches('button, input, canvas, meter')) {
                    add(element.getBoundingClientRect(), element.tagName + ' ' + element.textContent);
                    continue;
                  }
                  for (const text of element.closest('button, canvas') ? [] : element.childNodes) {
                    if (text.nodeType === Node.TEXT_NODE && text.textContent.trim()) {
                      const range = document.createRange();
                      range.selectNodeContents(text);
                      [...range.getClientRects()].forEach(box => add(box, text.textContent));
                    }
                  }
                }
                const found = [];
                shown.forEach((one, i) => shown.slice(i + 1).forEach(other => {
                  const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
                  const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
                  if (width > 1 && height > 1 && one.what !== other.what) {
                    found.push(`${one.what} | ${other.what}`);
                  }
                }));
                return found.slice(0, 10);
                """);
    }

    /** Saves a picture of the whole page in {@code target/browser}. */
    public void picture(String name) throws IOException {
        Object width = evaluate("document.documentElement.clientWidth");
        Object height = evaluate("document.documentElement.scrollHeight");
        Map<String, Object> all = Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1);
        Object png = driver.executeCdpCommand(
                        "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", all))
                .get("data");
        Path file = Files.createDirectories(Path.of("target", "browser")).resolve(name + ".png");
        Files.write(file, Base64.getDecoder().decode((String) png));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
