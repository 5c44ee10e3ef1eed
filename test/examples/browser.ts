import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

export interface OpenBrowser {
  browser: Browser;
  close(): Promise<void>;
}

/** Starts a real browser: the one in CHROME_PATH, or by default the one in a package, which exists for Linux on x64. */
export async function openBrowser(): Promise<OpenBrowser> {
  const { CHROME_PATH: installed } = process.env;
  if (installed !== undefined) {
    const browser = await puppeteer.launch({ executablePath: installed, args: ARGUMENTS });
    return { browser, close: () => browser.close() };
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `There is no packaged browser for ${process.platform} on ${process.arch}. Set CHROME_PATH to the executable of an installed Chrome, Chromium or Edge.`,
    );
  }
  return openPackagedBrowser();
}

/** The sandbox does not work in containers, where tests often run as root. Only the page under test is opened. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/**
 * Starts the packaged browser. It is unpacked into a separate folder, together with libraries that a minimal system lacks (NSS and its dependencies). Nothing needs
 * to be installed, and parallel runs do not affect each other.
 */
async function openPackagedBrowser(): Promise<OpenBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-browser-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const executablePath = await unpackInto(folder);
    const env = { ...process.env, LD_LIBRARY_PATH: join(folder, "al2023", "lib"), HOME: folder };
    const browser = await puppeteer.launch({ executablePath, headless: "shell", args: ARGUMENTS, env });
    return {
      browser,
      async close() {
        await browser.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw new Error(
      "The browser of @sparticuz/chromium does not start here. Set CHROME_PATH to the executable of an installed Chrome or Chromium.",
      { cause: error },
    );
  }
}

/** Unpacks the browser and returns its path. The package unpacks into the folder for temporary files, and unpacks its libraries only on AWS Lambda. */
async function unpackInto(folder: string): Promise<string> {
  const { default: chromium } = await import("@sparticuz/chromium");
  const before = { TMPDIR: process.env.TMPDIR, AWS_EXECUTION_ENV: process.env.AWS_EXECUTION_ENV };
  Object.assign(process.env, { TMPDIR: folder, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" });
  try {
    return await chromium.executablePath();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
