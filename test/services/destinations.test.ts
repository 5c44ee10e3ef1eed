import { afterAll } from "vitest";
import { testDestination } from "call-records/testing";
import { describeAudit } from "../destinations/sql/audit.js";
import { describeCallSource } from "../destinations/sql/call-source.js";
import { mariaDbServer, postgresServer } from "../destinations/sql/databases.js";
import { describeDocumentQueries } from "../destinations/sql/document-queries.js";
import { describePrivacy } from "../destinations/sql/privacy.js";
import { describeRenamedAccount } from "../destinations/sql/renamed-account.js";
import { sqlSubject } from "../destinations/sql/sql-subject.js";

const databases = [await postgresServer(), await mariaDbServer()];

afterAll(async () => {
  for (const database of databases) await database.drop();
});

for (const database of databases) await testDestination(await sqlSubject(database));
for (const database of databases) describeDocumentQueries(database);
for (const database of databases) describeAudit(database);
for (const database of databases) describeCallSource(database);
for (const database of databases) describeRenamedAccount(database);
// Afterwards, a database in which customers were forgotten needs the key.
for (const database of databases) describePrivacy(database);
