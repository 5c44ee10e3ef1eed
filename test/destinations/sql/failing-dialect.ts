import type { DatabaseConnection, Dialect, Driver } from "kysely";

/** The statement that fails: 1 is the next one; 0 if none does. */
export interface FailingStatement {
  next: number;
}

/** Returns a dialect of which one statement fails before it is sent. `begin` and `commit` count too. */
export function failing(dialect: Dialect, failure: FailingStatement): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () => failingDriver(dialect.createDriver(), failure),
  };
}

function failingDriver(driver: Driver, failure: FailingStatement): Driver {
  const originals = new WeakMap<DatabaseConnection, DatabaseConnection>();
  return new Proxy(driver, {
    get(target, property) {
      if (property === "acquireConnection")
        return async () => {
          const connection = await target.acquireConnection();
          const counted = countedConnection(connection, failure);
          originals.set(counted, connection);
          return counted;
        };
      if (property === "releaseConnection")
        return (connection: DatabaseConnection) => target.releaseConnection(originals.get(connection) ?? connection);
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function countedConnection(connection: DatabaseConnection, failure: FailingStatement): DatabaseConnection {
  return {
    executeQuery: (query) => {
      if (failure.next > 0) {
        failure.next -= 1;
        if (failure.next === 0) return Promise.reject(new Error("This statement fails."));
      }
      return connection.executeQuery(query);
    },
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  };
}
