/** Fanlight's HTTP calls, as the two people who write against them write them. */

import assert from "node:assert/strict";

import { embedToken } from "./embed_token.js";

/** The back end's calls with one API token. */
export class BackEnd {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** Sends one call of the façade and returns its body, which must be a success. */
  async call(path, body) {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: {
        "Explo-Authorization": `Token ${this.token}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }
}

/** One viewer of one dashboard, by the calls that the element makes. */
export class Viewer {
  constructor(url, jwt) {
    this.url = url;
    this.jwt = jwt;
  }

  /** The viewer of the demo's dashboard that `customer` is. */
  static async of(demo, customer) {
    const claims = { customer, embedId: demo.dashboards["on-time"] };
    return new Viewer(demo.url, await embedToken(demo.embed_secret, claims));
  }

  definition() {
    return this.#call("GET", "/embed/v1/dashboard");
  }

  /** Columns and rows of one panel. */
  panel(id, request = {}) {
    return this.#call("POST", `/embed/v1/panels/${id}/data`, request);
  }

  async #call(method, path, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${this.jwt}`, "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
