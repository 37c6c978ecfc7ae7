/** What every story needs: the demo, a product's web site, and a browser to look at it. */

import { after, before } from "node:test";

import { openBrowser } from "./browser.js";
import { Dashboard } from "./dashboard.js";
import { embedToken } from "./embed_token.js";
import { pageWithElement, startHost } from "./host_page.js";
import { startDemo } from "./server.js";

/**
 * Sets the stage before the stories of a `describe` and clears it afterwards.
 *
 * @param {() => Promise<any>} [start] starts what is told of, as `startDemo` does
 * @param {string} [shown] the name of the dashboard that is looked at
 */
export function setStage(start = startDemo, shown = "on-time") {
  const stage = new Stage(start, shown);
  before(() => stage.set());
  after(() => stage.clear());
  return stage;
}

class Stage {
  constructor(start, shown) {
    this.start = start;
    this.shown = shown;
  }

  async set() {
    this.demo = await this.start();
    this.host = await startHost();
    this.browser = await openBrowser();
  }

  async clear() {
    await this.browser?.close();
    await this.host?.close();
    await this.demo?.stop();
  }

  token(customer, lifetime) {
    const embedId = this.demo.dashboards[this.shown];
    return embedToken(this.demo.embed_secret, { customer, embedId, lifetime });
  }

  /** A page with the element, before anything has loaded. Notes events and faults. */
  async open(attributes, options) {
    this.host.pages.set("/", pageWithElement(this.demo.url, attributes));
    return this.visit(`${this.host.url}/`, options);
  }

  /** A page in a window of its own. `page.faults` lists what the console complained about. */
  async visit(url, { colorScheme = "light", ...options } = {}) {
    const context = await this.browser.newContext({
      colorScheme,
      viewport: { width: 1280, height: 1000 },
      locale: "en-US",
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("console", (line) => line.type() === "error" && page.faults.push(line.text()));
    await page.goto(url);
    return page;
  }

  /** The dashboard as a customer sees it, loaded. */
  async dashboardOf(customer, options) {
    const page = await this.open({ "dash-jwt": await this.token(customer) }, options);
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    return { page, dashboard };
  }
}
