#!/usr/bin/env python3
"""The page for operators in Chromium, against a running gateway: what it shows, what it writes, and its manners.

Everything shown is compared with what Redfish says at the same time. Screenshots go to target/page/. The times of
frames with 10,000 points are printed, not judged: they are of this machine.
"""

import shutil
import signal
import statistics

from axe_playwright_python.sync_playwright import Axe
from lib import PASSWORD, ROOT, STEADY, Gateway, checks
from playwright.sync_api import sync_playwright

# Sags of the AC input, far enough apart to be events of their own.
SAGS = STEADY + "sags = { every_s = 8.0, to_percent = 40.0, for_ms = 150 }\n"
OUT = ROOT / "target/page"
SHELF = "/redfish/v1/Chassis/PowerShelf"
LIMIT = f"{SHELF}/Controls/ShelfPowerLimit"
STREAMS = "/redfish/v1/EventService/Subscriptions"
# Pushes 10,000 samples, then goes on at 50 a frame for 100 frames; frames of the browser, and times of a draw.
LOAD = """async () => {
  const charts = await import("/page/charts.js");
  const values = (i) => new Map([["ShelfBusVoltage", 50 + Math.sin(i / 40)], ["ShelfInputPower", 12000 + i % 977],
    ["ShelfOutputPower", 11000 + i % 613], ["ShelfBatteryPower", i % 401], ["ShelfStateOfCharge", 50 + (i % 500) / 10]]);
  const from = Date.now() / 1000;
  const before = charts.frames;
  for (let i = 0; i < 10000; i++) charts.push(from + i * 0.059, values(i));
  const frame = () => new Promise(requestAnimationFrame);
  const draws = [];
  for (const plot of charts.plots) {
    const draw = plot.draw.bind(plot);
    plot.draw = (...all) => { const at = performance.now(); draw(...all); draws.push(performance.now() - at); };
  }
  const times = [];
  let last = await frame();
  for (let k = 0; k < 100; k++) {
    for (let i = 0; i < 50; i++) charts.push(from + 590 + k * 0.1 + i * 0.002, values(k * 50 + i));
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return { times, draws, frames: charts.frames - before, sizes: charts.plots.map((p) => p.series[0].ring.size),
    points: charts.plots.map((p) => p.points), widths: charts.plots.map((p) => p.width),
    series: charts.plots.map((p) => p.series.length) };
}"""


class Page:
    """The page in a browser, with what it complained about."""

    def __init__(self, browser, gateway, stream=True, **options):
        self.gateway = gateway
        self.context = browser.new_context(ignore_https_errors=True, **options)
        self.tab = self.context.new_page()
        self.complaints = []
        if not stream:
            self.tab.route("**/EventService/SSE*", lambda route: route.abort())
        self.tab.on("console", lambda m: m.type in ("error", "warning") and self.complaints.append(m.text))
        self.tab.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.tab.on("request", lambda r: r.url.startswith(gateway.url) or self.complaints.append(f"foreign {r.url}"))
        self.tab.add_init_script(
            "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective))")
        self.tab.goto(gateway.url + "/")

    def log_in(self, password=PASSWORD):
        """By the keyboard alone, from the top of the page."""
        self.tab.locator("#login").wait_for()
        for _ in range(10):
            self.tab.keyboard.press("Tab")
            if self.focus() == "user":
                break
        self.tab.keyboard.type("admin")
        self.tab.keyboard.press("Tab")
        self.tab.keyboard.type(password)
        self.tab.keyboard.press("Enter")

    def focus(self):
        return self.tab.evaluate("document.activeElement.id")

    def text(self, selector):
        return self.tab.locator(selector).inner_text()

    def until(self, script, argument=None):
        """Waits for a condition in the page. The tool's own way of waiting needs eval, which the page's policy forbids."""
        for _ in range(400):
            if self.tab.evaluate(script, argument):
                return
            self.tab.wait_for_timeout(50)
        raise SystemExit(f"page: never true: {script} {argument or ''}\n{self.text('body')}")

    def live(self):
        self.until("document.querySelector('#link').textContent.startsWith('Live')")
        self.until("/\\d W/.test(document.querySelector('#psus .main').textContent)")


def number(text: str) -> float:
    return float(text.split()[0].replace(",", ""))


def sensor(gateway, name):
    return gateway.get(f"{SHELF}/Sensors/{name}")["Reading"]


def extension(gateway):
    return gateway.get("/redfish/v1/Managers/Gateway")["Oem"]["DPOGateway"]


def near(failures, what, shown, wanted, part):
    if abs(shown - wanted) > part * max(abs(wanted), 1.0):
        failures.append(f"{what}: the page shows {shown}, Redfish {wanted}")


def compare_tiles(page, gateway, failures):
    for kind, place, sensors in [("psus", "PowerSupplies", "OutputPower"), ("bbus", "Batteries", "StateOfCharge")]:
        members = gateway.get(f"{SHELF}/PowerSubsystem/{place}?$expand=.")["Members"]
        tiles = page.tab.locator(f"#{kind} > li").all()
        if len(tiles) != len(members) or not members:
            failures.append(f"{len(tiles)} tiles for {len(members)} {place}")
        for tile, device in zip(tiles, members):
            shown = tile.inner_text()
            word = device["Status"]["Health"]
            if device["Name"] not in shown or word not in shown:
                failures.append(f"{device['Name']} is {word}, its tile says {shown!r}")
            near(failures, device["Name"], number(tile.locator(".main").inner_text()),
                 sensor(gateway, device["Id"] + sensors), 0.05)
    print(f"  tiles agree with Redfish: {page.tab.locator('.tiles > li').count()}")


def ask(page, watts):
    """Asks for a limit and returns what the page says will happen."""
    page.tab.fill("#limit", str(watts))
    page.tab.press("#limit", "Enter")
    page.tab.locator("#confirm").wait_for()
    return page.text("#confirm-text")


def answer(page, word):
    page.tab.locator("#confirm button", has_text=word).click()
    page.until("(word) => document.querySelector('#limit-result').textContent.startsWith(word)",
               "Nothing" if word == "Cancel" else "Done")


def set_and_take_back(page, gateway, failures):
    values = [sensor(gateway, f"Shelf{name}Power") for name in ("Input", "Output", "Battery")]
    limit = round(values[0] - 2000)
    told = ask(page, limit)
    print("  before the write it says:", *(f"\n    {line}" for line in told.splitlines()))
    gives = values[1] + values[2] - limit * values[1] / values[0]
    sentence = next((line for line in told.splitlines() if "must give" in line), "must give 0 W")
    near(failures, "power of the BBUs", number(sentence.split("must give ")[1]), gives, 0.1)
    if "300 s" not in told and "5 min" not in told:
        failures.append(f"nothing is said of the lease: {told}")
    if page.focus() == "confirm-yes":
        failures.append("the write is one blind Enter away")
    answer(page, "Cancel")
    if gateway.get(LIMIT)["SetPoint"] is not None or extension(gateway)["Lease"]["Held"]:
        failures.append("a cancelled limit was written")

    ask(page, limit)
    answer(page, "Set limit")
    held = gateway.get(LIMIT)["SetPoint"]
    near(failures, "limit in force", number(page.text("#limit-result").split("In force: ")[1]), held, 0.001)
    near(failures, "limit", held, limit, 0.001)
    page.until("document.querySelector('#lease-holder').textContent === 'user admin'")
    if extension(gateway)["Lease"]["UserName"] != "admin":
        failures.append("the page shows a lease that is not there")
    page.until("document.querySelector('#states [aria-current]').dataset.state === 'Supporting'")
    if extension(gateway)["State"] != "Supporting":
        failures.append(f"the page shows Supporting, Redfish {extension(gateway)['State']}")
    page.until("/lease.*admin/i.test(document.querySelector('#log').textContent)")
    # A few seconds of support, for the charts.
    page.tab.wait_for_timeout(4000)


def changed_meanwhile(page, gateway, failures):
    ask(page, 9000)
    status, _, _ = gateway.request("PATCH", LIMIT, {"ControlMode": "Automatic"})
    page.tab.click("#confirm-yes")
    page.until("document.querySelector('#limit-result').textContent.startsWith('Not done')")
    if status != 200 or "meanwhile" not in page.text("#limit-result"):
        failures.append(f"a change meanwhile ({status}) shows as {page.text('#limit-result')!r}")


def take_back(page, gateway, failures):
    page.tab.click("#limit-back")
    page.tab.locator("#confirm").wait_for()
    page.tab.click("#confirm-yes")
    page.until("document.querySelector('#limit-result').textContent.endsWith('No limit is in force.')")
    if gateway.get(LIMIT)["SetPoint"] is not None:
        failures.append("the limit was not taken back")
    page.until("document.querySelector('#lease-holder').textContent === 'free'")


def lose_the_stream(page, gateway, failures):
    """What happens while the stream is away shows once after it."""
    entries = "/redfish/v1/Managers/Gateway/LogServices/Events/Entries"

    def shown():
        return page.tab.evaluate("document.querySelectorAll('#log li').length")

    def settled():
        """Events shown and events logged, at a time when nothing new comes: three looks that find the same."""
        looks = []
        for _ in range(60):
            looks.append((shown(), gateway.get(entries)["Members@odata.count"]))
            if looks[-3:].count(looks[-1]) == 3:
                return looks[-1]
            page.tab.wait_for_timeout(300)
        raise SystemExit(f"page: events go on without end: {looks}")

    before, logged = settled()
    for member in gateway.get(STREAMS)["Members"]:
        gateway.request("DELETE", member["@odata.id"])
    page.until("document.querySelector('#link').textContent.includes('Connection lost')")
    if any(character.isdigit() for character in page.text("#psus .main >> nth=0")):
        failures.append("readings are shown as if they were of now, without a connection")
    gateway.request("PATCH", LIMIT, {"SetPoint": 17000})
    gateway.request("PATCH", LIMIT, {"ControlMode": "Disabled"})
    page.live()
    page.until("(count) => document.querySelectorAll('#log li').length >= count", before + 2)
    after, logged_after = settled()
    new = logged_after - logged
    if new < 2 or after - before != new:
        failures.append(f"{new} events while the stream was away, {after - before} shown")
    print(f"  events while the stream was away: {new}, shown once each after it")


def stand_still(page, gateway, failures):
    """A gateway that stands still shows as one, and as live when it goes on."""
    gateway.process.send_signal(signal.SIGSTOP)
    try:
        page.until("document.querySelector('#link').textContent.includes('no new readings')")
        if any(character.isdigit() for character in page.text("#bbus .main >> nth=0")):
            failures.append("old readings are shown as if they were of now")
    finally:
        gateway.process.send_signal(signal.SIGCONT)
    page.live()


def many_points(browser, gateway, failures):
    page = Page(browser, gateway, stream=False)
    page.log_in()
    page.tab.locator("#board").wait_for()
    page.tab.select_option("#window", "600")
    got = page.tab.evaluate(LOAD)
    page.tab.screenshot(path=OUT / "points.png", full_page=True)
    page.context.close()
    frames, draws = sorted(got["times"]), sorted(got["draws"])
    print(f"  10,000 points a series, then 50 a frame: frame median {statistics.median(frames):.1f} ms, "
          f"95 % {frames[94]:.1f} ms, longest {frames[-1]:.1f} ms; "
          f"a chart's draw median {statistics.median(draws):.2f} ms, longest {draws[-1]:.2f} ms")
    print(f"  points drawn: {got['points']} on {got['widths']} px")
    if min(got["sizes"]) < 10_000:
        failures.append(f"samples were lost: {got['sizes']}")
    if got["frames"] > 103:
        failures.append(f"{got['frames']} draws in 100 frames")
    for points, width, series in zip(got["points"], got["widths"], got["series"]):
        if not width / 2 < points <= 4 * series * (width + 2):
            failures.append(f"{points} points drawn on {width} px for {series} series")


def accessible(page, failures, name):
    found = Axe().run(page.tab).response["violations"]
    for one in found:
        failures.append(f"axe, {name}: {one['id']} {[n['target'] for n in one['nodes']]}")
    print(f"  axe on {name}: {len(found)} violations")


def screenshots(browser, gateway, failures):
    narrow = {"viewport": {"width": 360, "height": 740}}
    for name, options in [("light", {}), ("dark", {"color_scheme": "dark"}), ("narrow", narrow)]:
        page = Page(browser, gateway, **options)
        page.log_in()
        page.live()
        page.tab.wait_for_timeout(3000)
        accessible(page, failures, name)
        page.tab.screenshot(path=OUT / f"{name}.png", full_page=True)
        wide = page.tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            failures.append(f"{name}: {wide} px too wide")
        failures.extend(f"console, {name}: {text}" for text in page.complaints)
        page.context.close()


def replay(browser, gateway, failures):
    """The verdict on a grid event, and its recording played, against what Redfish says of it."""
    page = Page(browser, gateway)
    page.log_in()
    page.live()
    button = page.tab.locator("#log button", has_text="Replay").first
    button.wait_for(timeout=30_000)
    entries = gateway.get("/redfish/v1/Managers/Gateway/LogServices/Events/Entries")["Members"]
    entry = [one for one in entries if one["MessageId"].endswith("GridEvent")][-1]
    button.focus()
    page.tab.keyboard.press("Enter")
    page.until("document.querySelector('#replay').open")
    told, event = page.text("#replay"), entry["Oem"]["DPOGateway"]
    for word in [event["GridCode"], f"{event['DurationSeconds']} s", "simulated", *event["Reasons"]]:
        if word not in told:
            failures.append(f"replay: {word!r} is not told: {told!r}")
    drawn = page.tab.evaluate("document.querySelector('#replay canvas').getAttribute('aria-label')")
    page.tab.keyboard.press("Tab")
    page.tab.click("#replay-play")
    page.until("document.querySelector('#replay-play').textContent === 'Pause'")
    begun = float(page.text("#replay-at").split()[0])
    page.tab.wait_for_timeout(700)
    after = float(page.text("#replay-at").split()[0])
    if not after > begun:
        failures.append(f"replay: from {begun} s to {after} s in 0.7 s")
    accessible(page, failures, "replay")
    page.tab.fill("#replay-time", "1")
    page.tab.screenshot(path=OUT / "replay.png")
    page.tab.keyboard.press("Escape")
    page.until("!document.querySelector('#replay').open")
    failures.extend(f"console, replay: {text}" for text in page.complaints)
    page.context.close()
    print(f"  {entry['Message']}; replayed: {drawn}")


def main():
    chromium = shutil.which("chromium")
    OUT.mkdir(parents=True, exist_ok=True)
    with checks("page") as failures, Gateway() as gateway, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        wrong = Page(browser, gateway)
        accessible(wrong, failures, "login")
        wrong.tab.screenshot(path=OUT / "login.png")
        wrong.log_in("not the password")
        wrong.until("document.querySelector('#login-error').textContent.includes('wrong')")
        wrong.context.close()

        page = Page(browser, gateway)
        page.log_in()
        page.live()
        compare_tiles(page, gateway, failures)
        set_and_take_back(page, gateway, failures)
        page.tab.screenshot(path=OUT / "supporting.png", full_page=True)
        changed_meanwhile_complaints = len(page.complaints)
        changed_meanwhile(page, gateway, failures)
        # The browser itself logs the refusal that was provoked.
        del page.complaints[changed_meanwhile_complaints:]
        take_back(page, gateway, failures)
        lose_the_stream(page, gateway, failures)
        stand_still(page, gateway, failures)
        # A reload keeps the session of the tab; a logout ends it at the service.
        page.tab.reload()
        page.live()
        page.tab.click("#logout")
        page.tab.locator("#login").wait_for()
        if page.tab.evaluate("sessionStorage.length") or gateway.get("/redfish/v1/SessionService/Sessions")["Members@odata.count"]:
            failures.append("a session is left after the logout")
        failures.extend(f"console: {text}" for text in page.complaints)
        many_points(browser, gateway, failures)
        screenshots(browser, gateway, failures)
        with Gateway(SAGS) as sagging:
            replay(browser, sagging, failures)
        browser.close()


if __name__ == "__main__":
    main()
