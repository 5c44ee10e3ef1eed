/** The code that destinations share with the client. The build has one copy of it, because it contains the telephone numbers of all countries. */
export { customerHashesOf, hashesOfParty } from "./customer-hashes.js";
export { forgottenIdentities } from "./forgotten-number.js";
export { hashOf, maskKeySchema, maskOf } from "./mask-key.js";
export { maskOptionsSchema } from "./mask-numbers.js";
