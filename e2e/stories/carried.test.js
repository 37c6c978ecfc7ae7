/** What a customer carries reaches its panels, by HTTP alone. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { BackEnd, Viewer } from "../fanlight/api.js";
import { readFlights } from "../fanlight/flights.js";
import { startDemo } from "../fanlight/server.js";

const flights = await readFlights();

describe("what a customer carries", () => {
  let demo, backEnd;
  before(async () => {
    demo = await startDemo();
    backEnd = new BackEnd(demo.url, demo.api_token);
  });
  after(() => demo?.stop());

  const create = (customer) => backEnd.call("/api/create_customer/", customer);
  const update = (customer) => backEnd.call("/api/update_customer/", customer);

  /** The customer's own view, by the token that the API makes for it. */
  async function viewer(customer) {
    const embed_id = demo.dashboards["on-time"];
    const body = { provided_id: customer, embed_id };
    return new Viewer(demo.url, (await backEnd.call("/api/generate_jwt/", body)).jwt);
  }

  async function seenBy(viewer) {
    return (await viewer.panel("flights")).rows[0][0];
  }

  const count = (holds) => flights.filter(holds).length;

  it("narrows a user to its station", async () => {
    const { new_customer } = await create({
      provided_id: "crew",
      name: "Ground crew",
      hierarchy_level_name: "User",
      parent_provided_id: "UA",
      properties: { station: "LGA" },
    });
    assert.equal(new_customer, true);
    const expected = count((it) => it.carrier === "UA" && it.origin === "LGA");
    assert.equal(await seenBy(await viewer("crew")), expected);
  });

  it("follows the parent's properties in the next read", async () => {
    const body = { name: "Desk", hierarchy_level_name: "User", parent_provided_id: "DL" };
    await create({ provided_id: "desk", ...body });
    const desk = await viewer("desk");
    assert.equal(await seenBy(desk), count((it) => it.carrier === "DL"));
    await update({ provided_id: "DL", properties: { station: "JFK" } });
    const expected = count((it) => it.carrier === "DL" && it.origin === "JFK");
    assert.equal(await seenBy(desk), expected);
  });

  it("follows the customer's and its parent's mapping in the next read", async () => {
    const mapping = { [demo.schemas.flights]: demo.data_sources.hawaiian };
    const hawaiian = count((it) => it.carrier === "HA");
    await create({ provided_id: "islands", name: "Islands", mapping });
    // The isolated source holds Hawaiian's rows only, and the dataset asks for this customer's.
    assert.equal(await seenBy(await viewer("islands")), 0);

    const body = { name: "Gate", hierarchy_level_name: "User", parent_provided_id: "HA" };
    await create({ provided_id: "gate", ...body });
    const gate = await viewer("gate");
    assert.equal(await seenBy(gate), hawaiian);
    await update({ provided_id: "HA", mapping: {} });
    assert.equal(await seenBy(gate), hawaiian);
    await update({ provided_id: "AA", mapping });
    assert.equal(await seenBy(await viewer("AA")), 0);
    await update({ provided_id: "AA", mapping: {} });
    assert.equal(await seenBy(await viewer("AA")), count((it) => it.carrier === "AA"));
  });
});
