/** The ways into a product's page: plain HTML, React 18 and 19, an iframe, both element names. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { BackEnd } from "../fanlight/api.js";
import { Dashboard } from "../fanlight/dashboard.js";
import { setStage } from "../fanlight/stage.js";

/** Flights of United from JFK: what every smoke page's variables ask for. */
const FROM_JFK = 4534;

describe("embedding", () => {
  const stage = setStage();

  for (const page of ["plain", "react18", "react19"]) {
    it(`works in ${page}`, async () => {
      const address = `${stage.host.url}/${page}.html?server=${stage.demo.url}`;
      const window = await stage.visit(`${address}&jwt=${await stage.token("UA")}`);
      await checkDashboard(new Dashboard(window));
      await window.waitForFunction(() => window.heard.some((it) => it.name === "dashboardLoaded"));
      const heard = await window.evaluate(() => window.heard.map((event) => event.name));
      assert.deepEqual(heard.slice(0, 2), ["dashboardReadyToLoad", "dashboardLoaded"]);
      assert.deepEqual(window.faults, []);
      await window.context().close();
    });
  }

  it("works with the customer's own token", async () => {
    const backEnd = new BackEnd(stage.demo.url, stage.demo.api_token);
    const { customer } = await backEnd.call("/api/get_customer/", { provided_id: "UA" });
    const token = `${stage.demo.dashboards["on-time"]}:${customer.token}`;
    const address = `${stage.host.url}/plain.html?server=${stage.demo.url}`;
    const window = await stage.visit(`${address}&token=${token}`);
    await checkDashboard(new Dashboard(window));
    await window.context().close();
  });

  it("works in an iframe", async () => {
    const source = `${stage.demo.url}/iframe/${await stage.token("UA")}/production`;
    stage.host.pages.set("/frame", `<!doctype html><title>Ours</title><iframe src="${source}"
      title="Dashboard" width="1200" height="1600"></iframe>`);
    const window = await stage.visit(`${stage.host.url}/frame`);
    const dashboard = new Dashboard(window.frameLocator("iframe"));
    await dashboard.settled();
    assert.equal(await dashboard.figure("Flights"), 58665);
    await window.context().close();
  });
});

async function checkDashboard(dashboard) {
  await dashboard.settled();
  assert.equal(await dashboard.figure("Flights"), FROM_JFK);
}
