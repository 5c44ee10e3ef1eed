import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { resolveRealPath } from "../files/location.js";
import { UsageError } from "./usage-error.js";

const ROOT = 0;
const GROUP_OR_OTHERS_WRITE = 0o022;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Refuses a file of accounts that another user can write: it names the endpoints to which the keys of the environment are sent.
 * @param isNamed whether the user named it with `--config`. The one that is merely found in the working folder must also be the user's own, or root's.
 * @throws UsageError that names the rule.
 */
export async function refuseUntrustedFile(file: string, found: Stats, isNamed: boolean): Promise<void> {
  // Windows has neither such bits nor such numbers.
  const user = process.geteuid?.();
  if (process.platform === "win32" || user === undefined) return;
  const refuse = (what: string, advice: string) =>
    new UsageError(`${file} is not used: ${what}. It decides to which endpoints your keys are sent. ${advice}`);
  if (!isNamed && found.uid !== user && found.uid !== ROOT) {
    throw refuse(
      `it belongs to another user (uid ${found.uid}), and a file that is found in the working folder must be your own or root's`,
      `Copy it, or name it with --config ${file} if you trust its owner.`,
    );
  }
  if ((found.mode & GROUP_OR_OTHERS_WRITE) !== 0) {
    throw refuse(`its group or others may write it (mode ${octal(found.mode)})`, `Run chmod go-w ${file}.`);
  }
  const folder = dirname(await resolveRealPath(file));
  const { mode } = await stat(folder);
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
    throw refuse(
      `others may replace it in its folder ${folder} (mode ${octal(mode)}, without the sticky bit)`,
      `Run chmod o-w ${folder}.`,
    );
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
