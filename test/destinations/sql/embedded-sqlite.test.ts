import { afterAll } from "vitest";
import { testDestination } from "call-records/testing";
import { sqliteFile } from "./databases.js";
import { describeDocumentQueries } from "./document-queries.js";
import { describePrivacy } from "./privacy.js";
import { sqlSubject } from "./sql-subject.js";

const database = sqliteFile();

afterAll(() => database.drop());

await testDestination(await sqlSubject(database));
describeDocumentQueries(database);
describePrivacy(database);
