import { inspect } from "node:util";
import { CallRecordsError } from "call-records";

/** Returns the faults of the error that ended a call. A library error that shows no secret has none. */
export function faultsOfError(error: unknown, secrets: readonly string[]): string[] {
  if (!(error instanceof CallRecordsError))
    return [`it ended with ${error instanceof Error ? (error.stack ?? error.message) : inspect(error)}`];
  const faults = error.message === "" ? ["an error without a message"] : [];
  const shown = {
    message: error.message,
    stack: error.stack ?? "",
    JSON: JSON.stringify(error),
    inspection: inspect(error, { depth: 6 }),
  };
  return [
    ...faults,
    ...Object.entries(shown).flatMap(([where, text]) => faultsOfText(`the error's ${where}`, text, secrets)),
  ];
}

export function faultsOfText(where: string, text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${where} shows the secret ${secret}`);
}
