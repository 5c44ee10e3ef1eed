import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { resolveRealPath } from "../files/location.js";
import { UsageError } from "./exit-code.js";

const ROOT = 0;
const GROUP_OR_OTHERS_WRITE = 0o022;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Refuses an accounts file that another user can modify, because it sets the endpoints that receive the credentials.
 * @param isNamed whether the user named it with `--config`. A file that was found in the working folder must also belong to the user or to root.
 * @throws UsageError that states the rule.
 */
export async function refuseUntrustedFile(file: string, found: Stats, isNamed: boolean): Promise<void> {
  // Windows has neither permission bits nor user ids.
  const user = process.geteuid?.();
  if (process.platform === "win32" || user === undefined) return;
  const refuse = (reason: string, advice: string) =>
    new UsageError(`${file} is not used: ${reason}. This file sets the endpoints that receive your keys. ${advice}`);
  if (!isNamed && found.uid !== user && found.uid !== ROOT) {
    throw refuse(
      `it belongs to another user (uid ${found.uid}), and a file in the working folder must belong to you or to root`,
      `Copy the file, or use --config ${file} if you trust its owner.`,
    );
  }
  if ((found.mode & GROUP_OR_OTHERS_WRITE) !== 0) {
    throw refuse(`its group or other users can write it (mode ${octal(found.mode)})`, `Run chmod go-w ${file}.`);
  }
  const folder = dirname(await resolveRealPath(file));
  const { mode } = await stat(folder);
  if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
    throw refuse(
      `other users can replace it in its folder ${folder} (mode ${octal(mode)}, without the sticky bit)`,
      `Run chmod o-w ${folder}.`,
    );
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
