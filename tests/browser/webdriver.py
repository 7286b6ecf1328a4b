"""A real browser under a test's control: Chromium without a window, driven through chromedriver.

    with Browser() as browser:
        browser.open("file:///tmp/page.html")
        browser.click("#next")
        assert browser.run("return document.title") == "..."

Speaks the W3C WebDriver protocol (w3.org/TR/webdriver2) over HTTP, and Chromium's own commands (CDP) for what that
has none for. The standard library is all that it needs. Every wait has an end, and so have the processes.
"""
import base64
import http.client
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE = 60  # seconds for an answer: a machine may be busy with other tests
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key under which the protocol names an element
# Keys as the protocol has them; any other key is its own character.
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Shift": "\ue008", "Escape": "\ue00c", "Space": " ", "End": "\ue010",
        "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
        "Control": "\ue009", "Backspace": "\ue003", "Delete": "\ue017"}
FLAGS = [
    "--headless=new", "--no-sandbox",  # the sandbox needs what containers do not grant; the pages are our own
    "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-features=OptimizationHints,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # whatever a page asks for, nothing leaves this machine
    "--hide-scrollbars", "--window-size=1280,900",
]


class Browser_trouble(Exception):
    """The browser cannot be started, does not answer, or refuses what it was told."""


def program(*names):
    """The first of these programs that is installed, or None."""
    return next((path for path in map(shutil.which, names) if path), None)


def chromium():
    return program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
                   "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def what_is_missing():
    """Why no browser can be driven here; "" when one can."""
    if not chromium():
        return "chromium is not installed"
    return "" if program("chromedriver") else "chromedriver (Debian's chromium-driver) is not installed"


def of_session(session):
    """The processes that belong to a session of the system, where the system has /proc."""
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                state, _, _, its_session = file.read().rpartition(")")[2].split()[:4]
            if state != "Z" and int(its_session) == session:  # Z: ended, and not yet asked how
                yield int(name)
        except (OSError, ValueError, IndexError):
            pass  # no process, or one that has just ended


class Browser:
    def __init__(self):
        self.folder = self.driver = self.session = None
        self.is_silent = False  # it did not answer once: nobody waits for it again

    # ---- beginning and end -------------------------------------------------------------------------------------

    def __enter__(self):
        missing = what_is_missing()
        if missing:
            raise Browser_trouble(missing)
        self.folder = tempfile.mkdtemp(prefix="backstep-browser.")
        try:
            self.start_driver()
            self.start_session()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def start_driver(self):
        """chromedriver takes a free port and says which."""
        log = open(os.path.join(self.folder, "driver.log"), "wb")  # pylint: disable=consider-using-with
        home = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR"), self.folder)
        self.driver = subprocess.Popen([program("chromedriver"), "--port=0"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=log, start_new_session=True,
                                       env={**os.environ, **home})
        log.close()
        said = b""
        deadline = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self.driver.stdout, selectors.EVENT_READ)
            while not (port := re.search(rb"on port (\d+)\.", said)):
                part = os.read(self.driver.stdout.fileno(), 4096) if selector.select(
                    max(0, deadline - time.monotonic())) else b""
                if not part:
                    raise Browser_trouble(f"chromedriver did not start: {said.decode(errors='replace').strip()}")
                said += part
        self.port = int(port[1])

    def start_session(self):
        options = {"binary": chromium(), "args": FLAGS + [f"--user-data-dir={self.folder}/profile"]}
        answer = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": PATIENCE * 500, "pageLoad": PATIENCE * 500, "implicit": 0},
        }}})
        self.session = answer["sessionId"]
        self.tell("url", url="about:blank")
        self.console(), self.requests()  # those of the browser's own first page

    def end(self):
        """Closes the browser; then ends whatever of it is still there, by its number."""
        try:
            if self.session:
                self.ask("DELETE", f"/session/{self.session}")
        except Browser_trouble:
            pass  # it is ended below
        if self.driver:
            for process in {self.driver.pid, *of_session(self.driver.pid)}:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.driver.wait()
            self.driver.stdout.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = self.driver = self.session = None

    # ---- the protocol ------------------------------------------------------------------------------------------

    def ask(self, method, path, body=None):
        """The value that chromedriver answers with."""
        if self.is_silent:
            raise Browser_trouble("chromedriver has stopped answering")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json; charset=utf-8"})
            value = json.loads(connection.getresponse().read())["value"]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as trouble:
            self.is_silent = True
            raise Browser_trouble(f"chromedriver does not answer to {method} {path}: {trouble!r}") from trouble
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise Browser_trouble(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def tell(self, command, **body):
        return self.ask("POST", f"/session/{self.session}/{command}", body)

    def cdp(self, command, **parameters):
        """A command of Chromium's own (chromedevtools.github.io/devtools-protocol)."""
        return self.tell("goog/cdp/execute", cmd=command, params=parameters)

    # ---- a page ------------------------------------------------------------------------------------------------

    def open(self, url):
        """Loads it afresh, even when only the part behind # differs from what is open."""
        self.tell("url", url="about:blank")
        self.tell("url", url=url)

    def run(self, script, *arguments):
        """What the body of a function returns; `arguments` holds the others."""
        return self.tell("execute/sync", script=script, args=list(arguments))

    def wait(self, condition, *arguments, seconds=10):
        """Until the expression is true; what it was then. A condition that never comes is a failure."""
        deadline = time.monotonic() + seconds
        while not (value := self.run(f"return {condition}", *arguments)):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s still not: {condition}")
            time.sleep(0.02)
        return value

    def find(self, selector):
        return self.tell("element", using="css selector", value=selector)[ELEMENT]

    def click(self, selector):
        """As a mouse would: the element must be in view and nothing in front of it."""
        self.tell(f"element/{self.find(selector)}/click")

    def text(self, selector):
        """As it is seen: hidden text is not in it."""
        return self.ask("GET", f"/session/{self.session}/element/{self.find(selector)}/text")

    def type(self, selector, text):
        """In place of what stands in the field."""
        element = self.find(selector)
        self.tell(f"element/{element}/clear")
        self.tell(f"element/{element}/value", text=text)

    def press(self, *keys):
        """Presses keys one after the other where the focus is; "Shift+Tab" holds the first down."""
        actions = []
        for stroke in keys:
            held = [KEYS.get(key, key) for key in (stroke.split("+") if len(stroke) > 1 else [stroke])]
            actions += [{"type": "keyDown", "value": key} for key in held]
            actions += [{"type": "keyUp", "value": key} for key in reversed(held)]
        self.tell("actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", f"/session/{self.session}/screenshot")))

    # ---- how it is shown ---------------------------------------------------------------------------------------

    def size(self, width, height):
        """The part of a window in which a page is shown; a telephone's is narrower than any window may be."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                 mobile=False)

    def media(self, kind="", **features):
        """media("print"), media(prefers_color_scheme="dark"); media() is as it was at first."""
        self.cdp("Emulation.setEmulatedMedia", media=kind, features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    # ---- what it noted -----------------------------------------------------------------------------------------

    def console(self):
        """What was written to the console since this was last asked: errors, warnings, violations of the policy."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.tell("se/log", type="browser")]

    def requests(self):
        """The addresses that pages asked for since this was last asked."""
        found = []
        for entry in self.tell("se/log", type="performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                parameters = event["params"]
                found.append(parameters["request"]["url"] if "request" in parameters else parameters["url"])
        return found
