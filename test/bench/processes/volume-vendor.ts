import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { planCalls } from "../../../src/testing/plan-calls.js";
import { setUpVendors } from "../../../src/testing/vendors.js";
import type { VendorRow } from "../../../src/testing/data/planned-call.js";
import { WallClock } from "../../../src/testing/data/wall-clock.js";
import { recordRow } from "../../../src/testing/itniotech/record-row.js";
import { emulatorSettings } from "../../../src/testing/options.js";
import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START, type Volume } from "../volume.js";

const SHANGHAI_MS = 8 * 3_600_000;
const PAGE_SIZE = 100;
const TEMPLATES = 200;
/** The fields of a short row. */
const SHORT_ROW = [
  "keyId",
  "caller",
  "called",
  "ccode",
  "seatName",
  "callType",
  "hangupReason",
  "callStartTime",
  "calledAnswerTime",
  "calledHangupTime",
  "callDuration",
  "ringDuration",
  "updateTime",
];

/** Returns rows of the emulator as text, split at the places of the id and the times. */
function templates(rows: Volume["rows"]): string[][] {
  const settings = emulatorSettings({ callsPerDay: TEMPLATES / 4, days: 10, activeCalls: 0 });
  const wallClock = new WallClock("Asia/Shanghai");
  const calls = planCalls("itniotech", settings, setUpVendors(settings).itniotech, wallClock).slice(0, TEMPLATES);
  return calls.map((call) => {
    const row: VendorRow = {
      ...recordRow(call, wallClock),
      keyId: "\0",
      callStartTime: "\0",
      createTime: "\0",
      updateTime: "\0",
    };
    if (call.answeredAt !== null) row.calledAnswerTime = "\0";
    row.calledHangupTime = "\0";
    return JSON.stringify(row, rows === "short" ? SHORT_ROW : null).split(String.raw`"\u0000"`);
  });
}

const CLOCK_TIMES = Array.from({ length: 86_400 }, (_, second) => new Date(second * 1000).toISOString().slice(11, 19));
const DAYS = new Map<number, string>();

function dayText(day: number): string {
  const known = DAYS.get(day) ?? new Date(day * 86_400_000).toISOString().slice(0, 10);
  DAYS.set(day, known);
  return known;
}

/** Returns a time in Shanghai as quoted text, `"yyyy-MM-dd HH:mm:ss"`. */
function quotedTime(instant: number): string {
  const second = Math.floor((instant + SHANGHAI_MS) / 1000);
  return `"${dayText(Math.floor(second / 86_400))} ${CLOCK_TIMES[second % 86_400] ?? ""}"`;
}

/** A history whose rows are generated for each request. */
interface History {
  calls: number;
  rows: readonly string[][];
}

function printRow({ rows }: History, index: number): string {
  const [head = "", ...tails] = rows[index % rows.length] ?? [];
  const started = FIRST_START + index * BETWEEN_STARTS;
  let text = `${head}${700_000_000 + index}`;
  // The first place is for the id. Each of the following times is later than the previous one.
  for (const [place, tail] of tails.entries())
    text += place === tails.length - 1 ? tail : `${tail}${quotedTime(started + place * 20_000)}`;
  return text;
}

/** Returns a page with rows in ascending order of their start. The same request always returns the same page. */
function printPage(
  history: History,
  { current, size, params }: { current: number; size: number; params: { startTime: string; endTime: string } },
): string {
  const instant = (text: string) => Date.parse(`${text.replace(" ", "T")}+08:00`);
  const first = Math.max(0, Math.ceil((instant(params.startTime) - FIRST_START) / BETWEEN_STARTS));
  const last = Math.min(history.calls - 1, Math.floor((instant(params.endTime) - FIRST_START) / BETWEEN_STARTS));
  const total = Math.max(0, last - first + 1);
  const rows: string[] = [];
  const given = Math.min(size, PAGE_SIZE);
  for (let index = first + (current - 1) * given; index <= Math.min(last, first + current * given - 1); index += 1)
    rows.push(printRow(history, index));
  return `{"status":0,"reason":"success","data":{"total":${total},"size":${given},"current":${current},"searchCount":true,"pages":${Math.ceil(total / given)},"records":[${rows.join(",")}]}}`;
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Serves vendors with the list of Itniotech, without validation and without storing calls, so that the vendor does not affect the measurement. */
serve(async ({ vendors, calls, rows }: Volume) => {
  const history: History = { calls, rows: templates(rows) };
  const start = async () => {
    const server = createServer((incoming, response) => {
      void readText(incoming).then((text) => {
        const body = Buffer.from(printPage(history, JSON.parse(text) as Parameters<typeof printPage>[1]));
        response.writeHead(200, {
          "Content-Type": "application/json;charset=UTF-8",
          "Content-Length": body.byteLength,
        });
        response.end(body);
      });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  return Promise.all(Array.from({ length: vendors }, start));
});
