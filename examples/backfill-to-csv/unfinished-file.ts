import { type FileHandle, open, rename, rm } from "node:fs/promises";

/** A file that is written under another name until it is complete. The file of a killed process ends in `.part`. */
export class UnfinishedFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async beside(place: string): Promise<UnfinishedFile> {
    // Two parallel processes write two files, and both are complete.
    const path = `${place}.${process.pid}.part`;
    return new UnfinishedFile(path, await open(path, "w", 0o600));
  }

  /** Resolves when the system has accepted the text, so that a caller who awaits it keeps at most one batch in memory. */
  async write(text: string): Promise<void> {
    await this.file.writeFile(text);
  }

  /** Renames it when its content is on the disk. */
  async finish(place: string): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.path, place);
  }

  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }
}
