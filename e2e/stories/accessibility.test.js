/** Nothing that axe calls serious or critical, in light and in dark, wide and narrow. */

import axe from "axe-core";
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { startGallery } from "../fanlight/gallery.js";
import { setStage } from "../fanlight/stage.js";

describe("accessibility", () => {
  const stage = setStage();

  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      it(`of the dashboard, ${colorScheme}, ${width} pixels wide`, async () => {
        const viewport = { width, height: 1000 };
        const { page } = await stage.dashboardOf("UA", { colorScheme, viewport });
        await check(page);
      });
    }

    it(`of an open list of choices, ${colorScheme}`, async () => {
      const { page } = await stage.dashboardOf("UA", { colorScheme });
      await page.getByRole("button", { name: /^Origin/ }).click();
      await page.getByRole("option", { name: "JFK" }).waitFor();
      await check(page);
    });

    it(`of an open calendar, ${colorScheme}`, async () => {
      const { page } = await stage.dashboardOf("UA", { colorScheme });
      await page.getByRole("button", { name: /^Period/ }).click();
      await page.getByRole("dialog").waitFor();
      await check(page);
    });

    it(`of the state that an expired token leaves, ${colorScheme}`, async () => {
      const token = await stage.token("UA", -60);
      const page = await stage.open({ "dash-jwt": token }, { colorScheme });
      await page.getByRole("alert").waitFor();
      await check(page);
    });

    it(`of the demo's front page, ${colorScheme}`, async () => {
      const page = await stage.visit(stage.demo.url, { colorScheme });
      await page.getByRole("group", { name: "Flights", exact: true }).waitFor();
      await check(page);
    });
  }
});

describe("every kind of panel", () => {
  const stage = setStage(startGallery, "gallery");

  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      it(`is accessible, ${colorScheme}, ${width} pixels wide`, async () => {
        const viewport = { width, height: 1000 };
        const { page } = await stage.dashboardOf("UA", { colorScheme, viewport });
        await check(page);
      });
    }
  }

  it("tells a change by sign and word, and whether it is good news by colour", async () => {
    const { page, dashboard } = await stage.dashboardOf("UA");
    const more = dashboard.panel("Flights in the last quarter").locator(".trend");
    assert.match(await more.innerText(), /^[▲▼] [\d.]+% (more|less)\s+against [\d,]+ from Jul 1 to Sep 30, 2013$/);
    const delay = dashboard.panel("Departure delay in June").locator(".trend");
    assert.match(await delay.innerText(), /^▲ [\d.]+% more/);
    assert.equal(await delay.getAttribute("data-tone"), "bad");
    await page.context().close();
  });

  it("has tables with names for the table, its columns and its last row", async () => {
    const { page } = await stage.dashboardOf("UA");
    const table = page.getByRole("table", { name: "Delays per destination" });
    assert.deepEqual(await table.getByRole("columnheader").allInnerTexts(), [
      "Destination",
      "Flights",
      "Share",
      "Delay (min)",
    ]);
    assert.equal(await table.getByRole("rowheader").innerText(), "Total");
    assert.match(await table.locator("tfoot").innerText(), /^Total\s+58,665/);
    await page.context().close();
  });

  it("has tables that the keyboard scrolls, sorts and turns", async () => {
    const viewport = { width: 390, height: 1000 };
    const { page, dashboard } = await stage.dashboardOf("UA", { viewport });
    const panel = dashboard.panel("Delays per destination");
    await panel.getByRole("button", { name: "Flights" }).press("Enter");
    await panel.locator("th[aria-sort=descending]").waitFor();
    await panel.getByRole("button", { name: "Next page" }).press("Enter");
    await panel.getByText(/11–20 of /).waitFor();
    const scroll = dashboard.panel("Flights per destination and month").getByRole("region");
    await scroll.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((it) => it.scrollLeft > 0, await scroll.elementHandle());
    await page.context().close();
  });
});

async function check(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const faults = violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.help}\n${fault.nodes.map((node) => node.html).join("\n")}`);
  assert.deepEqual(faults, []);
  await page.context().close();
}
