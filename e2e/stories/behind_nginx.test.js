/**
 * Behind the nginx that we ship a configuration for, below a path of its host: everything that leads
 * somewhere carries the path, and callers keep their addresses.
 */

import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";

import { BackEnd, Viewer } from "../fanlight/api.js";
import { Dashboard } from "../fanlight/dashboard.js";
import { freePort, startNginx } from "../fanlight/nginx.js";
import { startDemo } from "../fanlight/server.js";
import { setStage } from "../fanlight/stage.js";

const PATH = "/dashboards";
const UNITED = 58665;
/** More than the stories ask for from one address, few enough to use up. */
const LIMIT = 40;

/** The demo as nginx shows it. */
async function startBehindNginx() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${PATH}`;
  const environment = {
    ...process.env,
    FANLIGHT_PUBLIC_URL: `${url}/`,
    FANLIGHT_TRUSTED_PROXIES: "127.0.0.1",
    FANLIGHT_RATE_LIMIT_PER_MINUTE: String(LIMIT),
  };
  const demo = await startDemo({ environment });
  try {
    const listening = /listening address=(\S+)/;
    const upstream = listening.exec(await demo.noted(listening))[1];
    const nginx = await startNginx({ port, upstream });
    const stop = async () => {
      await nginx.stop();
      await demo.stop();
    };
    return { ...demo, nginx, upstream, stop };
  } catch (error) {
    await demo.stop();
    throw error;
  }
}

describe("behind nginx, below a path", () => {
  const stage = setStage(startBehindNginx);

  it("answers the back end, at addresses with and without their last slash", async () => {
    assert.match(stage.demo.url, /\/dashboards$/);
    const backEnd = new BackEnd(stage.demo.url, stage.demo.api_token);
    const body = { provided_id: "proxied", name: "Behind a proxy" };
    assert.equal((await backEnd.call("/api/create_customer/", body)).new_customer, true);
    assert.equal((await backEnd.call("/api/create_customer", body)).new_customer, false);
    const { customer } = await backEnd.call("/api/get_customer/", { provided_id: "proxied" });
    assert.equal(customer.name, "Behind a proxy");
  });

  it("refuses what is too large in its own words", async () => {
    const body = JSON.stringify({ provided_id: "large", name: "x".repeat(1_100_000) });
    const headers = { "Explo-Authorization": `Token ${stage.demo.api_token}` };
    const reply = await ask("/api/create_customer/", { method: "POST", body, headers });
    assert.equal(reply.status, 413);
    assert.equal(JSON.parse(reply.text).success, 0);
  });

  it("hands ids over as they were sent", async () => {
    const headers = { Authorization: `Bearer ${stage.demo.api_token}` };
    const path = "/v1/customers/north%2Fsouth%20%3F";
    const put = await ask(path, { method: "PUT", body: '{"name":"With a slash"}', headers });
    assert.equal(put.status, 201, put.text);
    const found = JSON.parse((await ask(path, { method: "GET", headers })).text);
    assert.equal(found.provided_id, "north/south ?");
  });

  it("says in its own description where it is", async () => {
    const description = JSON.parse((await ask("/openapi.json", { method: "GET" })).text);
    assert.deepEqual(description.servers, [{ url: stage.demo.url }]);
  });

  it("shows the element, which asks for everything below the path", async () => {
    const jwt = await stage.token("UA");
    stage.host.pages.set("/blank", "<!doctype html><title>Ours</title>");
    const page = await stage.visit(`${stage.host.url}/blank`);
    const asked = requestsOf(page);
    stage.host.pages.set("/element", `<!doctype html><title>Ours</title>
      <script src="${stage.demo.url}/bundle.js"></script>
      <explo-dashboard dash-jwt="${jwt}"></explo-dashboard>`);
    await page.goto(`${stage.host.url}/element`);
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    assert.equal(await dashboard.figure("Flights"), UNITED);
    await dashboard.panel("Flights per month").locator("svg").first().waitFor();
    await page.getByRole("button", { name: /^Period/ }).click();
    await page.getByRole("dialog").waitFor();
    const paths = belowThePath(asked);
    assert.ok(paths.some((path) => path.startsWith("/assets/")), "charts are fetched");
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  it("shows the iframe's page, whose credential nginx does not write down", async () => {
    const jwt = await stage.token("UA");
    const page = await stage.visit("about:blank");
    const asked = requestsOf(page);
    await page.goto(`${stage.demo.url}/iframe/${jwt}/production`);
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    assert.equal(await dashboard.figure("Flights"), UNITED);
    assert.ok(belowThePath(asked).some((path) => path.startsWith("/assets/iframe")));
    assert.deepEqual(page.faults, []);
    assert.ok(!(await stage.demo.nginx.accessLog()).includes(jwt.slice(-20)));
    assert.ok(!stage.demo.log.join("\n").includes(jwt.slice(-20)));
    await page.context().close();
  });

  it("shows the front page, with code that works", async () => {
    const page = await stage.visit("about:blank");
    const asked = requestsOf(page);
    await page.goto(`${stage.demo.url}/`);
    await new Dashboard(page).settled();
    belowThePath(asked);
    const create = await page.locator("#create-code").innerText();
    assert.ok(create.includes(`${stage.demo.url}/api/create_customer/`), create);
    const embed = await page.locator("#embed-code").innerText();
    assert.ok(embed.includes(`src="${stage.demo.url}/bundle.js"`), embed);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  it("leads from the path without its slash to the page", async () => {
    const reply = await ask("", { method: "GET" });
    assert.deepEqual([reply.status, reply.headers.location], [308, `${PATH}/`]);
  });

  it("keeps what is for machines inside", async () => {
    assert.equal((await ask("/readyz", { method: "GET" })).status, 404);
    assert.equal((await ask("/metrics", { method: "GET" })).status, 404);
    assert.equal((await fetch(`http://${stage.demo.upstream}/readyz`)).status, 200);
  });

  it("exports whole files", async () => {
    const viewer = await Viewer.of(stage.demo, "UA");
    const { columns } = await viewer.panel("recent");
    const rows = await download("recent", "csv", viewer);
    const lines = rows.toString("utf8").trimEnd().split("\r\n");
    assert.equal(lines[0].split(",").length, columns.length);
    assert.ok(lines.length > 10_000, `${lines.length} lines`);
    assert.equal((await download("by_month", "png", viewer)).subarray(1, 4).toString(), "PNG");
    assert.equal((await download("by_month", "pdf", viewer)).subarray(0, 4).toString(), "%PDF");
  });

  it("knows callers by their own addresses, whatever they claim", async () => {
    const claim = { "X-Forwarded-For": "203.0.113.9" };
    await ask("/api/told-by-a-liar/", { method: "GET", from: "127.0.0.2", headers: claim });
    assert.match(await stage.demo.noted(/told-by-a-liar/), /client=127\.0\.0\.2 /);
  });

  it("counts calls by those addresses", async () => {
    const statusOf = async (from) => (await ask("/api/dashboard/", { method: "GET", from })).status;
    for (let call = 0; call < LIMIT; call++) assert.equal(await statusOf("127.0.0.3"), 401);
    assert.equal(await statusOf("127.0.0.3"), 429);
    assert.equal(await statusOf("127.0.0.4"), 401);
  });

  /** One call through nginx, from one of this machine's addresses. */
  function ask(path, { method, body, from = "127.0.0.5", headers = {} }) {
    const options = { method, localAddress: from, headers: { ...json, ...headers } };
    return new Promise((resolve, reject) => {
      const call = request(stage.demo.url + path, options, async (response) => {
        const parts = await response.toArray();
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  async function download(panel, format, viewer) {
    const response = await fetch(`${stage.demo.url}/embed/v1/panels/${panel}/export`, {
      method: "POST",
      headers: { Authorization: `Bearer ${viewer.jwt}`, ...json },
      body: JSON.stringify({ format }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200, bytes.toString("utf8").slice(0, 200));
    return bytes;
  }

  /** Everything that a page asks Fanlight's origin for, from now on. */
  function requestsOf(page) {
    const asked = [];
    const { origin } = new URL(stage.demo.url);
    page.on("request", (it) => new URL(it.url()).origin === origin && asked.push(it.url()));
    return asked;
  }

  /** The addresses below the path; none may be elsewhere. */
  function belowThePath(asked) {
    assert.ok(asked.length > 0);
    for (const url of asked) assert.ok(url.startsWith(`${stage.demo.url}/`), url);
    return asked.map((url) => url.slice(stage.demo.url.length));
  }
});

const json = { "Content-Type": "application/json" };
