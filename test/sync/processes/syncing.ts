import { openClient } from "../kill/account.js";
import { consumeAtLeastOnce } from "../kill/at-least-once.js";
import type { Pass } from "../kill/pass.js";
import { serve } from "./serve.js";

/** A pass that stops in the middle of its loop after it has received `batches` batches. */
export interface HeldPass extends Pass {
  batches: number;
}

serve(
  (pass: HeldPass) =>
    new Promise<void>((resolve, reject) => {
      const never = new Promise<void>(() => undefined);
      const hold = (batch: number) => {
        if (batch < pass.batches) return undefined;
        resolve();
        return never;
      };
      consumeAtLeastOnce(openClient(pass.vendors), pass, hold).then(() => {
        reject(new Error("The pass ended before it was held."));
      }, reject);
    }),
);
