/** What happens when an embed token's time is over. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Dashboard } from "../fanlight/dashboard.js";
import { setStage } from "../fanlight/stage.js";

describe("a token that has expired", () => {
  const stage = setStage();

  it("shows that the session has ended, and another token revives the dashboard", async () => {
    const page = await stage.open({ "dash-jwt": await stage.token("UA", -60) });
    await page.getByRole("alert").getByText("Your session has ended").waitFor();
    await revive(page, await stage.token("UA"));
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    assert.ok((await dashboard.figure("Flights")) > 0);
    assert.equal(await page.getByText("Your session has ended").count(), 0);
  });

  it("asks the host page for another before it ends, and what is shown stays", async () => {
    const page = await stage.visit(`${stage.host.url}/plain.html`);
    const token = await stage.token("UA", 10);
    await page.goto(`${stage.host.url}/plain.html?server=${stage.demo.url}&jwt=${token}`);
    await page.waitForFunction(() => window.heard?.some((it) => it.name === "customerJwtExpired"));
    await revive(page, await stage.token("UA"));
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    assert.ok((await dashboard.figure("Flights")) > 0);
  });

  it("that was never good says so without a way back", async () => {
    const page = await stage.open({ "dash-jwt": "a.b.c.d.e" });
    await page.getByRole("alert").getByText("This dashboard cannot be opened").waitFor();
  });
});

function revive(page, jwt) {
  return page.evaluate((token) => {
    window.dispatchEvent(new CustomEvent("updateCustomerJwt", { detail: { jwt: token } }));
  }, jwt);
}
