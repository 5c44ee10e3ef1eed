import { FileCheckpointStore } from "call-records";

/** Saves three times to the file that the first argument names, counting the saves there, and prints the stored parts or the error. */
const [, , path = ""] = process.argv;
const store = new FileCheckpointStore(path);
try {
  const release = await store.lock("first");
  const { saves = 0 } = await store.load("first");
  for (let save = 1; save <= 3; save += 1) await store.save("first", { saves: Number(saves) + save });
  await release();
  console.log(JSON.stringify(await new FileCheckpointStore(path).load("first")));
} catch (error) {
  console.log(error instanceof Error && "code" in error ? `${String(error.code)}: ${error.message}` : String(error));
}
