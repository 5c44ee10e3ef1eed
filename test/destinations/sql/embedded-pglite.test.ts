/** @module-tag slow */
import { afterAll } from "vitest";
import { testDestination } from "call-records/testing";
import { pglite } from "./databases.js";
import { describeDocumentQueries } from "./document-queries.js";
import { describePrivacy } from "./privacy.js";
import { sqlSubject } from "./sql-subject.js";

const database = pglite();

afterAll(() => database.drop());

await testDestination(await sqlSubject(database));
describeDocumentQueries(database);
describePrivacy(database);
