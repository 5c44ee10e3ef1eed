import { createHash, createHmac } from "node:crypto";
import { Agent } from "node:http";
import axios from "axios";
import { type CdrPage, servePlainLoop } from "../plain-loop.js";

const TYPE = "application/json";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Returns the header of Tencent's "Signature v3", as its documentation describes it. */
function authorization(
  host: string,
  body: string,
  timestamp: number,
  { secretId, secretKey }: { secretId: string; secretKey: string },
): string {
  const canonical = [
    "POST",
    "/",
    "",
    `content-type:${TYPE}`,
    `host:${host}`,
    "",
    "content-type;host",
    sha256(body),
  ].join("\n");
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/ccc/tc3_request`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), "ccc"), "tc3_request");
  const signature = hmac(key, ["TC3-HMAC-SHA256", timestamp, scope, sha256(canonical)].join("\n")).toString("hex");
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=content-type;host, Signature=${signature}`;
}

/** Runs the loop with axios and keep-alive connections. */
servePlainLoop(({ endpoint, ...keys }) => {
  const { host } = new URL(endpoint);
  const http = axios.create({ httpAgent: new Agent({ keepAlive: true }), proxy: false });
  return async (parameters) => {
    const body = JSON.stringify(parameters);
    const timestamp = Math.floor(Date.now() / 1000);
    const { data } = await http.post<{ Response: CdrPage }>(`${endpoint}/`, body, {
      headers: {
        "Content-Type": TYPE,
        "X-TC-Action": "DescribeTelCdr",
        "X-TC-Version": "2020-02-10",
        "X-TC-Timestamp": String(timestamp),
        Authorization: authorization(host, body, timestamp, keys),
      },
    });
    return data.Response;
  };
});
