/**
 * Writes calls to Parquet files: see {@link writeParquet}. DuckDB, Spark, pandas, BigQuery and other programs read them. docs/parquet.md lists the columns, and
 * queries for DuckDB.
 * @module call-records/parquet
 */

export { type ParquetOptions, type ParquetReport, writeParquet } from "./write-parquet.js";
