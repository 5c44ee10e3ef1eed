import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

export interface OpenBrowser {
  browser: Browser;
  close(): Promise<void>;
}

/** A real browser: the one that CHROME_PATH names, else the one that a package carries for Linux on x64. */
export async function openBrowser(): Promise<OpenBrowser> {
  const { CHROME_PATH: installed } = process.env;
  if (installed !== undefined) {
    const browser = await puppeteer.launch({ executablePath: installed, args: ARGUMENTS });
    return { browser, close: () => browser.close() };
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `No browser is carried for ${process.platform} on ${process.arch}. Set CHROME_PATH to the program of an installed Chrome, Chromium or Edge.`,
    );
  }
  return openCarriedBrowser();
}

/** Containers, in which this often runs as root, have no room for the sandbox; nothing but the page under test is opened. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/**
 * Unpacked into a folder of its own with the libraries that a bare system lacks (NSS and what it needs), so that nothing need be installed, and no
 * half-unpacked browser of another run is met.
 */
async function openCarriedBrowser(): Promise<OpenBrowser> {
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
      "The browser of @sparticuz/chromium does not start here. Set CHROME_PATH to the program of an installed Chrome or Chromium.",
      { cause: error },
    );
  }
}

/** The package unpacks into the folder for temporary files, and its libraries only where it takes the machine for one of Amazon's. */
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
