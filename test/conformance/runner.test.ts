import { expect, it } from "vitest";
import { conformanceChecks, testProvider } from "call-records/testing";
import { soundSubject } from "./sound.js";

it("registers the suite with another test framework synchronously", async () => {
  const groups: string[] = [];
  const registered: { name: string; groups: string[] }[] = [];
  const done = testProvider(soundSubject(), {
    describe(name, body) {
      groups.push(name);
      body();
      groups.pop();
    },
    it: (name) => registered.push({ name, groups: [...groups] }),
  });
  expect(registered).toEqual(
    conformanceChecks(soundSubject()).map(({ group, name }) => ({
      name,
      groups: ["provider sound (account sound)", group],
    })),
  );
  await done;
});
