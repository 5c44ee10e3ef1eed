import { Readable } from "node:stream";
import { types } from "node:util";
import type { Download } from "./download.js";

/** The body of a recording. It reads from the vendor only as fast as its consumer reads from it. Destroying it closes the connection. */
export class RecordingBody extends Readable {
  /** @param onClose is called once, when the body has ended, failed or been destroyed. */
  constructor(
    private readonly download: Download,
    private readonly onClose: () => void,
  ) {
    super();
  }

  override _read(): void {
    this.download.next().then(
      (bytes) => {
        this.push(bytes);
      },
      (error: unknown) => {
        this.destroy(types.isNativeError(error) ? error : new Error(String(error)));
      },
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.download.close();
    this.onClose();
    callback(error);
  }
}
