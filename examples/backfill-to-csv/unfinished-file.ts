import { type FileHandle, open, rename, rm } from "node:fs/promises";

/** A file that is written beside its place: under its own name it is whole, or not there. What a killed process leaves ends in `.part`. */
export class UnfinishedFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async beside(place: string): Promise<UnfinishedFile> {
    // Two processes at once write two files, each of them whole.
    const path = `${place}.${process.pid}.part`;
    return new UnfinishedFile(path, await open(path, "w", 0o600));
  }

  /** Resolves when the system has taken it: who waits for that holds no more than one batch. */
  async write(text: string): Promise<void> {
    await this.file.writeFile(text);
  }

  /** Puts it in its place, once its content is on the disk. */
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
