import { lstat, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { openFolder } from "./folder.js";

it.each(["the target does not exist", "the target exists"])(
  "a symbolic link leads to a target that is written and locked in its own folder: %s",
  async (when) => {
    const folder = await openFolder();
    await mkdir(join(folder, "volume"));
    const [target, link] = [join(folder, "volume", "calls.checkpoint"), join(folder, "calls.checkpoint")];
    if (when === "the target exists") {
      const store = new FileCheckpointStore(target);
      const release = await store.lock("one");
      await store.save("one", { a: 1 });
      await release();
    }
    await symlink(target, link);
    const store = new FileCheckpointStore(link);
    const release = await store.lock("one");
    await store.save("one", { b: 2 });
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).toContain('"b":2');
    expect(await rejectionOf(new FileCheckpointStore(target).lock("one"))).toBeInstanceOf(CheckpointError);
    await release();
    expect(await new FileCheckpointStore(target).load("one")).toMatchObject({ b: 2 });
  },
);
