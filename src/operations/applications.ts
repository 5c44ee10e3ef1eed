import { RequestError } from "../model/errors.js";

/**
 * Checks an application that the caller named.
 * @param argument that contains the application, for the message.
 * @param known the applications of the account; null stands for calls without an application.
 * @throws RequestError when the account does not have it. The message lists those that it has.
 */
export function requireApplication(
  operation: string,
  argument: string,
  account: string,
  application: string | null,
  known: readonly (string | null)[],
): void {
  if (known.includes(application)) return;
  const names = known.flatMap((one) => (one === null ? [] : [`\`${one}\``]));
  const rule = names.length === 0 ? "Its calls have none" : `It has ${names.join(", ")}`;
  throw new RequestError(
    `${operation}: argument \`${argument}\`: ${account} has no application \`${String(application)}\`. ${rule}.`,
    { account },
  );
}
