import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { type CallRecord, RequestError } from "../../index.js";
import { parquetColumns, type ParquetValue } from "./parquet-columns.js";

/** The default number of calls of a row group. Larger groups need more memory, and block the process for longer while they are encoded. */
export const DEFAULT_ROW_GROUP_ROWS = 10_000;
/** A row group also ends at this size, so that long remarks and rows do not need more memory. */
const MAX_SIZE = 32 * 1024 * 1024;
const ROOT = "call_records";

/** Encodes calls as a Parquet file, row group by row group. It holds the calls of one row group at most. */
export class ParquetEncoder {
  private readonly writer = new ByteWriter();
  private readonly parquet: ParquetWriter;
  private columns: ParquetValue[][] = emptyColumns();
  /** About the number of bytes of the texts. */
  private size = 0;
  private rowCount = 0;

  constructor(private readonly rowGroupRows: number) {
    this.parquet = new ParquetWriter({ writer: this.writer, schema: ENCODED_SCHEMA, createdBy: "call-records" });
  }

  /** The number of calls so far. */
  get rows(): number {
    return this.rowCount;
  }

  /** Adds a call. @returns the next bytes of the file, if a row group is complete. @throws RequestError when it is not a call record. */
  add(call: CallRecord): Uint8Array | null {
    this.rowCount += 1;
    if (!isObject(call)) throw this.invalid("");
    let index = 0;
    // Without `entries`, which would create an array for each field.
    for (const { read, field, rule } of parquetColumns) {
      const value = read(call);
      if (value === undefined) throw this.invalid(` (field \`${field}\`: ${rule})`);
      this.columns[index]?.push(value);
      if (typeof value === "string" || typeof value === "object") this.size += value?.length ?? 0;
      index += 1;
    }
    if ((this.columns[0]?.length ?? 0) < this.rowGroupRows && this.size < MAX_SIZE) return null;
    this.encodeGroup();
    return this.take();
  }

  /** Returns the last bytes of the file. */
  end(): Uint8Array {
    if ((this.columns[0]?.length ?? 0) > 0) this.encodeGroup();
    this.parquet.schema = SCHEMA;
    void this.parquet.finish();
    return this.take();
  }

  private invalid(faults: string): RequestError {
    return new RequestError(
      `writeParquet: argument \`calls\`: item ${this.rowCount} must be a call record, as \`client.records\` returns it${faults}.`,
    );
  }

  private encodeGroup(): void {
    const columnData = parquetColumns.map(({ name, hasStatistics, isUnique }, index) => ({
      name,
      data: this.columns[index] ?? [],
      statistics: hasStatistics,
      ...(isUnique ? { encoding: "PLAIN" as const } : {}),
    }));
    // This is synchronous, because the byte writer has no `flush`.
    void this.parquet.write({ columnData, rowGroupSize: this.columns[0]?.length ?? 0 });
    this.columns = emptyColumns();
    this.size = 0;
  }

  /** Returns the bytes since the last time. */
  private take(): Uint8Array {
    const bytes = this.writer.getBytes().slice();
    this.writer.index = 0;
    return bytes;
  }
}

function isObject(call: unknown): boolean {
  return typeof call === "object" && call !== null;
}

function emptyColumns(): ParquetValue[][] {
  return parquetColumns.map(() => []);
}

function schemaOf(elements: SchemaElement[]): SchemaElement[] {
  return [{ name: ROOT, num_children: elements.length }, ...elements];
}

/** The schema of the file. */
const SCHEMA = schemaOf(parquetColumns.map(({ element }) => element));

/** The schema for the encoder. Its type JSON would parse and print values, but ours are texts already. The bytes of both types are the same. */
const ENCODED_SCHEMA = schemaOf(
  parquetColumns.map(({ element }) =>
    element.converted_type === "JSON" ? { ...element, converted_type: "UTF8" } : element,
  ),
);
