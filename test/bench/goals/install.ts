import { execFile } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { atMost, type Measurement, reported } from "../measurement.js";

const INSTALLED = "node_modules of a consumer";
const TARBALL = "our tarball";
const MAX_MEGABYTES = 18;
const MAX_KILOBYTES = 530;
/** The timeout of the installation, which may download packages from the npm registry. */
const TIMEOUT_MS = 60_000;
const BLOCK_BYTES = 512;

/** Measures the size of the package, and of an installation with its dependencies. */
export async function install(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-bench-"));
  try {
    const tarball = await pack(folder);
    return [
      await installed(folder, tarball.filename),
      atMost(MAX_KILOBYTES, { goal: TARBALL, value: tarball.size / 1000, unit: " kB" }),
    ];
  } catch (error) {
    return [INSTALLED, TARBALL].map((goal) => unmeasured(goal, error));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function pack(folder: string): Promise<{ filename: string; size: number }> {
  // Scripts are not run, because the package is already built.
  const packed = await npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], process.cwd());
  const [tarball] = JSON.parse(packed) as { filename: string; size: number }[];
  if (tarball === undefined) throw new Error("npm pack names no package.");
  return tarball;
}

async function installed(folder: string, tarball: string): Promise<Measurement> {
  const consumer = join(folder, "consumer");
  await mkdir(consumer);
  await writeFile(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  try {
    await npm(["install", "--prefix", consumer, "--no-audit", "--no-fund", join(folder, tarball)], consumer);
  } catch (error) {
    return unmeasured(INSTALLED, error);
  }
  return atMost(MAX_MEGABYTES, {
    goal: INSTALLED,
    value: (await bytesOf(join(consumer, "node_modules"))) / 2 ** 20,
    unit: " MB",
  });
}

/** Returns a measurement that failed, with the error of npm instead of its command line. */
function unmeasured(goal: string, error: unknown): Measurement {
  const { message, stderr = "" } = error as Error & { stderr?: string };
  const [reason] = /(?<=^npm error )(?!code |errno |syscall ).+/m.exec(stderr) ?? message.split("\n");
  return reported(goal, `could not be measured: ${reason ?? ""}`);
}

async function npm(args: string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", args, { cwd, timeout: TIMEOUT_MS });
  return stdout;
}

/** Returns the size as `du` counts it, in whole blocks and including folders. */
async function bytesOf(path: string): Promise<number> {
  const { blocks } = await lstat(path);
  let bytes = blocks * BLOCK_BYTES;
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries)
    bytes += entry.isDirectory()
      ? await bytesOf(join(path, entry.name))
      : (await lstat(join(path, entry.name))).blocks * BLOCK_BYTES;
  return bytes;
}
