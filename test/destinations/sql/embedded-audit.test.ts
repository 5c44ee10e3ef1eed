/** @module-tag slow */
import { afterAll } from "vitest";
import { describeAudit } from "./audit.js";
import { describeCallSource } from "./call-source.js";
import { sqliteFile } from "./databases.js";
import { describeRenamedAccount } from "./renamed-account.js";

const database = sqliteFile();

afterAll(() => database.drop());

describeAudit(database);
describeCallSource(database);
describeRenamedAccount(database);
