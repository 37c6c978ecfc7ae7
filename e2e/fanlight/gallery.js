/** The demo with one more dashboard, which has every kind of panel. */

import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { BINARY, startDemo } from "./server.js";

const WORKSPACE = fileURLToPath(new URL("../gallery", import.meta.url));

/** What `startDemo` returns, with the dashboard `gallery`. */
export async function startGallery() {
  const directory = await mkdtemp(join(tmpdir(), "fanlight-gallery-"));
  const demo = await startDemo({ directory });
  try {
    await promisify(execFile)(BINARY, ["apply", WORKSPACE, "--data-dir", directory]);
    const headers = { Authorization: `Bearer ${demo.admin_key}` };
    const reply = await fetch(`${demo.url}/v1/dashboards`, { headers });
    const { data } = await reply.json();
    const dashboards = Object.fromEntries(data.map(({ name, embed_id }) => [name, embed_id]));
    return { ...demo, dashboards };
  } catch (error) {
    await demo.stop();
    throw error;
  }
}
