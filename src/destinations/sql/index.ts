/**
 * An exact copy of the calls in PostgreSQL, MySQL, MariaDB or SQLite. It needs the package `kysely` (0.28 or later) and the driver of the database.
 * @module call-records/sql
 */

export {
  type ForgetOptions,
  type SqlDestination,
  sqlDestination,
  type SqlDestinationOptions,
} from "./sql-destination.js";
