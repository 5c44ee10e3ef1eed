import { afterAll } from "vitest";
import { testDestination } from "call-records/testing";
import { pglite, sqliteFile } from "./databases.js";
import { describeDocumentQueries } from "./document-queries.js";
import { sqlSubject } from "./sql-subject.js";

const databases = [pglite(), sqliteFile()];

afterAll(async () => {
  for (const database of databases) await database.drop();
});

for (const database of databases) await testDestination(await sqlSubject(database));
for (const database of databases) describeDocumentQueries(database);
