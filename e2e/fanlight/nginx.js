/** A real nginx with the configuration that we ship, in front of a server. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const NGINX = process.env.NGINX ?? "/usr/sbin/nginx";
const SHIPPED = new URL("../../packaging/nginx.conf", import.meta.url);

/** A port that nobody listens on just now. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts nginx on `port`, in front of `upstream`, until `stop()`. `accessLog()` is what it has noted.
 *
 * @param {{ port: number, upstream: string }} places `upstream` as `127.0.0.1:8080`
 */
export async function startNginx({ port, upstream }) {
  const folder = await mkdtemp(join(tmpdir(), "fanlight-nginx-"));
  const config = join(folder, "nginx.conf");
  await writeFile(config, await configuration(folder, { port, upstream }));
  const nginx = spawn(NGINX, ["-p", folder, "-c", config, "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const complaints = [];
  createInterface({ input: nginx.stderr }).on("line", (line) => complaints.push(line));
  const ended = new Promise((resolve) => nginx.once("close", resolve));
  const stop = async () => {
    nginx.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answers(`http://127.0.0.1:${port}/`, ended);
  } catch (error) {
    await stop();
    throw new Error(`nginx did not start: ${error.message}\n${complaints.join("\n")}`);
  }
  return { stop, accessLog: () => readFile(join(folder, "access.log"), "utf8") };
}

/** The shipped file inside what a distribution's own nginx.conf has, without TLS. */
async function configuration(folder, { port, upstream }) {
  const shipped = (await readFile(SHIPPED, "utf8"))
    .split("\n")
    .filter((line) => !/^\s*(ssl_|listen \[::\])/.test(line))
    .join("\n");
  const places = [
    ["listen 443 ssl http2;", `listen 127.0.0.1:${port};`],
    ["server 127.0.0.1:8080;", `server ${upstream};`],
  ];
  const placed = places.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `packaging/nginx.conf has no ${from}`);
    return text.replace(from, to);
  }, shipped);
  // Root's workers would be somebody else, who may not enter the folder.
  const user = process.getuid() === 0 ? "user root;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join("\n");
  return `${user}
daemon off;
worker_processes 1;
pid ${folder}/pid;
events { worker_connections 256; }
http {
  access_log ${folder}/access.log;
  ${temporary}
  ${placed}
}`;
}

/** Waits until somebody answers, whatever they say. */
async function answers(url, ended) {
  let hasEnded = false;
  ended.then(() => (hasEnded = true));
  for (let attempt = 0; attempt < 600 && !hasEnded; attempt++) {
    if (await fetch(url).catch(() => null)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(hasEnded ? "it ended" : "no answer in time");
}
