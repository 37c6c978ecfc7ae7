/** The demo's front page: whoever is chosen is who looks, and what it shows to copy works. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

import { Dashboard } from "../fanlight/dashboard.js";
import { readFlights } from "../fanlight/flights.js";
import { setStage } from "../fanlight/stage.js";

const flights = await readFlights();
const run = promisify(execFile);

describe("the demo's front page", () => {
  const stage = setStage();

  it("shows the dashboard of the station that is chosen, and code that makes the same", async () => {
    const seen = flights.filter((it) => it.carrier === "DL" && it.origin === "LGA").length;
    const page = await stage.visit(stage.demo.url);
    await page.locator("[data-viewer='DL-LGA']").click();
    await page.getByText("DL-LGA", { exact: false }).first().waitFor();
    await shows(new Dashboard(page), seen);

    const create = await page.locator("#create-code").innerText();
    assert.match(create, /"provided_id": "DL-LGA"/);
    const { stdout } = await run("bash", ["-c", create]);
    const answer = JSON.parse(stdout);
    assert.deepEqual([answer.success, answer.new_customer], [1, false]);
    assert.equal(answer.customer.provided_id, "DL-LGA");

    const embed = await page.locator("#embed-code").innerText();
    stage.host.pages.set("/ours", `<!doctype html><title>Ours</title>${embed}`);
    await shows(new Dashboard(await stage.visit(`${stage.host.url}/ours`)), seen);
    assert.deepEqual(page.faults, []);
  });
});

async function shows(dashboard, flights) {
  const figure = dashboard.panel("Flights").locator(`.figure[title*="${flights.toLocaleString("en-US")}"]`);
  await figure.waitFor();
}
